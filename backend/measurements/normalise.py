"""From a draft to what is stored: canonical units, UTC, clean text, nothing impossible.

Text: NFC; line breaks become ``\\n``; emoji and every other character people
write stay. Marks that only steer the display (bidirectional embeddings,
overrides and isolates, byte order marks) are taken out rather than refused,
for they come along when people copy text, and could make a number read
backwards. Null bytes, other control characters and lone surrogates are refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from backend.core.clock import offset_minutes, to_milliseconds
from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source
from backend.measurements.errors import (
    ComponentMissing,
    MealUnfit,
    NoteMissing,
    TextControlCharacter,
    TextEmpty,
    TextLoneSurrogate,
    TextNullByte,
    TextTooLong,
    TooManyAttributes,
)
from backend.measurements.kinds import spec
from backend.measurements.plausibility import age_at, check_number, check_times, check_values
from backend.measurements.units import component_spec, to_canonical

NOTE_LENGTH = 2_000
SHORT_LENGTH = 200
ATTRIBUTES = 40
_DISPLAY_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_CONTROL = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f]")
_CONTROL_OR_BREAK = re.compile("[\x01-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Normal(NamedTuple):
    """A reading fit to be stored.

    ``at`` and ``end`` are UTC cut to milliseconds; ``offset_minutes`` is the
    reading's own offset at ``at``. ``values`` are in the kind's canonical
    units, ``entered`` is what was sent. Nothing is derived: a component that
    was not sent is not there.
    """

    kind: Kind
    at: datetime
    offset_minutes: int
    end: datetime | None
    values: Mapping[str, float]
    entered: Mapping[str, Quantity]
    meal: Meal | None
    note: str | None
    source: Source
    attributes: Mapping[str, str]


def normalise(
    draft: Draft, *, now: datetime, birth_date: date | None, confirmed: bool = False
) -> Normal:
    """Check and convert ``draft``, or raise the first error of ``measurements.errors``.

    ``now`` is aware. ``confirmed``: the sender has confirmed unlikely values;
    impossible ones are refused all the same.
    """
    check_times(draft.at, draft.end, now=now, birth_date=birth_date)
    values = _values(draft)
    note = clean_note(draft.note)
    _check_shape(draft, note)
    age = age_at(draft.at, birth_date)
    check_values(draft.kind, values, draft.values, age=age, confirmed=confirmed)
    return Normal(
        kind=draft.kind,
        at=_utc(draft.at),
        offset_minutes=offset_minutes(draft.at),
        end=None if draft.end is None else _utc(draft.end),
        values=values,
        entered=dict(draft.values),
        meal=draft.meal,
        note=note,
        source=_clean_source(draft.source),
        attributes=_clean_attributes(draft.attributes),
    )


def fingerprint(normal: Normal) -> str:
    """The same for one reading that arrives by two ways (cuff and phone).

    It says what was measured, so only its keyed hash is stored: kind, minute,
    and the required components at the precision people see. Optional components
    are left out, since one way often drops them (a cuff sends the pulse, Health
    does not); a kind with none required goes by its note and code.
    """
    parts = [normal.kind.value, normal.at.isoformat(timespec="minutes")]
    required = spec(normal.kind).required
    parts += [f"{part.name}={_shown(normal.values[part.name], part.decimals)}" for part in required]
    if not required:
        parts += [normal.note or "", normal.attributes.get("code", "")]
    return "\x1f".join(parts)


def clean_note(note: str | None) -> str | None:
    """Text of several lines; None where nothing is left of it. Raises ``Text…`` errors."""
    if note is None:
        return None
    text = note.replace("\r\n", "\n").replace("\r", "\n")
    return _clean("note", text, NOTE_LENGTH, _CONTROL) or None


def clean_line(field: str, text: str) -> str:
    """Text of one line and 200 characters, not empty. Raises ``Text…`` errors."""
    cleaned = _clean(field, text, SHORT_LENGTH, _CONTROL_OR_BREAK)
    if not cleaned:
        raise TextEmpty(field=field)
    return cleaned


def check_id(field: str, text: str) -> str:
    """An identifier of somebody else's, kept to the letter. Raises ``Text…`` errors."""
    if not text:
        raise TextEmpty(field=field)
    _check_characters(field, text, SHORT_LENGTH, _CONTROL_OR_BREAK)
    return text


def _clean(field: str, text: str, limit: int, control: re.Pattern[str]) -> str:
    # Composing can shorten text, by a factor of four at most; more is too long anyway.
    _check_characters(field, text, 4 * limit, control)
    cleaned = unicodedata.normalize("NFC", _DISPLAY_MARKS.sub("", text)).strip()
    if len(cleaned) > limit:
        raise TextTooLong(field=field, limit=limit)
    return cleaned


def _check_characters(field: str, text: str, limit: int, control: re.Pattern[str]) -> None:
    if len(text) > limit:
        raise TextTooLong(field=field, limit=limit)
    if text.isascii() and text.isprintable():
        return  # as nearly every id is: nothing of what follows can be in it
    if "\x00" in text:
        raise TextNullByte(field=field)
    if control.search(text):
        raise TextControlCharacter(field=field)
    if _SURROGATE.search(text):
        raise TextLoneSurrogate(field=field)


def _values(draft: Draft) -> dict[str, float]:
    values = {}
    for name, quantity in draft.values.items():
        part = component_spec(draft.kind, name)
        check_number(part.name, quantity.value)
        values[name] = to_canonical(draft.kind, name, quantity)
    return values


def _check_shape(draft: Draft, note: str | None) -> None:
    kind = spec(draft.kind)
    for part in kind.required:
        if part.name not in draft.values:
            raise ComponentMissing(kind=draft.kind.value, component=part.name)
    if draft.meal is not None and not kind.meal:
        raise MealUnfit(kind=draft.kind.value)
    if kind.note_required and note is None:
        raise NoteMissing(kind=draft.kind.value)


def _clean_source(source: Source) -> Source:
    check_id("source.system", source.system)
    if source.id is not None:
        check_id("source.id", source.id)
    if source.device is None:
        return source
    device = clean_line("source.device", source.device)
    return Source(system=source.system, id=source.id, device=device)


def _clean_attributes(attributes: Mapping[str, str]) -> dict[str, str]:
    if not attributes:
        return {}
    if len(attributes) > ATTRIBUTES:
        raise TooManyAttributes(limit=ATTRIBUTES)
    return {
        check_id("attributes", name): clean_line(f"attributes.{name[:SHORT_LENGTH]}", value)
        for name, value in attributes.items()
    }


def _shown(value: float, decimals: int) -> str:
    _, _, fraction = repr(value).partition(".")
    if fraction.isdigit() and len(fraction) <= decimals:
        return f"{value:.{decimals}f}"  # nothing to round: a third of the time
    step = Decimal(1).scaleb(-decimals)
    return str(Decimal(repr(value)).quantize(step, rounding=ROUND_HALF_UP))


def _utc(moment: datetime) -> datetime:
    return to_milliseconds(moment.astimezone(UTC))
