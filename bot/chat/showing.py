"""Readings in words: 血压 135/85 mmHg（今天 07:30）."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.measurements.draft import Draft, Kind, Quantity
from backend.measurements.errors import NeedsConfirmation, PlausibilityImpossible
from backend.measurements.kinds import spec
from bot.chat.phrases import day_of, here, say, short, unit_words
from bot.chat.turn import Turn
from bot.chat.understanding.lasting import activity_words
from bot.chat.understanding.lengths import minutes

_LENGTHS = frozenset({"h", "min"})


def number(value: float) -> str:
    """At most one decimal more than was said: 6.8, 62, 36.75."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def reading_words(turn: Turn, draft: Draft, *, unit: bool = True) -> str:
    """空腹血糖 6.8 mmol/L（今天 07:30）; ``unit``: whether that is known already."""
    language = turn.viewer.language
    name = kind_words(language, draft.kind)
    if draft.meal is not None:
        name = f"{turn.say(draft.meal.value)}{'' if short(language) == 'zh' else ' '}{name}"
    if draft.kind is Kind.EXERCISE:
        name = activity_words(draft.attributes.get("activity"), short(language)) or name
    values = _values(turn, draft) if unit else _bare(draft)
    what = f"{name} {values}"
    return turn.say("reading", what=what, at=_when(turn, draft))


def _when(turn: Turn, draft: Draft) -> str:
    """今天 07:30; of sleep from when to when, or the night where no hours were said."""
    if draft.kind is not Kind.SLEEP:
        return turn.time(draft.at)
    if draft.end is not None:
        return turn.say("from_to", start=turn.time(draft.at), end=turn.time(draft.end))
    today, evening = turn.now.date(), draft.at.date()
    if evening == today - timedelta(days=1):
        return turn.say("last_night")
    day = day_of(turn.viewer.language, evening, today)
    return turn.say("night_of", day=day)


def length_words(language: str, lasted: float) -> str:
    """Minutes as 7小时30分钟, 40分钟."""
    hours, rest = divmod(round(lasted), 60)
    if not hours:
        return say(language, "minutes", minutes=rest)
    return say(language, "hours_minutes" if rest else "hours", hours=hours, minutes=rest)


def kind_words(language: str, kind: Kind) -> str:
    found = spec(kind)
    return found.en if short(language) == "en" else found.zh


def unusual_words(
    turn: Turn, draft: Draft, error: NeedsConfirmation | PlausibilityImpossible
) -> str:
    """Which value, and what it mostly is; for a contradiction the error's own words."""
    language = turn.viewer.language
    if error.data["rule"] != "limits":
        return error.message(language)
    part = spec(draft.kind).components[error.data["component"]]
    key = "unusual" if isinstance(error, NeedsConfirmation) else "impossible"
    if part.unit in _LENGTHS:
        low, high = (length_words(language, error.data[each]) for each in ("low", "high"))
        name = part.en if short(language) == "en" else part.zh
        value = _quantity(language, draft.values[part.name])
        return turn.say(f"{key}_length", name=name, value=value, low=low, high=high)
    return turn.say(
        key,
        name=part.en if short(language) == "en" else part.zh,
        value=_quantity(language, draft.values[part.name]),
        low=number(error.data["low"]),
        high=number(error.data["high"]),
        unit=unit_words(language, error.data["unit"]),
    )


def date_words(turn: Turn, at: str) -> str:
    """A FHIR dateTime as people read it; a year, month or day stays as it is."""
    try:
        parsed = datetime.fromisoformat(at)
    except ValueError:
        return at
    return turn.time(here(parsed)) if "T" in at and parsed.tzinfo else at


def _bare(draft: Draft) -> str:
    return " ".join(number(each.value) for each in draft.values.values())


def _values(turn: Turn, draft: Draft) -> str:
    language, values = turn.viewer.language, dict(draft.values)
    if draft.kind in (Kind.SLEEP, Kind.EXERCISE):
        return _lasted(turn, draft)
    if draft.kind is not Kind.BLOOD_PRESSURE:
        return " ".join(_quantity(language, each) for each in values.values())
    high, low = values["systolic"], values["diastolic"]
    text = f"{number(high.value)}/{number(low.value)} {unit_words(language, high.unit)}"
    pulse = values.get("pulse")
    if pulse is None:
        return text
    return turn.say("with_pulse", pressure=text, pulse=_quantity(language, pulse))


def _lasted(turn: Turn, draft: Draft) -> str:
    """7小时，深睡 1小时50分钟; 30分钟，5 公里."""
    language, values = turn.viewer.language, dict(draft.values)
    said = [_quantity(language, values.pop("duration"))]
    for name, each in values.items():
        part = spec(draft.kind).components[name]
        what = part.en if short(language) == "en" else part.zh
        said.append(f"{what} {_quantity(language, each)}")
    return turn.say("list").join(said)


def _quantity(language: str, quantity: Quantity) -> str:
    if quantity.unit in _LENGTHS:
        return length_words(language, minutes(quantity))
    return f"{number(quantity.value)} {unit_words(language, quantity.unit)}"
