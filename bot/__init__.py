"""Conversation: the assistant's engine and the messengers it is reached through."""
