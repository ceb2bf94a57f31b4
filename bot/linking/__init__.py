"""Which account writes from which chat of a messenger: linked by a one-time code.

A signed-in account asks for a code in the app and sends it to the bot. Only hashes are stored:
of the code, and of the chat's id. A link says who writes; what may go out by a channel abroad
the residents' consents say (``Chat(leaves=…)``).
"""
