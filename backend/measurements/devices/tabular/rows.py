"""One row of a table to its readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from backend.measurements.devices import records
from backend.measurements.devices.errors import RecordInvalid
from backend.measurements.devices.identity import content_id
from backend.measurements.devices.outcome import Context
from backend.measurements.devices.tabular.cells import absent, parse_number, parse_pair
from backend.measurements.devices.tabular.columns import BOTH, Columns, ValueColumn, meal_named
from backend.measurements.devices.times import combine, has_clock, parse_date, parse_time
from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source
from backend.measurements.kinds import spec
from backend.measurements.units import component_spec

_HOSTS_OF_PULSE = (Kind.BLOOD_PRESSURE, Kind.SPO2)


@dataclass(slots=True)
class _Reading:
    values: dict[str, Quantity] = field(default_factory=dict)
    meal: Meal | None = None
    assumed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads rows under ``columns``; ``system`` names the source."""

    columns: Columns
    context: Context
    system: str

    def read(self, row: list[str]) -> Iterator[Draft]:
        """Every reading in the row, or ``RecordInvalid`` and the ``TIME_…`` errors.

        Nothing comes of a row of which one cell cannot be read.
        """
        at, precision = self._at(row)
        end = self._end(row)
        readings = self._readings(row)
        if not readings:
            raise RecordInvalid(field="values")
        for (kind, _), reading in readings.items():
            until = end
            if kind is Kind.STEPS and precision == "day" and end is None:
                until = self._day_end(at)
            yield self._draft(kind, at, until, reading, row, precision)

    def _draft(
        self,
        kind: Kind,
        at: datetime,
        end: datetime | None,
        reading: _Reading,
        row: list[str],
        precision: str,
    ) -> Draft:
        own = self._text(row, "id")
        content = [f"{name}={quantity}" for name, quantity in sorted(reading.values.items())]
        name = content_id(kind.value, at, end, own, reading.meal, *content)
        return Draft(
            kind=kind,
            at=at,
            end=end,
            values=reading.values,
            meal=reading.meal or self._meal(kind, row),
            note=self._text(row, "note"),
            source=Source(system=self.system, id=name, device=self._device(row)),
            attributes=self._attributes(kind, reading, row, precision),
        )

    def _readings(self, row: list[str]) -> dict[tuple[Kind, Meal | None], _Reading]:
        readings: dict[tuple[Kind, Meal | None], _Reading] = {}
        filled = [column for column in self.columns.values if not absent(_cell(row, column.index))]
        kinds = {column.kind for column in filled}
        for column in filled:
            kind, component = _owner(column, kinds)
            reading = readings.setdefault((kind, column.meal), _Reading(meal=column.meal))
            for name, quantity, assumed in self._quantities(row, column, kind, component):
                reading.values.setdefault(name, quantity)
                if assumed:
                    reading.assumed.append(quantity.unit)
        return readings

    def _quantities(
        self, row: list[str], column: ValueColumn, kind: Kind, component: str
    ) -> Iterator[tuple[str, Quantity, bool]]:
        cell, title = _cell(row, column.index), self.columns.names[column.index][:80]
        names = ("systolic", "diastolic") if component == BOTH else (component,)
        part = component_spec(kind, names[0])
        if component == BOTH:
            *numbers, written = parse_pair(cell, title)
        else:
            *numbers, written = parse_number(cell, title, whole=kind is Kind.STEPS)
        stated = written or column.unit or self._row_unit(row)
        for name, number in zip(names, numbers, strict=True):
            yield name, Quantity(float(number), stated or part.unit), stated is None

    def _at(self, row: list[str]) -> tuple[datetime, str]:
        zone, day_first = self.context.zone, self.context.day_first
        if "datetime" in self.columns.fields:
            text = self._needed(row, "datetime")
            if has_clock(text):
                return parse_time(text, zone, day_first=day_first, field="datetime"), "exact"
            day = parse_date(text, day_first=day_first, field="datetime")
            return datetime.combine(day, time(), tzinfo=zone), "day"
        text = self._needed(row, "date")
        clock = self._text(row, "clock")
        if clock is None and has_clock(text):
            return parse_time(text, zone, day_first=day_first, field="date"), "exact"
        day = parse_date(text, day_first=day_first, field="date")
        if clock is None:
            return datetime.combine(day, time(), tzinfo=zone), "day"
        return combine(day, clock, zone, field="clock"), "exact"

    def _end(self, row: list[str]) -> datetime | None:
        text = self._text(row, "end")
        if text is None:
            return None
        return parse_time(text, self.context.zone, day_first=self.context.day_first, field="end")

    def _day_end(self, at: datetime) -> datetime | None:
        """The day's end, or None while it lies ahead: a future end would be refused."""
        end = at + timedelta(days=1)
        return end if end <= self.context.received_at else None

    def _meal(self, kind: Kind, row: list[str]) -> Meal | None:
        written = self._text(row, "meal")
        return meal_named(written) if written and spec(kind).meal else None

    def _attributes(
        self, kind: Kind, reading: _Reading, row: list[str], precision: str
    ) -> Mapping[str, str]:
        attributes = {"unit_basis": "assumed"} if reading.assumed else {}
        if precision == "day":
            attributes["time_basis"] = "day"
        activity = records.shown(self._text(row, "activity"))
        if kind is Kind.EXERCISE and activity:
            attributes["activity"] = activity
        return attributes

    def _device(self, row: list[str]) -> str | None:
        return records.shown(self._text(row, "device")) or self.context.device

    def _row_unit(self, row: list[str]) -> str | None:
        """A unit column speaks for the row where the row has one measurement column."""
        return self._text(row, "unit") if len(self.columns.values) == 1 else None

    def _needed(self, row: list[str], name: str) -> str:
        text = self._text(row, name)
        if text is None:
            raise RecordInvalid(field=self.columns.names[self.columns.fields[name]][:80])
        return text

    def _text(self, row: list[str], name: str) -> str | None:
        index = self.columns.fields.get(name)
        cell = "" if index is None else _cell(row, index)
        return None if absent(cell) else cell.strip()


def _owner(column: ValueColumn, kinds: set[Kind | None]) -> tuple[Kind, str]:
    """A pulse belongs to the blood pressure or SpO2 beside it, else it is a heart rate."""
    if column.kind is not None:
        return column.kind, column.component
    host = next((kind for kind in _HOSTS_OF_PULSE if kind in kinds), None)
    return (Kind.HEART_RATE, "rate") if host is None else (host, "pulse")


def _cell(row: list[str], index: int) -> str:
    return row[index] if index < len(row) else ""
