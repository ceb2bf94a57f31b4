"""The name cell: row number, marks and abbreviation told apart from the name."""

from __future__ import annotations

import re
import unicodedata

from ocr.lab import dictionary

_NUMBER = re.compile(r"^\s*(\d{1,3})\s*[.、)）]?\s*(?=[^\d.])")
_KEEPS_NUMBER = re.compile(r"^\d+\s*(?:[-'’′αβ,，/%]|小时|h|H|C[-尿 ]|时|分|点|羟|OH|ɑ)")
_MARKS = re.compile(r"^[\s*★☆△▲◆●※#＊·•.、,，|“”\"'‘’`_~]+")
_TAIL = re.compile(r"^(.*[一-鿿)）αβγ\]])\s*([A-Za-z][A-Za-z0-9\-+#%/.()βαγ ]{0,14})$")
_BRACKET_TAIL = re.compile(r"^(.+?)\s*[(（\[]([A-Za-z0-9αβγ\-+#%/.* ]{1,16})[)）\]]$")
_HAN = re.compile(r"[一-鿿]")


def clean_name(text: str, known: bool = True) -> str:
    """The name without row number, recognition mark and list signs."""
    text = unicodedata.normalize("NFKC", text).strip()
    text = _MARKS.sub("", text).strip()
    number = _NUMBER.match(text)
    if number and not dictionary().knows(text) and not _KEEPS_NUMBER.match(text):
        text = _MARKS.sub("", text[number.end() :])
    return text.strip(" :：|*★")


def split_name(name: str, abbreviation: str) -> tuple[str, str | None]:
    """Name and abbreviation out of the two cells, either of which may hold both."""
    name, short = clean_name(name), clean_abbreviation(abbreviation)
    if not name and short:
        return _split_tail(short) if _HAN.search(short) else (short, short)
    if short and _HAN.search(short) and not _HAN.search(name):
        name, short = short, name
    if not short:
        return _split_tail(name)
    if name.casefold().endswith(short.casefold()) and len(name) > len(short):
        name = name[: -len(short)].strip(" (（") or name
    return name, short


def clean_abbreviation(text: str) -> str:
    """The abbreviation cell without stray marks."""
    text = unicodedata.normalize("NFKC", text).strip(" |:：*★·.")
    return re.sub(r"\s+", " ", text)


def _split_tail(name: str) -> tuple[str, str | None]:
    words = dictionary()
    bracket = _BRACKET_TAIL.match(name)
    if bracket and re.search(r"[A-Za-z]", bracket.group(2)):
        base, inside = bracket.group(1).strip(), bracket.group(2).strip()
        if words.knows(inside) and (words.knows_name(base) or not words.knows_name(name)):
            return base, inside
    if words.knows_name(name):
        return name, None
    first, _, rest = name.partition(" ")
    if rest and words.knows(first) and not _HAN.search(first) and words.knows_name(rest):
        return rest.strip(), first
    tail = _TAIL.match(name)
    if (
        tail
        and len(tail.group(2)) >= 1
        and (words.knows(tail.group(2)) or words.knows_name(tail.group(1)) or " " in name)
    ):
        return tail.group(1).strip(), tail.group(2).strip()
    lead = re.match(r"^([A-Za-z][A-Za-z0-9\-+#%/]{0,11})\s+([一-鿿].*)$", name)
    if lead:
        return lead.group(2).strip(), lead.group(1)
    return name, None
