"""The assistant as a service: the view over the rooms' store, conversations, and the way on.

``archive.py`` and ``view.py`` are the ``ArchiveView`` of one viewer and one resident:
what was not granted is never read. ``service.py`` is the order of a turn: viewer,
consent, red flags, who and what is meant, answer, conversation and ticket in one
transaction. Only the engine decides what an answer says.
"""
