"""A question made plain: width, case, traditional forms, common slips, digits."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.understanding.numerals import to_digits

_CJK = re.compile(r"[㐀-鿿]")
LONGEST = 4000  # characters read of a question
_FILLERS = re.compile(
    r"(?:嗯+|呃+|哎呀?|唉|那个啥|就是说|我说|喂|你好|您好|请问一?下?|"
    r"麻烦问一?下?|帮我?看一?下?)[，,、。\s]*"
)


class Asked(NamedTuple):
    """A question: as typed, made plain, and its language (``zh`` or ``en``)."""

    original: str
    plain: str
    language: str


def read(question: str) -> Asked:
    text = question.strip()
    language = "zh" if _CJK.search(text) else "en"
    plain = make_plain(text)
    return Asked(text, plain, language)


def make_plain(text: str) -> str:
    """Half width, lower case, simplified, slips mended, numerals as digits."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub(r"[​-‏⁠﻿]", "", text).replace("’", "'")
    # A key held down says nothing more than once, and patterns need not wade through it.
    text = re.sub(r"(.{1,4}?)\1{7,}", r"\1\1", text[:LONGEST])
    text = re.sub(r"(\d{20})\d+", r"\1", text)
    text = mended(text)
    if not _CJK.search(text):
        return re.sub(r"\s+", " ", text)
    text = _FILLERS.sub("", text)
    # Spaces inside Chinese are voice input's pauses: keep them as commas.
    text = re.sub(r"(?<=[㐀-鿿])\s+(?=[㐀-鿿])", "，", text)
    return to_digits(text)


def mended(text: str) -> str:
    """Traditional forms as simplified, common slips as what was meant (雪压: 血压)."""
    slips, characters = _slips()
    text = text.translate(characters)
    for wrong, right in slips:
        text = text.replace(wrong, right)
    return text


@cache
def _slips() -> tuple[list[tuple[str, str]], dict[int, str]]:
    data = read_toml(__package__, "slips.toml")
    pairs = [(wrong, right) for right, wrongs in data["slips"].items() for wrong in wrongs]
    pairs.sort(key=lambda pair: -len(pair[0]))
    return pairs, {ord(a): b for a, b in zip(data["traditional"], data["simplified"], strict=True)}
