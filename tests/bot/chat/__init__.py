"""The bot, whatever messenger carries it."""
