"""Withings' API answers: measure groups, sleep summaries and daily activity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import BinaryIO

from backend.measurements.devices import records
from backend.measurements.devices.errors import FileMalformed, RecordInvalid
from backend.measurements.devices.identity import content_id
from backend.measurements.devices.outcome import Context, Outcome
from backend.measurements.devices.records import Row, SkippedTypes
from backend.measurements.devices.times import combine, from_epoch, parse_date, zone_named
from backend.measurements.draft import Draft, Kind, Quantity, Source

SYSTEM = "withings"
_GOAL = 2
_MANUAL = frozenset({2, 4})
_DIASTOLIC, _SYSTOLIC, _PULSE = 9, 10, 11
_TYPES = {
    1: (Kind.WEIGHT, "weight", "kg"),
    4: (Kind.HEIGHT, "height", "m"),
    12: (Kind.TEMPERATURE, "temperature", "Cel"),
    54: (Kind.SPO2, "spo2", "%"),
    71: (Kind.TEMPERATURE, "temperature", "Cel"),
}
_STAGES = {
    "deep": "deepsleepduration",
    "light": "lightsleepduration",
    "rem": "remsleepduration",
}
_WAKING = {"awake": "wakeupduration", "latency": "durationtosleep"}


class Withings:
    """Decoder for ``{"status", "body": {"measuregrps" | "series" | "activities"}}``."""

    name = "Withings JSON"
    rank = 20

    def accepts(self, filename: str, head: bytes) -> bool:
        return records.looks_like_json(head, "body") and records.looks_like_json(
            head, "measuregrps", "series", "activities"
        )

    def decode(self, stream: BinaryIO, context: Context) -> Iterator[Outcome]:
        document = records.load_json(stream)
        body = document.get("body") if isinstance(document, Mapping) else None
        if not isinstance(body, Mapping):
            raise FileMalformed(format="Withings")
        skipped = SkippedTypes()
        zone = _zone(body, context.zone)
        group = partial(_group, zone=zone, context=context, skipped=skipped)
        yield from records.each(records.listed(body, "measuregrps"), "measuregrps", group)
        night = partial(_night, zone=zone, context=context)
        yield from records.each(records.listed(body, "series"), "series", night)
        day = partial(_day, zone=zone, context=context, skipped=skipped)
        yield from records.each(records.listed(body, "activities"), "activities", day)
        yield from skipped.outcomes()


def _group(row: Row, zone: tzinfo, context: Context, skipped: SkippedTypes) -> Iterator[Outcome]:
    if row.get("category") == _GOAL:
        skipped.add("goal")
        return
    at = from_epoch(records.number(row, "date"), _zone(row, zone), field="date")
    measures = dict(_measure(measure) for measure in records.listed(row, "measures"))
    found = dict(_readings(measures, skipped))
    manual = {"entry": "manual"} if row.get("attrib") in _MANUAL else {}
    comment = row.get("comment")
    for kind, values in found.items():
        yield Draft(
            kind=kind,
            at=at,
            values=values,
            note=comment if isinstance(comment, str) and comment.strip() else None,
            source=_source(kind, row.get("grpid"), context, at, str(values)),
            attributes=manual,
        )


def _readings(
    measures: dict[int, float], skipped: SkippedTypes
) -> Iterator[tuple[Kind, dict[str, Quantity]]]:
    pulse = measures.pop(_PULSE, None)
    beats = {} if pulse is None else {"pulse": Quantity(pulse, "/min")}
    if _SYSTOLIC in measures and _DIASTOLIC in measures:
        systolic, diastolic = measures.pop(_SYSTOLIC), measures.pop(_DIASTOLIC)
        pressures = {
            "systolic": Quantity(systolic, "mm[Hg]"),
            "diastolic": Quantity(diastolic, "mm[Hg]"),
        }
        yield Kind.BLOOD_PRESSURE, pressures | beats
    elif pulse is not None:
        yield Kind.HEART_RATE, {"rate": Quantity(pulse, "/min")}
    for code, value in measures.items():
        if code in _TYPES:
            kind, component, unit = _TYPES[code]
            yield kind, {component: Quantity(value, unit)}
        else:
            skipped.add(f"measure type {code}")


def _measure(row: object) -> tuple[int, float]:
    """The real value is value * 10^unit."""
    if not isinstance(row, Mapping):
        raise RecordInvalid(field="measures")
    code, value, power = row.get("type"), row.get("value"), row.get("unit")
    for name, part in (("type", code), ("value", value), ("unit", power)):
        if not isinstance(part, int) or isinstance(part, bool) or abs(part) > 10**15:
            raise RecordInvalid(field=name)
    return int(str(code)), float(f"{value}e{power}")


def _night(row: Row, zone: tzinfo, context: Context) -> Iterator[Outcome]:
    own = _zone(row, zone)
    at = from_epoch(records.number(row, "startdate"), own, field="startdate")
    end = from_epoch(records.number(row, "enddate"), own, field="enddate")
    data = row.get("data")
    if not isinstance(data, Mapping):
        raise RecordInvalid(field="data")
    stages = {name: records.number(data, key) for name, key in _STAGES.items() if key in data}
    if not stages:
        raise RecordInvalid(field="data")
    waking = {name: records.number(data, key) for name, key in _WAKING.items() if key in data}
    seconds = {"duration": sum(stages.values()), **stages, **waking}
    values = {name: Quantity(amount, "s") for name, amount in seconds.items()}
    source = _source(Kind.SLEEP, row.get("id"), context, at, str(values))
    yield Draft(kind=Kind.SLEEP, at=at, end=end, values=values, source=source)


def _day(row: Row, zone: tzinfo, context: Context, skipped: SkippedTypes) -> Iterator[Outcome]:
    own = _zone(row, zone)
    day = parse_date(records.text(row, "date"), day_first=None, field="date")
    at = combine(day, "00:00", own, field="date")
    end = combine(day + timedelta(days=1), "00:00", own, field="date")
    if end > context.received_at:
        # Its sum still grows, and would come again under the same id.
        skipped.add("activity of an unfinished day")
        return
    values = {"count": Quantity(records.number(row, "steps"), "{steps}")}
    source = _source(Kind.STEPS, f"{day}", context, at, str(values))
    yield Draft(kind=Kind.STEPS, at=at, end=end, values=values, source=source)


def _source(kind: Kind, own: object, context: Context, at: datetime, content: str) -> Source:
    name = own if isinstance(own, int | str) else content_id(at, content)
    return Source(system=SYSTEM, id=f"{kind.value}:{name}", device=context.device or "Withings")


def _zone(row: Row, default: tzinfo) -> tzinfo:
    name = row.get("timezone")
    return (zone_named(name) if isinstance(name, str) else None) or default


DECODERS = (Withings(),)
