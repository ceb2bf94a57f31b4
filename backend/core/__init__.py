"""What every room stands on: settings, clock, ids, errors, store, keys, outbox, blobs.

Owns no resident's meaning, only the means. ``core`` imports nothing of ours
from outside ``core``; everybody may enter.
"""
