"""Retrieval of words: which passage of the archive a question means.

``passages`` cuts an archive's texts into sentences that know their entry;
``lexical`` ranks them by BM25 over jieba tokens, ``dense`` by the cosine of
embeddings, ``hybrid`` fuses both and decides whether the best is good enough
to quote. ``embedding`` gives the model of a name, loaded on first use, once a
process. ``stored`` keeps vectors per resident, sealed, and follows the outbox.
"""
