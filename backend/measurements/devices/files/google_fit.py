"""Google Fit's REST answers: data points of one data source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import BinaryIO

from backend.measurements.devices import records
from backend.measurements.devices.errors import FileMalformed, RecordInvalid
from backend.measurements.devices.identity import content_id
from backend.measurements.devices.outcome import Context, Outcome
from backend.measurements.devices.records import Row
from backend.measurements.devices.sleep import Segment, nights, span, stage_minutes
from backend.measurements.devices.times import from_epoch
from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source

SYSTEM = "google-fit"
_SLEEP = "com.google.sleep.segment"
_STAGES: dict[float, str] = {1: "awake", 2: "asleep", 4: "light", 5: "deep", 6: "rem"}
_MEALS: dict[float, Meal] = {2: Meal.FASTING, 3: Meal.BEFORE_MEAL, 4: Meal.AFTER_MEAL}


@dataclass(frozen=True, slots=True)
class _Type:
    """``components``: name and unit, in the order of the point's values."""

    kind: Kind
    components: tuple[tuple[str, str], ...]
    interval: bool = False


_TYPES = {
    "com.google.weight": _Type(Kind.WEIGHT, (("weight", "kg"),)),
    "com.google.height": _Type(Kind.HEIGHT, (("height", "m"),)),
    "com.google.heart_rate.bpm": _Type(Kind.HEART_RATE, (("rate", "/min"),)),
    "com.google.step_count.delta": _Type(Kind.STEPS, (("count", "{steps}"),), interval=True),
    "com.google.blood_pressure": _Type(
        Kind.BLOOD_PRESSURE, (("systolic", "mm[Hg]"), ("diastolic", "mm[Hg]"))
    ),
    "com.google.blood_glucose": _Type(Kind.GLUCOSE, (("glucose", "mmol/L"),)),
    "com.google.oxygen_saturation": _Type(Kind.SPO2, (("spo2", "%"),)),
    "com.google.body.temperature": _Type(Kind.TEMPERATURE, (("temperature", "Cel"),)),
}


class GoogleFit:
    """Decoder for ``{"dataSourceId", "point": […]}``."""

    name = "Google Fit JSON"
    rank = 20

    def accepts(self, filename: str, head: bytes) -> bool:
        return records.looks_like_json(head, "dataTypeName", "dataSourceId")

    def decode(self, stream: BinaryIO, context: Context) -> Iterator[Outcome]:
        document = records.load_json(stream)
        if not isinstance(document, Mapping):
            raise FileMalformed(format="Google Fit")
        skipped = records.SkippedTypes()
        sleep: dict[str, list[Segment]] = {}
        read = partial(_point, context=context, skipped=skipped, sleep=sleep)
        yield from records.each(records.listed(document, "point"), "point", read)
        for origin, segments in sleep.items():
            yield from (_night(night, origin, context) for night in nights(segments))
        yield from skipped.outcomes()


def _point(
    row: Row, context: Context, skipped: records.SkippedTypes, sleep: dict[str, list[Segment]]
) -> Iterator[Outcome]:
    name = records.text(row, "dataTypeName")
    origin = str(row.get("originDataSourceId") or "")
    if name == _SLEEP:
        stage = _STAGES.get(_values(row)[0])
        if stage is None:
            skipped.add(f"{name} out of bed")
        else:
            ends = _time(row, "startTimeNanos", context), _time(row, "endTimeNanos", context)
            sleep.setdefault(origin, []).append(Segment(*ends, stage))
    elif name in _TYPES:
        yield _draft(row, _TYPES[name], origin, context)
    else:
        skipped.add(name)


def _draft(row: Row, known: _Type, origin: str, context: Context) -> Draft:
    numbers = _values(row)
    if len(numbers) < len(known.components):
        raise RecordInvalid(field="value")
    values = {
        name: Quantity(sent, unit)
        for (name, unit), sent in zip(known.components, numbers, strict=False)
    }
    start, end = _time(row, "startTimeNanos", context), _time(row, "endTimeNanos", context)
    at, until = (start, end) if known.interval else (end, None)
    name = content_id(known.kind.value, start, end, origin, *numbers)
    return Draft(
        kind=known.kind,
        at=at,
        end=until,
        values=values,
        meal=_meal(known.kind, numbers),
        source=Source(system=SYSTEM, id=name, device=_device(origin)),
    )


def _night(night: list[Segment], origin: str, context: Context) -> Draft:
    at, end = span(night)
    values = stage_minutes(night)
    name = content_id("sleep", at, end, origin, str(values))
    source = Source(system=SYSTEM, id=name, device=_device(origin) or context.device)
    return Draft(kind=Kind.SLEEP, at=at, end=end, values=values, source=source)


def _values(row: Row) -> list[float]:
    """Numbers only; a value that is neither ends the list, for later ones are optional."""
    numbers = []
    for value in records.listed(row, "value"):
        key = "fpVal" if isinstance(value, Mapping) and "fpVal" in value else "intVal"
        if not isinstance(value, Mapping) or key not in value:
            break
        numbers.append(records.number(value, key))
    if not numbers:
        raise RecordInvalid(field="value")
    return numbers


def _meal(kind: Kind, numbers: list[float]) -> Meal | None:
    if kind is not Kind.GLUCOSE or len(numbers) < 2:
        return None
    return _MEALS.get(numbers[1])


def _time(row: Row, key: str, context: Context) -> datetime:
    return from_epoch(records.number(row, key) / 1e9, context.zone, field=key)


def _device(origin: str) -> str | None:
    """The app in ``raw:com.google.weight:com.wsl.noom:`` is its third part."""
    parts = origin.split(":")
    return records.shown(parts[2]) if len(parts) > 2 else None


DECODERS = (GoogleFit(),)
