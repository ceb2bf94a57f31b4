"""Conversation: the assistant that answers from the archive, and the channels that carry it.

``bot.assistant`` owns questions and answers; ``bot.telegram`` carries them.
Only ``backend.main`` and ``backend.cli`` may enter from outside.
"""
