"""What became of a sentence: right, asked back, not heard, or wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from pathlib import Path

from backend.core.clock import SHANGHAI
from backend.core.errors import KangbanError
from backend.measurements.draft import Draft, Kind
from backend.measurements.normalise import normalise
from backend.measurements.units import to_canonical
from bot.chat.topics.unit_choice import choice
from bot.chat.understanding import understand

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)  # a Sunday
_WORDS = {
    Kind.BMI: "bmi",
    Kind.GLUCOSE: "glu",
    Kind.HEART_RATE: "hr",
    Kind.HEIGHT: "cm",
    Kind.SPO2: "spo2",
    Kind.STEPS: "steps",
    Kind.TEMPERATURE: "temp",
    Kind.WAIST: "waist",
    Kind.WEIGHT: "kg",
}
_DECIMALS = {Kind.WEIGHT: 2}
_WHEN = re.compile(r"d(-?\d+)(?: h(\d+)-(\d+))?")


class Verdict(StrEnum):
    RIGHT = "right"
    ASKED = "asked"  # a question came back although it could have been understood
    UNHEARD = "unheard"  # it went to the assistant as if it were no reading
    WRONG = "wrong"  # another value, unit, kind, time or person was offered


@dataclass(frozen=True)
class Heard:
    """``outcome``: offer, ask or none. ``readings``: words and when."""

    outcome: str
    readings: tuple[tuple[str, datetime], ...] = ()
    somebody_else: bool = False


def sentences(name: str) -> Iterator[tuple[str, str]]:
    path = Path(__file__).parent / f"{name}.toml"
    for table in tomllib.loads(path.read_text("utf-8")).values():
        yield from table.items()


def verdict(text: str, means: str) -> Verdict:
    heard = hear(text)
    meanings = means.split("|")
    if heard.outcome in meanings or any(_same(each, heard) for each in meanings):
        return Verdict.RIGHT
    if heard.outcome == "offer":
        asked_whose = heard.somebody_else and "ask" in meanings
        return Verdict.RIGHT if asked_whose else Verdict.WRONG
    return Verdict.ASKED if heard.outcome == "ask" else Verdict.UNHEARD


def hear(text: str) -> Heard:
    """What the chat would do; a unit that is chosen by a button counts as asked."""
    understood = understand(text, NOW)
    if understood.lacks:
        return Heard("ask")
    if not understood.found:
        return Heard("none")
    drafts = [each.draft for each in understood.found]
    if choice(understood.found, NOW) is not None or not all(map(_possible, drafts)):
        return Heard("ask")
    readings = tuple(each for draft in drafts for each in _readings(draft))
    return Heard("offer", readings, understood.relative is not None)


def _possible(draft: Draft) -> bool:
    try:
        normalise(draft, now=NOW, birth_date=None, confirmed=True)
    except KangbanError:
        return False
    return True


def _readings(draft: Draft) -> Iterator[tuple[str, datetime]]:
    values = {name: to_canonical(draft.kind, name, each) for name, each in draft.values.items()}
    if draft.kind is Kind.BLOOD_PRESSURE:
        yield f"bp {values['systolic']:.0f}/{values['diastolic']:.0f}", draft.at
        if "pulse" in values:
            yield f"hr {values['pulse']:g}", draft.at
        return
    if draft.kind is Kind.SLEEP:
        yield f"sleep {values['duration']:g}", draft.at
        return
    if draft.kind is Kind.EXERCISE:
        far = f" {values['distance']:g}" if "distance" in values else ""
        yield f"ex {values['duration']:g} {draft.attributes.get('activity', '-')}{far}", draft.at
        return
    [value] = values.values()
    words = f"{_WORDS[draft.kind]} {round(value, _DECIMALS.get(draft.kind, 1)):g}"
    meal = f" {draft.meal.value if draft.meal else '-'}" if draft.kind is Kind.GLUCOSE else ""
    yield words + meal, draft.at


def _same(meaning: str, heard: Heard) -> bool:
    said, whose = re.subn(r" for \w+", "", meaning)
    parts = [each.partition(" @ ") for each in re.split(r";\s*", said)]
    last = parts[-1][2]
    only = sum(bool(when) for *_, when in parts) == 1
    wanted = [(words.strip(), last if only else when) for words, _, when in parts]
    left = list(heard.readings)
    for words, when in wanted:
        hit = next((each for each in left if each[0] == words and _at(when, each[1])), None)
        if hit is None:
            return False
        left.remove(hit)
    return not left and heard.outcome == "offer" and bool(whose) == heard.somebody_else


def _at(when: str, at: datetime) -> bool:
    found = _WHEN.match(when or "d0")
    assert found, when
    day = (NOW + timedelta(days=int(found[1]))).date()
    if found[2] is None:
        return at <= NOW and at.astimezone(SHANGHAI).date() == day
    begin = datetime.combine(day, time(int(found[2])), SHANGHAI)
    hours = int(found[3]) - int(found[2]) + 1
    return begin <= at < begin + timedelta(hours=hours) and at <= NOW
