"""Out with everybody: what leaves names nobody, and what comes back is put right here.

Record text (quotations, names of entries, anything that is words and not a
number) never leaves: a mark stands for it. What is left is scrubbed of the
resident's names, numbers, addresses and birth date, and looked at once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

from bot.assistant.answer import Answer
from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.model.errors import WouldLeak
from bot.assistant.records import Person

_MARK = re.compile(r"〔\d+〕")
_QUOTED = re.compile(r"[“\"「『][^”\"」』]+[”\"」』]")
_DATE = re.compile(r"\d{4}(?:-\d{2}){0,2}(?: \d{2}:\d{2})?")
_IDENTIFYING = ("phone", "id_number", "email", "address", "numbers")


class Pseudonyms:
    """The map of one answer; it stays in this process and goes with the answer."""

    def __init__(self, person: Person, answer: Answer) -> None:
        self._back: dict[str, str] = {}
        self._names = sorted({*_spellings(person.names)}, key=len, reverse=True)
        self._births = tuple(_dates(person.born)) if person.born else ()
        self._words = sorted({*_record_words(answer)}, key=len, reverse=True)

    def hide(self, text: str) -> str:
        """The text as it may leave. Raises ``WouldLeak`` where somebody is still in it."""
        # Whole quotations first: a name or a date taken out of one would leave the rest of it.
        text = _QUOTED.sub(self._mark, text)
        for word in self._words:
            text = text.replace(word, self._mark_of(word))
        for key in ("labelled", *_IDENTIFYING):
            text = _patterns()[key].sub(self._mark, text)
        for word in (*self._names, *self._births):
            text = re.sub(re.escape(word), self._mark, text, flags=re.IGNORECASE)
        text = _patterns()["titled"].sub(self._unless_generic, text)
        self._look_again(text)
        return text

    def restore(self, text: str) -> str:
        """Marks back to what they stand for; a mark within a mark as well."""
        while _MARK.search(text):
            text = _MARK.sub(lambda m: self._back[m[0]], text)
        return text

    def known(self, text: str) -> bool:
        """Whether every mark in a text is one of ours."""
        return all(mark in self._back for mark in _MARK.findall(text))

    def _mark(self, match: re.Match[str]) -> str:
        return self._mark_of(match[0])

    def _mark_of(self, word: str) -> str:
        if _MARK.fullmatch(word):
            return word
        for mark, known in self._back.items():
            if known == word:
                return mark
        mark = f"〔{len(self._back) + 1}〕"
        self._back[mark] = word
        return mark

    def _unless_generic(self, match: re.Match[str]) -> str:
        return match[0] if _patterns()["generic"].search(match[0]) else self._mark(match)

    def _look_again(self, text: str) -> None:
        low = text.lower()
        told = any(word.lower() in low for word in (*self._names, *self._births))
        if told or any(_patterns()[key].search(text) for key in _IDENTIFYING):
            raise WouldLeak


def _record_words(answer: Answer) -> Iterator[str]:
    """Words of the record in an answer: values that are words, with what they are called."""
    for fact in answer.facts:
        if isinstance(fact.value, str) and not _DATE.fullmatch(fact.value) and len(fact.value) > 1:
            yield fact.value
            if len(fact.label) > 4:
                yield fact.label


def _spellings(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if len(name) < 2:
            continue
        yield name
        yield from (part for part in re.split(r"[\s·,]+", name) if len(part) > 2)
        if re.fullmatch(r"[一-鿿]{3,4}", name):
            yield name[1:]


def _dates(born: date) -> Iterator[str]:
    yield born.isoformat()
    yield f"{born.year}年{born.month}月{born.day}日"
    yield f"{born.year}年{born.month:02d}月{born.day:02d}日"
    yield f"{born:%Y/%m/%d}"
    yield f"{born:%Y%m%d}"
    yield f"{born.year}.{born.month}.{born.day}"
    yield f"{born.day} {born:%b} {born.year}"
    yield f"{born:%B} {born.day}, {born.year}"


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    rows = read_toml(__package__, "pseudonyms.toml")
    return {name: re.compile(source) for name, source in rows.items()}
