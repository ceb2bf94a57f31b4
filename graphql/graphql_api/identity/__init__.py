"""Signing in and out, the viewer, devices, and operators' work on accounts in GraphQL."""
