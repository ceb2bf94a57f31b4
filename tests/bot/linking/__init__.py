"""Linking chats to accounts."""
