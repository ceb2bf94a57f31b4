"""Typed queries: every number of an answer is computed here, from readings, in Decimal."""
