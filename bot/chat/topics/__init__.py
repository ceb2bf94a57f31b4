"""The bot's subjects: each knows its words and buttons, and one room's services."""
