"""A font file with Chinese that a PDF can embed, where the machine has one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTCollection

from backend.measurements.chart.fonts import FAMILIES

_FAMILY_NAME = 1  # OpenType name table
_REGULAR, _BOLD = 400, 700


@dataclass(frozen=True, slots=True)
class Face:
    """``number`` is the face's place in a collection (.ttc), 0 in a file of its own."""

    path: Path
    number: int


@cache
def faces() -> tuple[Face, Face] | None:
    """The regular and the bold face of the first family there is; the regular one for both
    where there is no bold; None without any."""
    from matplotlib import font_manager

    entries = [each for each in font_manager.fontManager.ttflist if each.style == "normal"]
    for family in FAMILIES:
        weights = {_weight(each.weight): each.fname for each in entries if each.name == family}
        if _REGULAR in weights:
            regular = _face(Path(weights[_REGULAR]), family)
            bold = _face(Path(weights[_BOLD]), family) if _BOLD in weights else regular
            return regular, bold
    return None


def _weight(weight: object) -> int:
    named = {"normal": _REGULAR, "regular": _REGULAR, "book": _REGULAR, "bold": _BOLD}
    return weight if isinstance(weight, int) else named.get(str(weight), 0)


def _face(path: Path, family: str) -> Face:
    if path.suffix.lower() not in (".ttc", ".otc"):
        return Face(path, 0)
    with TTCollection(str(path), lazy=True) as collection:
        for number, font in enumerate(collection.fonts):
            names = {str(name) for name in font["name"].names if name.nameID == _FAMILY_NAME}
            if family in names:
                return Face(path, number)
    return Face(path, 0)
