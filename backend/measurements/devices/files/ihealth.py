"""iHealth's cloud API answers. Zero means that something was not measured.

``MDate`` and the sleep times are seconds since 1970 of the *local* wall clock,
to be read with ``TimeZone``: in the published examples ``LastChangeTime``, a
true epoch, lies seconds after ``MDate`` only when read so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import BinaryIO

from backend.measurements.devices import records
from backend.measurements.devices.errors import FileMalformed, RecordInvalid
from backend.measurements.devices.identity import content_id
from backend.measurements.devices.outcome import Context, Outcome, Skipped
from backend.measurements.devices.records import Row
from backend.measurements.devices.times import from_epoch, zone_named
from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source

SYSTEM = "ihealth"
_PRESSURE_UNITS: dict[float, str] = {0: "mm[Hg]", 1: "kPa"}
_GLUCOSE_UNITS: dict[float, str] = {0: "mg/dL", 1: "mmol/L"}
_WEIGHT_UNITS: dict[float, str] = {0: "kg", 1: "[lb_av]", 2: "[stone_av]"}
_MEALS = {"before": Meal.BEFORE_MEAL, "after": Meal.AFTER_MEAL}
_BEDTIME = frozenset({"before_sleep", "bedtime", "before_bed"})

Reader = Callable[[Row, Row, Context], Iterator[Outcome]]


class IHealth:
    """Decoder for the lists of blood pressure, glucose, SpO2, weight and sleep."""

    name = "iHealth JSON"
    rank = 20

    def accepts(self, filename: str, head: bytes) -> bool:
        return records.looks_like_json(head, *_LISTS)

    def decode(self, stream: BinaryIO, context: Context) -> Iterator[Outcome]:
        document = records.load_json(stream)
        if not isinstance(document, Mapping):
            raise FileMalformed(format="iHealth")
        for name, rows in document.items():
            if name in _LISTS:
                read = partial(_read, read=_LISTS[name], document=document, context=context)
                yield from records.each(records.listed(document, name), name, read)
            elif name.endswith("DataList") and isinstance(rows, list) and rows:
                yield Skipped(name, len(rows))


def _read(row: Row, read: Reader, document: Row, context: Context) -> Iterator[Outcome]:
    return read(row, document, context)


def _pressure(row: Row, document: Row, context: Context) -> Iterator[Outcome]:
    unit = _unit(document, "BPUnit", _PRESSURE_UNITS)
    values = {
        "systolic": Quantity(_measured(row, "HP"), unit),
        "diastolic": Quantity(_measured(row, "LP"), unit),
        **_pulse(row),
    }
    irregular = {"irregular_pulse": "true"} if row.get("IsArr") == 1 else {}
    yield _draft(Kind.BLOOD_PRESSURE, row, values, context, attributes=irregular)


def _glucose(row: Row, document: Row, context: Context) -> Iterator[Outcome]:
    unit = _unit(document, "BGUnit", _GLUCOSE_UNITS)
    values = {"glucose": Quantity(_measured(row, "BG"), unit)}
    yield _draft(Kind.GLUCOSE, row, values, context, meal=_meal(row))


def _oxygen(row: Row, document: Row, context: Context) -> Iterator[Outcome]:
    values = {"spo2": Quantity(_measured(row, "BO"), "%"), **_pulse(row)}
    yield _draft(Kind.SPO2, row, values, context)


def _weight(row: Row, document: Row, context: Context) -> Iterator[Outcome]:
    unit = _unit(document, "WeightUnit", _WEIGHT_UNITS)
    if weight := records.number(row, "WeightValue"):
        yield _draft(Kind.WEIGHT, row, {"weight": Quantity(weight, unit)}, context)
    else:
        yield Skipped("WeightDataList without weight", 1)
    if bmi := records.optional_number(row, "BMI"):
        yield _draft(Kind.BMI, row, {"bmi": Quantity(bmi, "kg/m2")}, context)


def _sleep(row: Row, document: Row, context: Context) -> Iterator[Outcome]:
    # HoursSlept is in minutes, whatever its name.
    values = {"duration": Quantity(_measured(row, "HoursSlept"), "min")}
    if latency := records.optional_number(row, "FallSleep"):
        values["latency"] = Quantity(latency, "min")
    end = _local(row, "EndTime", context)
    yield _draft(Kind.SLEEP, row, values, context, start="StartTime", end=end)


def _draft(
    kind: Kind,
    row: Row,
    values: Mapping[str, Quantity],
    context: Context,
    *,
    start: str = "MDate",
    end: datetime | None = None,
    meal: Meal | None = None,
    attributes: Mapping[str, str] | None = None,
) -> Draft:
    at = _local(row, start, context)
    own = row.get("DataID")
    name = own if isinstance(own, str) and own else content_id(at, end, str(values))
    note = row.get("Note")
    entered = {"entry": "manual"} if row.get("DataSource") == "Manual" else {}
    return Draft(
        kind=kind,
        at=at,
        end=end,
        values=values,
        meal=meal,
        note=note if isinstance(note, str) and note.strip() else None,
        source=Source(system=SYSTEM, id=f"{kind.value}:{name}", device=context.device or "iHealth"),
        attributes={**(attributes or {}), **entered},
    )


def _unit(document: Row, key: str, units: Mapping[float, str]) -> str:
    unit = units.get(records.number(document, key))
    if unit is None:
        raise RecordInvalid(field=key)
    return unit


def _measured(row: Row, key: str) -> float:
    if not (value := records.number(row, key)):
        raise RecordInvalid(field=key)
    return value


def _pulse(row: Row) -> dict[str, Quantity]:
    pulse = records.optional_number(row, "HR")
    return {"pulse": Quantity(pulse, "/min")} if pulse and pulse > 0 else {}


def _meal(row: Row) -> Meal | None:
    written = str(row.get("DinnerSituation") or "").lower()
    return Meal.BEDTIME if written in _BEDTIME else _MEALS.get(written.split("_")[0])


def _local(row: Row, key: str, context: Context) -> datetime:
    zone = zone_named(str(row["TimeZone"])) if "TimeZone" in row else context.zone
    if zone is None:
        raise RecordInvalid(field="TimeZone")
    return from_epoch(records.number(row, key), UTC, field=key).replace(tzinfo=zone)


_LISTS: dict[str, Reader] = {
    "BPDataList": _pressure,
    "BGDataList": _glucose,
    "BODataList": _oxygen,
    "WeightDataList": _weight,
    "SRDataList": _sleep,
}
DECODERS = (IHealth(),)
