"""Time words found in a question: spans of the calendar, events of the archive, parts of a day."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.assistant.answer import Window
from bot.assistant.understanding import anchors_zh, hours_zh, when_en, when_zh
from bot.assistant.understanding.clock_times import Hours, TimeOfDay, by_the_clock
from bot.assistant.understanding.text import Asked


class Anchor(NamedTuple):
    """A span that hangs on an event of the archive.

    ``event`` is checkup, stay, medication, procedure, diagnosis or vaccine;
    ``side`` is since, until, during or day; ``word`` what the question named; ``back`` which
    of several it is, 1 for the last (上次) and 2 for the one before it (上上次).
    """

    event: str
    side: str
    word: str = ""
    back: int = 1


@dataclass(frozen=True, slots=True)
class When:
    """The time a question means; ``rest`` is the question without its time words."""

    windows: tuple[Window, ...]
    anchor: Anchor | None
    times: tuple[TimeOfDay, ...]
    vague: bool
    rest: str

    @property
    def window(self) -> Window | None:
        return self.windows[0] if self.windows else None

    @property
    def hours(self) -> Hours | None:
        return self.times[0].hours if self.times else None


_BEFORE_A_PART = re.compile(r"^(?:in|at|on|during) (?:the )?")

Rule = tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Window | None]]


class Grammar(NamedTuple):
    """A language's time words, each list in the order in which it is tried."""

    rules: list[Rule]
    anchors: list[tuple[re.Pattern[str], str, str]]
    hours: list[tuple[re.Pattern[str], Hours]]
    vague: re.Pattern[str]


_ZH = Grammar(when_zh.RULES, anchors_zh.ANCHORS, hours_zh.HOURS, hours_zh.VAGUE)
_EN = Grammar(when_en.RULES, when_en.ANCHORS, when_en.HOURS, when_en.VAGUE)


def read_when(asked: Asked, now: datetime) -> When:
    grammar = _ZH if asked.language == "zh" else _EN
    rest, windows = _windows(asked.plain, grammar.rules, now)
    anchor, rest = _anchor(rest, grammar.anchors)
    times, rest = _times(rest, grammar.hours, asked.language)
    vague = not windows and anchor is None and bool(grammar.vague.search(rest))
    return When(tuple(windows), anchor, times, vague, rest)


def _windows(text: str, rules: list[Rule], now: datetime) -> tuple[str, list[Window]]:
    """Spans in the order they are said; an earlier rule's words are not read again."""
    found: list[tuple[int, Window]] = []
    for pattern, make in rules:
        for match in list(pattern.finditer(text)):
            try:
                window = make(match, now)
            except (ValueError, OverflowError, KeyError):
                continue  # 最近百万年, 2050 年以后的春节: beyond the calendar is no span
            if window is None or "\0" in match[0]:
                continue
            found.append((match.start(), window))
            text = text[: match.start()] + "\0" * len(match[0]) + text[match.end() :]
    found.sort(key=lambda pair: pair[0])
    return re.sub("\0+", " ", text), [window for _, window in found]


def _anchor(
    text: str, anchors: list[tuple[re.Pattern[str], str, str]]
) -> tuple[Anchor | None, str]:
    for pattern, event, side in anchors:
        match = pattern.search(text)
        if match:
            word = match.groupdict().get("word") or ""
            keep = f" {word} " if event != "medication" else " "
            before = text[: match.start()]
            start = before.rstrip("上") if match[0].startswith("上") else before
            anchor = Anchor(event, side, word, 1 + len(before) - len(start))
            return anchor, start + keep + text[match.end() :]
    return None, text


def _times(
    text: str, parts: list[tuple[re.Pattern[str], Hours]], language: str
) -> tuple[tuple[TimeOfDay, ...], str]:
    """The times of day in the order they are said, each once; an hour says more than a part."""
    clock = by_the_clock(text, language)
    if clock is not None:
        time, (start, end) = clock
        return (time,), f"{text[:start]} {text[end:]}"
    found: list[tuple[int, TimeOfDay]] = []
    for pattern, hours in parts:
        match = pattern.search(text)
        if match:
            said = _BEFORE_A_PART.sub("", match[0].strip())
            found.append((match.start(), TimeOfDay(said, hours)))
            text = pattern.sub(lambda m: "\0" * len(m[0]), text)
    found.sort(key=lambda pair: pair[0])
    return tuple(time for _, time in found), re.sub("\0+", " ", text)
