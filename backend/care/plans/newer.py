"""A newer version of a running plan's pathway, with what the doctor edited kept: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.care.plans.book import Book
from backend.care.plans.documents import PlanState
from backend.care.plans.editing import DOCTOR, measure_mark
from backend.care.plans.judging import said
from backend.care.plans.pathway import Check, Measure, Pathway, Step
from backend.care.plans.plan import Plan
from backend.care.plans.programme import Fixed, Words
from backend.measurements.kinds import spec

_RUNS = (PlanState.ACTIVE, PlanState.PAUSED)


class PathwayPart(StrEnum):
    """Of a pathway. ``ABOUT``: title and aim; ``RULES``: targets, and when a week changes it."""

    ABOUT = "about"
    MEASURE = "measure"
    GOAL = "goal"
    STEP = "step"
    CHECK = "check"
    VISIT = "visit"
    QUESTIONNAIRE = "questionnaire"
    LESSON = "lesson"
    RULES = "rules"


class Differs(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """``key``: of the step, check …; None of parts that a pathway has once."""

    part: PathwayPart
    what: Differs
    key: str | None
    title: Words


@dataclass(frozen=True, slots=True)
class Newer:
    """``content``: what the plan would have; ``news``: what the version brings, in its words."""

    version: int
    news: Words
    content: Pathway
    differences: tuple[Difference, ...]

    @property
    def judged_anew(self) -> bool:
        """Whether weeks of before say nothing of those to come."""
        judged = (PathwayPart.MEASURE, PathwayPart.GOAL, PathwayPart.RULES)
        return any(each.part in judged for each in self.differences)


def newer(plan: Plan, book: Book) -> Newer | None:
    """None for a plan that does not run, or has the newest. One that would be kept in another
    category is no version of the plan: who sees the plan does not change by it."""
    found = book.get(plan.pathway)
    if found is None or plan.state not in _RUNS:
        return None
    if found.version <= plan.content.version or found.category is not plan.category:
        return None
    content = _with_edits(plan, found)
    return Newer(
        found.version,
        found.news or said("no_news"),
        content,
        tuple(_differences(plan.content, content)),
    )


def _with_edits(plan: Plan, found: Pathway) -> Pathway:
    """What the doctor added, set or left out stays so."""
    return found.model_copy(
        update={
            "step": _steps(plan, found) or found.step,
            "check": _checks(plan, found),
            "measure": _measures(plan, found),
        }
    )


def _steps(plan: Plan, found: Pathway) -> tuple[Step, ...]:
    kept = [each for each in found.step if each.key not in plan.dropped]
    return (*kept, *(each for each in plan.content.step if each.source == DOCTOR))


def _checks(plan: Plan, found: Pathway) -> tuple[Check, ...]:
    own = {each.key: each for each in plan.content.check if each.source == DOCTOR}
    kept = [
        _as_often(each, own[each.key]) if each.key in own else each
        for each in found.check
        if each.key not in plan.dropped
    ]
    return (*kept, *(each for key, each in own.items() if found.a_check(key) is None))


def _as_often(check: Check, own: Check) -> Check:
    return check.model_copy(
        update={"every_days": own.every_days, "every_days_controlled": None, "source": DOCTOR}
    )


def _measures(plan: Plan, found: Pathway) -> tuple[Measure, ...]:
    own = {each.kind: each for each in plan.content.measure if each.source == DOCTOR}
    known = {each.kind for each in found.measure}
    kept = [
        own[each.kind].model_copy(update={"judged": each.judged}) if each.kind in own else each
        for each in found.measure
        if measure_mark(each.kind) not in plan.dropped
    ]
    return (*kept, *(each for kind, each in own.items() if kind not in known))


def _differences(old: Pathway, new: Pathway) -> Iterator[Difference]:
    once: Mapping[PathwayPart, tuple[str, ...]] = {
        PathwayPart.ABOUT: ("title", "aim"),
        PathwayPart.RULES: ("targets", "adapting", "ticket"),
        PathwayPart.LESSON: ("lesson",),
    }
    for part, names in once.items():
        if any(_plain(getattr(old, name)) != _plain(getattr(new, name)) for name in names):
            yield Difference(part, Differs.CHANGED, None, said(f"part_{part.value}"))
    yield from _by_key(PathwayPart.MEASURE, _kinds(old.measure), _kinds(new.measure))
    yield from _by_key(PathwayPart.GOAL, _keyed(old.goal), _keyed(new.goal))
    yield from _by_key(PathwayPart.STEP, _keyed(old.step), _keyed(new.step))
    yield from _by_key(PathwayPart.CHECK, _keyed(old.check), _keyed(new.check))
    yield from _by_key(PathwayPart.VISIT, _keyed(old.visit), _keyed(new.visit))
    form = said("part_questionnaire")
    forms = ({each.key: (form, each) for each in some.questionnaire} for some in (old, new))
    yield from _by_key(PathwayPart.QUESTIONNAIRE, *forms)


_Titled = Mapping[str, tuple[Words, Fixed]]


def _by_key(part: PathwayPart, old: _Titled, new: _Titled) -> Iterator[Difference]:
    for key, (title, each) in new.items():
        if key not in old:
            yield Difference(part, Differs.ADDED, key, title)
        elif _plain(old[key][1]) != _plain(each):
            yield Difference(part, Differs.CHANGED, key, title)
    for key, (title, _) in old.items():
        if key not in new:
            yield Difference(part, Differs.REMOVED, key, title)


def _keyed(some: Iterable[Any]) -> _Titled:
    return {each.key: (Words(zh=each.zh, en=each.en), each) for each in some}


def _kinds(some: Iterable[Measure]) -> _Titled:
    return {
        each.kind.value: (Words(zh=spec(each.kind).zh, en=spec(each.kind).en), each)
        for each in some
    }


def _plain(value: Any) -> Any:
    """Without the sources: a better citation changes nothing for anybody."""
    if isinstance(value, Fixed):
        return _plain(value.model_dump(mode="json"))
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if key != "source"}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
