"""Linking a messenger's chat to the account."""
