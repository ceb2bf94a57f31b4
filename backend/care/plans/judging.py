"""What a week says about a plan: pure."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from backend.care.plans.documents import Change
from backend.care.plans.programme import Adapting, Stage, Words


@dataclass(frozen=True, slots=True)
class Week:
    """Measurements that were due and done; readings that could be judged, and in target."""

    due: int = 0
    done: int = 0
    judged: int = 0
    in_target: int = 0

    def kept(self, percent: int) -> bool:
        return self.done * 100 >= self.due * percent

    def share_reaches(self, percent: int) -> bool:
        return self.in_target * 100 >= self.judged * percent


@dataclass(frozen=True, slots=True)
class Verdict:
    """``stage``: the one from now on, None where it stays; ``tell``: the doctor."""

    change: Change | None = None
    stage: Stage | None = None
    why: Words | None = None
    tell: bool = False


NOTHING = Verdict()


def judge(
    stage: Stage,
    weeks: Sequence[Week],
    by: Adapting,
    *,
    held: bool,
    told: bool,
    lighter: frozenset[Stage],
) -> Verdict:
    """``weeks`` of this stage, oldest first, the one that just ended last. ``told``: the doctor
    heard of it lately. ``held``: how often is measured is the doctor's. ``lighter``: stages that
    ask for less than this one."""
    if _worse(weeks, by):
        return _got_worse(stage, by, held=held, told=told)
    if held:
        return NOTHING
    missed = weeks[-by.missed_weeks :]
    if (
        Stage.SIMPLER in lighter
        and len(missed) == by.missed_weeks
        and all(week.due and not week.kept(by.missed_percent) for week in missed)
    ):
        why = said("missed", weeks=by.missed_weeks, percent=by.missed_percent)
        return Verdict(Change.SIMPLER, Stage.SIMPLER, why)
    if stage is Stage.START and _controlled(weeks, by):
        why = said("controlled", weeks=by.controlled_weeks, percent=by.controlled_percent)
        return Verdict(Change.LESS_OFTEN, Stage.CONTROLLED, why)
    return NOTHING


def _worse(weeks: Sequence[Week], by: Adapting) -> bool:
    last = weeks[-by.worse_weeks :]
    return len(last) == by.worse_weeks and all(
        week.judged >= by.judged and not week.share_reaches(by.worse_percent) for week in last
    )


def _controlled(weeks: Sequence[Week], by: Adapting) -> bool:
    last = weeks[-by.controlled_weeks :]
    return len(last) == by.controlled_weeks and all(
        week.judged >= by.judged
        and week.share_reaches(by.controlled_percent)
        and week.kept(by.kept_percent)
        for week in last
    )


def _got_worse(stage: Stage, by: Adapting, *, held: bool, told: bool) -> Verdict:
    numbers = {"weeks": by.worse_weeks, "percent": by.worse_percent}
    if stage is not Stage.START and not held:
        why = said("worse_back", **numbers)
        return Verdict(Change.BACK_TO_START, Stage.START, why, tell=not told)
    if told:
        return NOTHING
    return Verdict(Change.WORSE, None, said("worse", **numbers), tell=True)


def said(name: str, **values: object) -> Words:
    """A sentence of ``data/words.toml``."""
    raw = _sentences()[name]
    return Words(zh=raw["zh"].format(**values), en=raw["en"].format(**values))


@cache
def _sentences() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("data", "words.toml").read_text("utf-8"))
