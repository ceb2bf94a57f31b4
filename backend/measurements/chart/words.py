"""The chart's words and shapes, from ``labels.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from backend.measurements.chart.model import Band, Part, Period
from backend.measurements.draft import Kind
from backend.measurements.thresholds import decimals

# strftime would follow the server's locale
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@cache
def labels() -> Mapping[str, Any]:
    with Path(__file__).with_name("labels.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def chinese_characters() -> str:
    """Every character that a Chinese chart may draw."""
    said: list[str] = []

    def collect(node: Any) -> None:
        if isinstance(node, Mapping):
            said.extend(text for key, text in node.items() if key == "zh")
            for child in node.values():
                collect(child)

    collect(labels())
    return "".join(sorted(set("".join(said)) | set("年月日0123456789./–<>％") - set("{}")))


@dataclass(frozen=True, slots=True)
class Words:
    """The words for one kind in one language, "zh" or "en"."""

    kind: Kind
    language: str

    @property
    def _raw(self) -> Mapping[str, Any]:
        raw: Mapping[str, Any] = labels()["kinds"][self.kind.value]
        return raw

    def say(self, word: str, **facts: object) -> str:
        return str(labels()["words"][word][self.language]).format(**facts)

    def ems(self, text: str) -> float:
        """About how wide ``text`` is, in heights of itself; never less than it is."""
        latin = 0.58 if self.language == "zh" else 0.66
        return sum(1.0 if ord(character) > 0x2E80 else latin for character in text)

    @property
    def title(self) -> str:
        return str(self._raw["title"][self.language])

    @property
    def unit(self) -> str:
        return str(self._raw["unit"][self.language])

    @property
    def components(self) -> Sequence[str]:
        return list(self._raw["components"])

    def component(self, name: str) -> str:
        return str(self._raw["components"][name][self.language])

    def part(self, part: Part) -> str:
        return str(labels()["parts"][part.value][self.language])

    @property
    def bars(self) -> bool:
        return bool(self._raw.get("shape") == "bars")

    @property
    def scale(self) -> float:
        return float(self._raw.get("scale", 1))

    def number(self, value: float) -> str:
        """A value that is already scaled, with the kind's decimals."""
        places = self._raw.get("decimals", decimals(self.kind))
        return f"{value:,.{places}f}" if abs(value) >= 10000 else f"{value:.{places}f}"

    def tick(self, value: float) -> str:
        return f"{value:,.0f}" if abs(value) >= 10000 else f"{round(value, 6):g}"

    def band(self, band: Band) -> str:
        low, high = (
            None if end is None else self.number(end / self.scale) for end in (band.low, band.high)
        )
        which = "between" if low and high else "at_most" if high else "at_least"
        named = self.part(band.part) if band.part else self.component(band.component)
        said = f"{self.say('target')} {self.say(which, low=low, high=high)}"
        space = "" if self.language == "zh" else " "
        return f"{named}{space}{said}".strip()

    def date(self, at: datetime, period: Period) -> str:
        if self.language == "zh":
            return (
                f"{at.year}年{at.month}月" if period is Period.MONTH else f"{at.month}月{at.day}日"
            )
        return f"{at:%b %Y}" if period is Period.MONTH else f"{at.day} {at:%b}"
