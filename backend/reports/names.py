"""Whose report it is: the name on the paper beside the name in the profile."""

from __future__ import annotations

import unicodedata
from enum import StrEnum


class PatientMatch(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"  # one of them names nobody


def match_names(printed: str | None, own: str | None) -> PatientMatch:
    """Equal but for width, case, spaces and the dot in a transcribed name."""
    if not printed or not own:
        return PatientMatch.UNKNOWN
    return PatientMatch.SAME if _folded(printed) == _folded(own) else PatientMatch.DIFFERENT


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(each for each in plain if not each.isspace() and each not in "·•.・")
