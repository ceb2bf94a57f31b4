"""Sentences of users and what they mean, against what the bot's core makes of them."""
