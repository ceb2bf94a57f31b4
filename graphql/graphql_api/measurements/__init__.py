"""Readings, alerts and trends in GraphQL."""
