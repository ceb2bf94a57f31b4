"""What was read off a display."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in shares (0..1) of the picture as displayed."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A number on the display. ``unit`` is UCUM; ``confidence`` 0..1."""

    component: str
    text: str
    value: float
    unit: str
    confidence: float
    box: Box


@dataclass(frozen=True, slots=True)
class Meter:
    """One device's display. ``kind`` is a key of ``data/meter.toml``."""

    kind: str
    shown: tuple[Shown, ...]
