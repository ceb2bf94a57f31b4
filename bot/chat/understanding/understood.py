"""What was understood of a message, and what was not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.measurements.draft import Draft


class Lack(StrEnum):
    """Why nothing is taken from the words as they stand; the keys of the phrases."""

    DIASTOLIC = "diastolic"  # 血压135: one number of two
    NUMBER = "number"  # 血压有点高: a kind and no number
    KIND = "kind"  # 135: a number and no kind
    SEVERAL = "several"  # 血糖 6.8 7.2: two numbers for one
    FUTURE = "future"  # 明天, or a clock time that has not come
    TIME = "time"  # 25:70, 13月5日


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``said`` are the words it was taken from; ``bare``: without a unit where two are usual."""

    draft: Draft
    said: str
    bare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """``found`` and ``lacks`` are both empty where the words are about no reading at all.

    ``relative`` is the word for somebody else (我妈), as it was said.
    """

    found: tuple[Found, ...] = ()
    lacks: tuple[Lack, ...] = ()
    relative: str | None = None

    @property
    def about_readings(self) -> bool:
        return bool(self.found or self.lacks)
