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
    HALF = "half"  # 8点, said at ten in the evening
    WHEN = "when"  # 血压135/85 昨晚 心率72: whose time is it
    VAGUE = "vague"  # 一百四十多, 不到7
    UNIT = "unit"  # 走了3公里
    SLEEP = "sleep"  # 睡了六七个小时, or two nights: how long is not one number
    NIGHT = "night"  # 昨天睡了6小时, 睡了两个小时: of which night, or by day
    NAP = "nap"  # the archive cannot tell it from a night
    EXERCISE = "exercise"  # 散步半个多小时
    MANY = "many"  # more readings than one looks through
    PEOPLE = "people"  # 我爸135/85，我妈128/76


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``said`` are the words it was taken from; ``other_unit``: people leave this one
    out, too, and no unit was said; ``timed``: a time was said, else ``draft.at`` is now."""

    draft: Draft
    said: str
    other_unit: str | None = None
    timed: bool = False


class OfWriter(StrEnum):
    """How the writer is named: 我自己血压 is of the writer, 我刚量的 is perhaps."""

    SURELY = "surely"
    PERHAPS = "perhaps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """``found`` and ``lacks`` are both empty where the words are about no reading at all.

    ``relative`` is the word for somebody else (我妈), as it was said.
    """

    found: tuple[Found, ...] = ()
    lacks: tuple[Lack, ...] = ()
    relative: str | None = None
    of_writer: OfWriter | None = None

    @property
    def about_readings(self) -> bool:
        return bool(self.found or self.lacks)
