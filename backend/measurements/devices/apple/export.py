"""One reading of export.xml from front to back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from backend.core.errors import KangbanError
from backend.measurements.devices.apple import fields
from backend.measurements.devices.apple.mapping import HeldType, healthkit
from backend.measurements.devices.apple.pressure import Pressures
from backend.measurements.devices.apple.sleep import Sleep
from backend.measurements.devices.apple.stream import Element, elements
from backend.measurements.devices.apple.workouts import workout
from backend.measurements.devices.errors import RecordInvalid
from backend.measurements.devices.outcome import Outcome, Refusal
from backend.measurements.devices.records import SkippedTypes
from backend.measurements.draft import Draft, Meal, Quantity

_SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
_PRESSURE = "HKCorrelationTypeIdentifierBloodPressure"
_MOTION = {"1": "sedentary", "2": "active"}
_NOT_RECORDS = frozenset({"ExportDate", "Me"})


class Export:
    """Sorts the elements; give each ``Export`` one file."""

    def __init__(self) -> None:
        self._skipped = SkippedTypes()
        self._pressures = Pressures()
        self._sleep = Sleep(self._skipped)

    def read(self, stream: BinaryIO) -> Iterator[Outcome]:
        """Everything in the file. A break in the XML is refused last, after all before it."""
        broken, known = None, healthkit()
        held = {*known.quantity, *known.pressure, _SLEEP}
        try:
            for element in elements(stream):
                # Most of an export is of types that are not held; they go by the short way.
                if element.name == "Record" and element.attributes.get("type") not in held:
                    self._skipped.add(element.attributes.get("type", "Record"))
                else:
                    yield from self._take(element)
        except KangbanError as error:
            broken = error
        yield from self._sleep.nights()
        yield from self._pressures.left()
        yield from self._skipped.outcomes()
        if broken is not None:
            raise broken

    def _take(self, element: Element) -> Iterator[Outcome]:
        try:
            outcomes = list(self._sorted(element))
        except KangbanError as error:
            yield Refusal(error, position=f"line {element.line}")
        else:
            yield from outcomes

    def _sorted(self, element: Element) -> Iterator[Outcome]:
        name, known = element.attributes.get("type", element.name), healthkit()
        if element.name == "Record":
            if (held := known.quantity.get(name)) is not None:
                yield _quantity(element, held)
            elif name == _SLEEP:
                yield from self._sleep.record(element)
            else:
                yield from self._pressures.record(element)
        elif element.name == "Correlation" and name == _PRESSURE:
            yield from self._pressures.correlation(element)
        elif element.name == "Workout":
            yield from workout(element)
        elif element.name not in _NOT_RECORDS:
            self._skipped.add(name)


def _quantity(element: Element, held: HeldType) -> Draft:
    attributes, metadata = element.attributes, element.metadata
    at = fields.time(attributes, "startDate", metadata)
    end = fields.time(attributes, "endDate", metadata) if "endDate" in attributes else at
    until = None if end == at else end
    values = {held.component: _measured(attributes, held)}
    return Draft(
        kind=held.kind,
        at=at,
        end=until,
        values=values,
        meal=_meal(metadata),
        source=fields.source(held.kind, at, until, attributes, values),
        attributes=fields.entered(metadata) | _motion(metadata),
    )


def _measured(attributes: fields.Attributes, held: HeldType) -> Quantity:
    unit = attributes.get("unit") or held.assumed_unit
    if unit is None:
        raise RecordInvalid(field="unit")
    return Quantity(fields.number(attributes, "value"), held.units.get(unit, unit))


def _meal(metadata: fields.Attributes) -> Meal | None:
    return healthkit().meals.get(metadata.get("HKBloodGlucoseMealTime", ""))


def _motion(metadata: fields.Attributes) -> dict[str, str]:
    motion = _MOTION.get(metadata.get("HKMetadataKeyHeartRateMotionContext", ""))
    return {"motion": motion} if motion else {}
