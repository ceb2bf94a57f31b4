"""What a week says about a plan: pure."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files

from backend.care.plans.documents import Change
from backend.care.plans.goal import Goal
from backend.care.plans.programme import Adapting, Stage, Words


class State(StrEnum):
    """Of a goal in a week. ``NEAR``: neither reached nor missed; ``UNKNOWN``: nothing tells."""

    REACHED = "reached"
    NEAR = "near"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sign:
    """``since``: when what it rests on came, where that stays the same for weeks: one result is
    told of once."""

    goal: str
    state: State
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """Measurements that were due and done; readings that could be judged, and in target."""

    due: int = 0
    done: int = 0
    judged: int = 0
    in_target: int = 0
    signs: tuple[Sign, ...] = ()

    def kept(self, percent: int) -> bool:
        return self.done * 100 >= self.due * percent

    def share_reaches(self, percent: int) -> bool:
        return self.in_target * 100 >= self.judged * percent

    def sign(self, goal: str) -> Sign:
        return next((each for each in self.signs if each.goal == goal), Sign(goal, State.UNKNOWN))


@dataclass(frozen=True, slots=True)
class Aims:
    """What a plan is judged by. ``measured``: readings of some kind have to be in target."""

    measured: bool = True
    goals: tuple[Goal, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """``stage``: the one from now on, None where it stays; ``tell``: the doctor; ``missed``: the
    goals that were, where it was not the readings alone."""

    change: Change | None = None
    stage: Stage | None = None
    why: Words | None = None
    tell: bool = False
    missed: Words | None = None


class Standing(StrEnum):
    """How a plan went in a week, in a word. Without anything to judge it is unknown."""

    ON_TRACK = "on_track"
    BEHIND = "behind"
    WORSE = "worse"
    UNKNOWN = "unknown"


NOTHING = Verdict()
READINGS_ALONE = Aims()


def judge(
    stage: Stage,
    weeks: Sequence[Week],
    by: Adapting,
    *,
    held: bool,
    told: bool,
    lighter: frozenset[Stage],
    aims: Aims = READINGS_ALONE,
    told_at: datetime | None = None,
) -> Verdict:
    """``weeks`` of this stage, oldest first, the one that just ended last. ``told``: the doctor
    heard of it lately, last at ``told_at``. ``held``: how often is measured is the doctor's.
    ``lighter``: stages that ask for less than this one."""
    readings = aims.measured and _worse(weeks, by)
    news = [each for each in _missed(weeks, aims) if _is_news(weeks[-1], each, told_at)]
    if readings or news:
        words = _what(news, readings=readings) if news else None
        return _got_worse(stage, by, words, held=held, told=told and not _dated(weeks[-1], news))
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
    if stage is Stage.START and _controlled(weeks, by, aims):
        return Verdict(Change.LESS_OFTEN, Stage.CONTROLLED, _reached(by, aims, lighter))
    return NOTHING


def standing(weeks: Sequence[Week], by: Adapting, aims: Aims) -> Standing:
    """Of the last of the weeks. A result that the doctor heard of is as bad as before."""
    if (aims.measured and _worse(weeks, by)) or _missed(weeks, aims):
        return Standing.WORSE
    if not weeks:
        return Standing.UNKNOWN
    if _on_target(weeks[-1], by, aims):
        return Standing.ON_TRACK
    read = aims.measured and weeks[-1].judged >= by.judged
    known = any(each.state is not State.UNKNOWN for each in weeks[-1].signs)
    return Standing.BEHIND if read or known else Standing.UNKNOWN


def _worse(weeks: Sequence[Week], by: Adapting) -> bool:
    last = weeks[-by.worse_weeks :]
    return len(last) == by.worse_weeks and all(
        week.judged >= by.judged and not week.share_reaches(by.worse_percent) for week in last
    )


def _missed(weeks: Sequence[Week], aims: Aims) -> list[Goal]:
    return [
        goal
        for goal in aims.goals
        if len(weeks[-goal.weeks :]) == goal.weeks
        and all(week.sign(goal.key).state is State.MISSED for week in weeks[-goal.weeks :])
    ]


def _is_news(week: Week, goal: Goal, told_at: datetime | None) -> bool:
    since = week.sign(goal.key).since
    return since is None or told_at is None or since > told_at


def _dated(week: Week, goals: Sequence[Goal]) -> bool:
    """Whether a result came that the doctor has not heard of, however lately they heard."""
    return any(week.sign(each.key).since is not None for each in goals)


def _controlled(weeks: Sequence[Week], by: Adapting, aims: Aims) -> bool:
    last = weeks[-by.controlled_weeks :]
    return len(last) == by.controlled_weeks and all(
        week.kept(by.kept_percent) and _on_target(week, by, aims) for week in last
    )


def _on_target(week: Week, by: Adapting, aims: Aims) -> bool:
    """What is needed is reached, and nothing missed: where nothing tells, it is not."""
    needed = [each for each in aims.goals if each.needed]
    if not aims.measured and not needed:
        return False
    if aims.measured and (week.judged < by.judged or not week.share_reaches(by.controlled_percent)):
        return False
    return all(week.sign(each.key).state is State.REACHED for each in needed) and not any(
        each.state is State.MISSED for each in week.signs
    )


def _reached(by: Adapting, aims: Aims, lighter: frozenset[Stage]) -> Words:
    numbers = {"weeks": by.controlled_weeks, "percent": by.controlled_percent}
    if not aims.goals and Stage.CONTROLLED in lighter:
        return said("controlled", **numbers)
    needed = [each for each in aims.goals if each.needed]
    what = _what(needed, readings=aims.measured)
    zh = said("reached", what=what.zh, **numbers).zh
    return Words(zh=zh, en=said("reached", what=what.en, **numbers).en)


def _what(goals: Sequence[Goal], *, readings: bool) -> Words:
    """Of what is spoken: goals by name, and the home readings."""
    found: list[Words] = [said("home_readings")] if readings else []
    found += goals
    return Words(zh="、".join(each.zh for each in found), en=", ".join(each.en for each in found))


def _got_worse(
    stage: Stage, by: Adapting, missed: Words | None, *, held: bool, told: bool
) -> Verdict:
    back = stage is not Stage.START and not held
    if told and not back:
        return NOTHING
    if missed is None:
        numbers = {"weeks": by.worse_weeks, "percent": by.worse_percent}
        why = said("worse_back" if back else "worse", **numbers)
    else:
        name = "goal_missed_back" if back else "goal_missed"
        why = Words(zh=said(name, what=missed.zh).zh, en=said(name, what=missed.en).en)
    if back:
        return Verdict(Change.BACK_TO_START, Stage.START, why, tell=not told, missed=missed)
    return Verdict(Change.WORSE, None, why, tell=True, missed=missed)


def said(name: str, **values: object) -> Words:
    """A sentence of ``data/words.toml``."""
    raw = _sentences()[name]
    return Words(zh=raw["zh"].format(**values), en=raw["en"].format(**values))


@cache
def _sentences() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("data", "words.toml").read_text("utf-8"))
