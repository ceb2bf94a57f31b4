"""Workouts, with totals as attributes (to iOS 15) or as WorkoutStatistics (since iOS 16)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from backend.measurements.devices import records
from backend.measurements.devices.apple import fields
from backend.measurements.devices.apple.mapping import healthkit
from backend.measurements.devices.apple.stream import Element
from backend.measurements.devices.outcome import Outcome
from backend.measurements.draft import Draft, Kind, Quantity

_ACTIVITY = "HKWorkoutActivityType"
_DISTANCE = "HKQuantityTypeIdentifierDistance"


def workout(element: Element) -> Iterator[Outcome]:
    """One exercise. Without a duration it lasted from start to end.

    Statistics win over the older totals, which Apple keeps for old readers only.
    """
    attributes, metadata = element.attributes, element.metadata
    start = fields.time(attributes, "startDate", metadata)
    end = fields.time(attributes, "endDate", metadata)
    values = _totals(attributes) | _statistics(element)
    values.setdefault("duration", Quantity((end - start) / timedelta(minutes=1), "min"))
    activity = records.shown(attributes.get("workoutActivityType", "").removeprefix(_ACTIVITY))
    yield Draft(
        kind=Kind.EXERCISE,
        at=start,
        end=end,
        values=values,
        source=fields.source(
            Kind.EXERCISE, start, end, attributes, {"duration": values["duration"]}
        ),
        attributes={
            **({"activity": _snake(activity)} if activity else {}),
            **fields.entered(metadata),
        },
    )


def _totals(attributes: fields.Attributes) -> dict[str, Quantity]:
    named = {
        "duration": ("duration", "durationUnit", "min"),
        "distance": ("totalDistance", "totalDistanceUnit", "km"),
        "energy": ("totalEnergyBurned", "totalEnergyBurnedUnit", "kcal"),
    }
    found = {
        component: Quantity(fields.number(attributes, amount), _unit(attributes.get(unit, usual)))
        for component, (amount, unit, usual) in named.items()
        if amount in attributes
    }
    # A total of zero stands for a workout without any distance or energy measured.
    return {name: sent for name, sent in found.items() if sent.value or name == "duration"}


def _statistics(element: Element) -> dict[str, Quantity]:
    found = {}
    for name, attributes in element.children:
        component = _component(attributes.get("type", "")) if name == "WorkoutStatistics" else None
        amount = "average" if component == "heart_rate" else "sum"
        if component is not None and amount in attributes and "unit" in attributes:
            unit = _unit(attributes["unit"])
            found[component] = Quantity(fields.number(attributes, amount), unit)
    return found


def _component(written: str) -> str | None:
    if written.startswith(_DISTANCE):
        return "distance"
    return healthkit().workout.get(written)


def _unit(written: str) -> str:
    return healthkit().energy_units.get(written, written)


def _snake(name: str) -> str:
    """``TraditionalStrengthTraining`` → ``traditional_strength_training``."""
    spaced = "".join(f"_{letter}" if letter.isupper() else letter for letter in name)
    return spaced.lstrip("_").lower()
