"""A model's wording against the evidence it cites: nothing added, nothing lost, nothing turned."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache

from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.model.asking import Sentence, Wording
from bot.assistant.model.errors import WordingRefused
from bot.assistant.understanding.numerals import to_digits

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DATE = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日|\d{1,2} [A-Z][a-z]{2} \d{4}|\d{4}-\d{2}-\d{2}|\d{1,2}:\d{2}"
)
_PAIR = re.compile(r"\d+(?:\.\d+)?\s*/\s*\d+(?:\.\d+)?")
_UNIT = re.compile(
    r"\s*([A-Za-zμ%℃°][A-Za-z0-9μ%°²/^]*|次/分|次|小时|公斤|斤|步|天|年|个月|周|分钟|岁|粒|片|毫克)"
)
_MARK = re.compile(r"〔\d+〕")
_MARKUP = re.compile(r"https?:|www\.|://|<[^>]*>|\[[^\]]*\]\(|[*_`#|]{1,}|!\[|\{|\}|@")
_ALLOWED = re.compile(r"[一-鿿\sA-Za-z0-9，。、；：！？（）“”〔〕.,;:!?()'\"%/℃°^~–—\-+·<>=≥≤μ&]+")
_LONGER = 1.8


def check(wording: Wording, items: Sequence[str], language: str) -> None:
    """Raise ``WordingRefused`` (``what``) at the first thing that is not so in the evidence.

    ``items`` are the verified answer's sentences, numbered from one.
    """
    for sentence in wording.sentences:
        _check_sentence(sentence, items, language)
    said = "".join(s.text for s in wording.sentences)
    whole = "".join(items)
    _require(len(said) <= len(whole) * _LONGER + 60, "length")
    for what, pattern in (("number", _NUMBER), ("mark", _MARK), ("date", _DATE), ("pair", _PAIR)):
        _require(_all(pattern, whole) <= _all(pattern, said), f"lost {what}")
    _require(_measures(whole) <= _measures(said), "lost unit")
    _require(_held("turning", whole, language) <= _held("turning", said, language), "lost sense")


def _check_sentence(sentence: Sentence, items: Sequence[str], language: str) -> None:
    text = sentence.text
    _require(bool(sentence.cites), "no citation")
    _require(all(1 <= n <= len(items) for n in sentence.cites), "invented citation")
    cited = "".join(items[n - 1] for n in sentence.cites)
    _require(not _MARKUP.search(text), "markup")
    _require(bool(_ALLOWED.fullmatch(text)), "characters")
    for what, pattern in (("mark", _MARK), ("date", _DATE), ("pair", _PAIR)):
        _require(_all(pattern, text) <= _all(pattern, cited), what)
    _require(_numbers(text) <= _numbers(cited), "number")
    _require(_measures(text) <= _measures(cited), "unit")
    for what in ("turning", "advice", "persons"):
        _require(_held(what, text, language) <= _held(what, cited, language), what)
    _require(_named(text) <= _named(cited), "drug or condition")


def _require(good: bool, what: str) -> None:
    if not good:
        raise WordingRefused(what=what)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _all(pattern: re.Pattern[str], text: str) -> set[str]:
    return {re.sub(r"\s", "", m[0]) for m in pattern.finditer(_plain(text))}


def _numbers(text: str) -> set[Decimal]:
    """Numerals in words count as numbers, too: 一百三十八."""
    plain = _plain(text)
    return {Decimal(n) for form in (plain, to_digits(plain)) for n in _NUMBER.findall(form)}


def _measures(text: str) -> set[str]:
    """Each number with its unit: 138 mmHg is not 138 次."""
    plain = _plain(text)
    return {
        f"{number[0]}{unit[1]}"
        for number in _NUMBER.finditer(plain)
        if (unit := _UNIT.match(plain, number.end()))
    }


def _held(what: str, text: str, language: str) -> set[str]:
    low = _plain(text).lower()
    words: Iterable[str] = read_toml(__package__, "checking.toml")[language][what]
    if language == "en":
        return {
            w for w in words if re.search(rf"(?<![a-z]){re.escape(w)}", low) or w == "n't" in low
        }
    return {w for w in words if w in low}


def _named(text: str) -> set[str]:
    """Drugs and conditions of the lexicon that a text names."""
    low = _plain(text).lower()
    return {name for name in _lexicon() if name in low}


@cache
def _lexicon() -> frozenset[str]:
    found: set[str] = set()
    for file in ("drugs.toml", "terms.toml"):
        for rows in read_toml("bot.assistant.lexicon", file).values():
            found |= set(_strings(rows))
    return frozenset(name.lower() for name in found if len(name) > 1)


def _strings(rows: object) -> Iterable[str]:
    if isinstance(rows, str):
        yield rows
    elif isinstance(rows, dict):
        for value in rows.values():
            yield from _strings(value)
    elif isinstance(rows, list):
        for value in rows:
            yield from _strings(value)
