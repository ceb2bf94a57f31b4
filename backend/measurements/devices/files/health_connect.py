"""Health Connect, as webhook apps on Android post it, in both shapes that are in use.

``{"records": [{"record_type", "value", "unit", "start_time_ms", …}]}``, and one
list for each type: ``{"timestamp", "app_version", "heart_rate": [{"bpm", "time"}] …}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, BinaryIO

from backend.measurements.devices import records
from backend.measurements.devices.errors import FileMalformed, RecordInvalid
from backend.measurements.devices.identity import content_id
from backend.measurements.devices.outcome import Context, Outcome
from backend.measurements.devices.records import Row
from backend.measurements.devices.sleep import Segment, span, stage_minutes
from backend.measurements.devices.times import from_epoch, parse_time
from backend.measurements.draft import Draft, Kind, Quantity, Source

SYSTEM = "health-connect"


@dataclass(frozen=True, slots=True)
class _Type:
    """``fields``: component → (names of its field, unit)."""

    kind: Kind
    fields: Mapping[str, tuple[tuple[str, ...], str]]


_TYPES = {
    "steps": _Type(Kind.STEPS, {"count": (("count",), "{steps}")}),
    "heart_rate": _Type(Kind.HEART_RATE, {"rate": (("bpm", "avg"), "/min")}),
    "weight": _Type(Kind.WEIGHT, {"weight": (("kilograms",), "kg")}),
    "height": _Type(Kind.HEIGHT, {"height": (("meters",), "m")}),
    "blood_pressure": _Type(
        Kind.BLOOD_PRESSURE,
        {"systolic": (("systolic",), "mm[Hg]"), "diastolic": (("diastolic",), "mm[Hg]")},
    ),
    "blood_glucose": _Type(Kind.GLUCOSE, {"glucose": (("mmol_per_liter",), "mmol/L")}),
    "oxygen_saturation": _Type(Kind.SPO2, {"spo2": (("percentage", "avg"), "%")}),
    "body_temperature": _Type(Kind.TEMPERATURE, {"temperature": (("celsius",), "Cel")}),
}
# Health Connect's SleepSessionRecord stage numbers, and their names.
_STAGES = {
    "1": "awake", "2": "asleep", "4": "light", "5": "deep", "6": "rem", "7": "awake",
    "awake": "awake", "sleeping": "asleep", "light": "light", "deep": "deep", "rem": "rem",
    "awake_in_bed": "awake",
}  # fmt: skip


class HealthConnect:
    """Decoder for both webhook shapes."""

    name = "Health Connect webhook JSON"
    rank = 20

    def accepts(self, filename: str, head: bytes) -> bool:
        return records.looks_like_json(head, "record_type") or (
            records.looks_like_json(head, "app_version")
            and records.looks_like_json(head, *_TYPES, "sleep", "exercise", "timestamp")
        )

    def decode(self, stream: BinaryIO, context: Context) -> Iterator[Outcome]:
        document = records.load_json(stream)
        if not isinstance(document, Mapping):
            raise FileMalformed(format="Health Connect")
        skipped = records.SkippedTypes()
        yield from _flat(document, context, skipped)
        yield from _by_type(document, context, skipped)
        yield from skipped.outcomes()


def _flat(document: Row, context: Context, skipped: records.SkippedTypes) -> Iterator[Outcome]:
    read = partial(_flat_record, context=context, skipped=skipped)
    yield from records.each(records.listed(document, "records"), "records", read)


def _flat_record(row: Row, context: Context, skipped: records.SkippedTypes) -> Iterator[Outcome]:
    name = records.text(row, "record_type")
    known = _TYPES.get(name)
    if known is None or len(known.fields) != 1:
        skipped.add(name)
        return
    (component,) = known.fields
    start = from_epoch(
        records.number(row, "start_time_ms") / 1000, context.zone, field="start_time_ms"
    )
    ends = records.optional_number(row, "end_time_ms")
    end = None if ends is None else from_epoch(ends / 1000, context.zone, field="end_time_ms")
    quantity = Quantity(records.number(row, "value"), records.text(row, "unit"))
    yield _draft(known.kind, start, end, {component: quantity}, row, context)


def _by_type(document: Row, context: Context, skipped: records.SkippedTypes) -> Iterator[Outcome]:
    for name in document:
        if name == "records" or not isinstance(document[name], list):
            continue
        rows = document[name]
        if name in _TYPES:
            yield from records.each(
                rows, name, partial(_point, known=_TYPES[name], context=context)
            )
        elif name == "sleep":
            yield from records.each(rows, name, partial(_sleep, context=context))
        elif name == "exercise":
            yield from records.each(rows, name, partial(_exercise, context=context))
        elif rows:
            skipped.add(name, len(rows))


def _point(row: Row, known: _Type, context: Context) -> Iterator[Outcome]:
    values = {
        component: Quantity(records.number(row, _present(row, names)), unit)
        for component, (names, unit) in known.fields.items()
    }
    if "time" in row:
        yield _draft(known.kind, _time(row, "time", context), None, values, row, context)
    else:
        start, end = _time(row, "start_time", context), _time(row, "end_time", context)
        yield _draft(known.kind, start, end, values, row, context)


def _sleep(row: Row, context: Context) -> Iterator[Outcome]:
    end = _time(row, "session_end_time", context)
    asleep = timedelta(seconds=records.number(row, "duration_seconds"))
    night = [found for stage in records.listed(row, "stages") if (found := _stage(stage, context))]
    if any(segment.stage != "awake" for segment in night):
        start, end = span(night)
        values = stage_minutes(night)
    else:
        start, values = end - asleep, {"duration": Quantity(asleep / timedelta(minutes=1), "min")}
    yield _draft(Kind.SLEEP, start, end, values, row, context)


def _stage(row: Any, context: Context) -> Segment | None:
    if not isinstance(row, Mapping):
        raise RecordInvalid(field="stages")
    written = str(row.get("stage")).lower().removeprefix("stage_type_")
    stage = _STAGES.get(written)
    start, end = _time(row, "start_time", context), _time(row, "end_time", context)
    return Segment(start, end, stage) if stage else None


def _exercise(row: Row, context: Context) -> Iterator[Outcome]:
    start, end = _time(row, "start_time", context), _time(row, "end_time", context)
    values = {"duration": Quantity(records.number(row, "duration_seconds"), "s")}
    if (distance := records.optional_number(row, "distance_meters")) is not None:
        values["distance"] = Quantity(distance, "m")
    activity = records.shown(str(row["type"])) if row.get("type") is not None else None
    attributes = {"activity": activity} if activity else {}
    yield _draft(Kind.EXERCISE, start, end, values, row, context, attributes)


def _present(row: Row, names: tuple[str, ...]) -> str:
    return next((name for name in names if name in row), names[0])


def _time(row: Row, key: str, context: Context) -> datetime:
    """Health Connect posts instants; their offset of zero says nothing about the place."""
    at = parse_time(records.text(row, key), context.zone, day_first=None, field=key)
    return at.astimezone(context.zone) if not at.utcoffset() else at


def _draft(
    kind: Kind,
    at: datetime,
    end: datetime | None,
    values: Mapping[str, Quantity],
    row: Row,
    context: Context,
    attributes: Mapping[str, str] | None = None,
) -> Draft:
    origin, device = _origin(row)
    content = [f"{name}={quantity}" for name, quantity in values.items()]
    return Draft(
        kind=kind,
        at=at,
        end=None if end == at else end,
        values=values,
        source=Source(
            system=SYSTEM,
            id=content_id(kind.value, at, end, origin, *content),
            device=device or context.device,
        ),
        attributes=attributes or {},
    )


def _origin(row: Row) -> tuple[str | None, str | None]:
    metadata = row.get("metadata")
    if not isinstance(metadata, Mapping):
        return None, None
    origin, device = metadata.get("data_origin"), metadata.get("device")
    model = device.get("model") if isinstance(device, Mapping) else None
    return records.shown(origin), records.shown(model) or records.shown(origin)


DECODERS = (HealthConnect(),)
