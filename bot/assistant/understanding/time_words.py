"""The words of time in a question, as they were said."""

from __future__ import annotations


def time_words(plain: str, rest: str) -> str:
    """What the understanding took out of the question: ``rest`` is what it left of ``plain``."""
    found: list[str] = []
    at = 0
    for piece in rest.split():
        begin = plain.find(piece, at)
        if begin < 0:
            continue
        found.append(plain[at:begin])
        at = begin + len(piece)
    found.append(plain[at:])
    return "".join(found).strip(" ，,。?？")
