"""Colours, markers and sizes: told apart by shape and line first, by colour second.

Colours are of the Okabe-Ito set, dark enough on white; pairs differ in marker
and dash too, so that a black-and-white print and a colour-blind reader lose nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from backend.measurements.chart.model import Band, Part

INK = "#111111"
GREY = "#5A5A5A"
GRID = "#D5D5D5"
PAPER = "#FFFFFF"
# pale enough that the ends of a target show on it
BAR = "#8DB4D6"
EDGE_DASH = (0, (4, 3))


@dataclass(frozen=True, slots=True)
class Look:
    """``tint`` shades the target; the darker one stays darker in greyscale."""

    colour: str
    marker: str
    dash: Literal["-", "--", "-.", ":", "none"]
    tint: str


BLUE, RUST, VIOLET, GREEN = "#00508C", "#B84300", "#6A3D9A", "#006D4E"

BY_ORDER = (
    Look(BLUE, "o", "-", "#D3E6F5"),
    Look(RUST, "s", "-", "#FBE3D2"),
)

_SECOND = Look(RUST, "s", "--", "#FBE3D2")
BY_PART = {
    Part.MORNING: BY_ORDER[0],
    Part.EVENING: _SECOND,
    Part.FASTING: BY_ORDER[0],
    Part.BEFORE_MEAL: Look(VIOLET, "v", "-.", "#E6DCF1"),
    Part.AFTER_MEAL: _SECOND,
    Part.BEDTIME: Look(GREEN, "D", ":", "#D2EBE3"),
    Part.RANDOM: Look("#333333", "X", "none", "#E4E4E4"),
}


def look_of(band: Band, components: Sequence[str]) -> Look:
    """The look of the line that the target is for."""
    if band.part is not None:
        return BY_PART[band.part]
    return BY_ORDER[components.index(band.component) % len(BY_ORDER)]


# Second of the two halves of a day where colour already tells the components apart.
HOLLOW = frozenset({Part.EVENING})


@dataclass(frozen=True, slots=True)
class Sizes:
    """In points at 100 dpi: one point is 1/72 inch, so 100/72 pixels."""

    text: float
    title: float
    line: float
    marker: float

    @classmethod
    def of(cls, width: int, height: int, *, large_text: bool) -> Sizes:
        unit = min(width, height * 1.2) * 72 / 100
        text = unit * (0.040 if large_text else 0.028)
        return cls(text=text, title=text * 1.35, line=unit * 0.005, marker=unit * 0.017)
