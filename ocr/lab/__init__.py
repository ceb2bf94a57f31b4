"""The laboratory dictionary: what an item's printed name means, and its code."""

from __future__ import annotations

from ocr.lab.dictionary import Dictionary, Match, dictionary
from ocr.lab.entry import Entry

__all__ = ["Dictionary", "Entry", "Match", "dictionary"]
