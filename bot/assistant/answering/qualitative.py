"""A result in words held against its reference: 尿蛋白 阳性 where 阴性 is printed."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any, NamedTuple

from bot.assistant.answering.numbers import Numbers
from bot.assistant.composing.wording import phrase
from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.records import Reading


class Outside(NamedTuple):
    """A result that is not what is usual; ``usual`` is None where the report printed nothing."""

    usual: str | None


def word_side(reading: Reading) -> Outside | bool | None:
    """``Outside``, False for within, None where neither report nor list says what is usual.

    The range that the report printed decides; where it printed none, the list of tests that are
    usually negative. A positive blood group or antibody of a vaccine is no finding.
    """
    if reading.words is None:
        return None
    words = _plain(reading.words)
    reference = _plain(reading.reference) if reading.reference else None
    if reference is not None and _is("negative", reference):
        if _is("borderline", words) or _is_positive(words):
            return Outside(reading.reference)
        return False if _is("negative", words) else None
    if reference is not None or not _usually_negative(reading):
        return None
    if _is_positive(words):
        return Outside(None)
    return False if _is("negative", words) else None


def said_of_words(n: Numbers, reading: Reading) -> list[str]:
    """What a result in words means: whether it is what is usual."""
    side = word_side(reading)
    if side is None:
        return []
    if not isinstance(side, Outside):
        return [phrase(n.language, "word_within")]
    if side.usual is None:
        return [phrase(n.language, "word_outside_usual")]
    return [phrase(n.language, "word_outside", usual=side.usual)]


def is_positive(reading: Reading) -> bool:
    """Whether the result says positive, whatever is usual: a blood group's does, too."""
    return reading.words is not None and _is_positive(_plain(reading.words))


def positive_side(reading: Reading) -> str:
    """How a positive result is told: as out of its reference, as no finding, or as it is."""
    side = word_side(reading)
    if isinstance(side, Outside):
        return "outside" if side.usual else "outside_usual"
    return "no_finding" if _is("never", _plain(reading.name)) else "as_it_is"


def _is_positive(words: str) -> bool:
    return _is("positive", words) and not _is("negative", words) and not _is("borderline", words)


def _usually_negative(reading: Reading) -> bool:
    name = _plain(reading.name)
    if _is("never", name):
        return False
    return reading.kind in _data()["usually_negative"] or _is("usually_negative_names", name)


def _is(what: str, text: str) -> bool:
    return bool(_pattern(what).search(text))


@cache
def _pattern(what: str) -> re.Pattern[str]:
    return re.compile(_data()[what])


def _data() -> dict[str, Any]:
    data: dict[str, Any] = read_toml("bot.assistant.library", "qualitative.toml")
    return data


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().strip()
