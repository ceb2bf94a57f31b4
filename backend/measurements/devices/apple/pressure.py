"""Both halves of a blood pressure, which Health writes as records of their own, as one
reading, and once only: a correlation repeats its records.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.measurements.devices.apple import fields
from backend.measurements.devices.apple.mapping import healthkit
from backend.measurements.devices.apple.stream import Element
from backend.measurements.devices.errors import RecordWithoutCounterpart
from backend.measurements.devices.outcome import Outcome, Refusal
from backend.measurements.draft import Draft, Kind, Quantity

MOST_WAITING = 100_000
"""Halves kept until the other comes; Health writes one whole type before the next."""

_Key = tuple[str, str, str]


@dataclass(slots=True)
class _Half:
    component: str
    quantity: Quantity
    line: int


class Pressures:
    """Pairs halves by start, end and app."""

    def __init__(self) -> None:
        self._waiting: dict[_Key, list[_Half]] = {}
        self._given: set[int] = set()

    def record(self, element: Element) -> Iterator[Outcome]:
        """A top-level record of one half."""
        key, half = _key(element.attributes), _half(element.attributes, element.line)
        waiting = self._waiting.setdefault(key, [])
        other = next((one for one in waiting if one.component != half.component), None)
        if other is None:
            waiting.append(half)
            yield from self._make_room()
        else:
            waiting.remove(other)
            if not waiting:
                del self._waiting[key]
            yield from self._pair(half, other, element)

    def correlation(self, element: Element) -> Iterator[Outcome]:
        """A blood pressure correlation with its records."""
        halves = {
            half.component: half
            for name, attributes in element.children
            if name == "Record" and attributes.get("type") in healthkit().pressure
            for half in [_half(attributes, element.line)]
        }
        if len(halves) == 2:
            yield from self._pair(halves["systolic"], halves["diastolic"], element)
        else:
            component = next(iter(halves), "nothing")
            yield _lonely(component, element.line)

    def left(self) -> Iterator[Outcome]:
        """Halves whose counterpart never came."""
        for waiting in self._waiting.values():
            for half in waiting:
                yield _lonely(half.component, half.line)

    def _pair(self, one: _Half, other: _Half, element: Element) -> Iterator[Outcome]:
        values = {half.component: half.quantity for half in (one, other)}
        metadata = element.metadata
        at = fields.time(element.attributes, "startDate", metadata)
        source = fields.source(Kind.BLOOD_PRESSURE, at, None, element.attributes, values)
        mark = int(source.id or "0", 16) >> 68
        if mark in self._given:
            return
        self._given.add(mark)
        yield Draft(
            kind=Kind.BLOOD_PRESSURE,
            at=at,
            values={name: values[name] for name in ("systolic", "diastolic")},
            source=source,
            attributes=fields.entered(metadata),
        )

    def _make_room(self) -> Iterator[Outcome]:
        if len(self._waiting) > MOST_WAITING:
            for half in self._waiting.pop(next(iter(self._waiting))):
                yield _lonely(half.component, half.line)


def _key(attributes: fields.Attributes) -> _Key:
    return (
        attributes.get("startDate", ""),
        attributes.get("endDate", ""),
        attributes.get("sourceName", ""),
    )


def _half(attributes: fields.Attributes, line: int) -> _Half:
    component = healthkit().pressure[attributes["type"]]
    quantity = Quantity(fields.number(attributes, "value"), attributes.get("unit", "mmHg"))
    return _Half(component, quantity, line)


def _lonely(component: str, line: int) -> Refusal:
    return Refusal(RecordWithoutCounterpart(component=component), position=f"line {line}")
