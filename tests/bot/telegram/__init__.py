"""The Telegram adapter against a stand-in Bot API over HTTP."""
