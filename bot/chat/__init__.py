"""What the bot says and understands, whatever messenger carries it.

Owns the understanding of free words as readings, the dialogues, and replies as data (text,
buttons, a picture). It knows no Telegram: an adapter (``bot/telegram``, ``bot/console.py``)
turns messages into ``Chat.say`` and ``Chat.press``, and replies into messages.
Everything goes through the rooms' services with a ``Viewer``, so that the policy applies.
"""
