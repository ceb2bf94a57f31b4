"""A language model for the wording, where one is configured: style, never truth.

What leaves is the verified answer without anybody in it (``pseudonyms``); what
comes back is sentences with citations (``asking``), every one held against
the facts it cites (``checking``). ``writer`` asks, asks once more, and gives
the template's answer wherever the model is off, slow, down or wrong.
"""
