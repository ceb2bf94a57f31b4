"""Retrieval of words: which passage of the archive a question means.

``lexical`` is BM25 over jieba tokens. A dense index joins behind ``Passages``
without the answering modules knowing.
"""
