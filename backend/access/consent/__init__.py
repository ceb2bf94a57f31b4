"""Consent: what a resident agreed to, to which text, and what stops when they take it back.

Owns the collection ``consents``, which is only ever added to. The texts are data
(``notices/``), each version kept for good: a consent names the text by its hash.
"""
