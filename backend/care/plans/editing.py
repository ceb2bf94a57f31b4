"""What a doctor may edit, and what becomes of the content: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import ValidationError

from backend.care.plans.book import Book
from backend.care.plans.errors import CarePlanInvalid
from backend.care.plans.pathway import Asked, Check, Measure, Pathway, Step
from backend.care.plans.plan import Plan
from backend.care.plans.programme import Part, Stage, programme
from backend.measurements.draft import Kind
from backend.measurements.kinds import spec

_DOCTOR = "签约医生"
_BY_MEAL = frozenset({Part.FASTING, Part.BEFORE_MEAL, Part.AFTER_MEAL, Part.BEDTIME})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A personal limit, in the component's canonical unit."""

    kind: Kind
    component: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What is None or empty stays. ``measures`` sets how often is measured and holds it there;
    ``adapting`` True lets the weeks change it again. ``checks``: days by key, of this pathway or
    any other; ``dropped``: keys of steps and checks; ``steps``: new ones in the doctor's words."""

    measures: Mapping[Kind, tuple[int, tuple[Part, ...]]] | None = None
    adapting: bool | None = None
    steps: tuple[tuple[str, int], ...] = ()
    checks: Mapping[str, int] | None = None
    dropped: frozenset[str] = frozenset()
    targets: tuple[Target, ...] = ()
    note: str | None = None

    def checked(self) -> Edit:
        """Raises ``CarePlanInvalid``."""
        limits = programme().limits
        _require(len(self.note or "") <= limits.text, "note")
        _require(len(self.steps) <= limits.own_steps, "steps")
        for words, a_week in self.steps:
            _require(1 <= len(words.strip()) <= limits.text and 1 <= a_week <= 7, "steps")
        for days in (self.checks or {}).values():
            _require(7 <= days <= limits.longest_interval, "checks")
        for target in self.targets:
            _require(target.component in spec(target.kind).components, "targets")
            _require(target.low is not None or target.high is not None, "targets")
            ends = (target.low, target.high)
            _require(None in ends or ends[0] <= ends[1], "targets")  # type: ignore[operator]
        return self


def edited(plan: Plan, edit: Edit, book: Book) -> Plan:
    """Raises ``CarePlanInvalid`` for what the plan does not have, or would be left without."""
    content = plan.content
    steps = [each for each in content.step if each.key not in edit.dropped]
    steps += _own(content, edit)
    checks = [each for each in content.check if each.key not in edit.dropped]
    known = {*(each.key for each in content.step), *(each.key for each in content.check)}
    _require(edit.dropped <= known, "dropped")
    _require(bool(steps), "dropped")
    content = content.model_copy(
        update={
            "step": tuple(steps),
            "check": tuple(_checks(checks, edit.checks or {}, book)),
            "measure": _measures(content, edit),
        }
    )
    held = plan.held if edit.adapting is None else not edit.adapting
    if edit.measures:
        held = True
    stage = Stage.START if edit.measures else plan.stage
    return replace(plan, content=content, held=held, stage=stage)


def _own(content: Pathway, edit: Edit) -> list[Step]:
    used = {each.key for each in content.step}
    free = [key for key in (f"own_{n}" for n in range(1, 100)) if key not in used]
    return [
        Step(key=key, zh=words.strip(), en=words.strip(), a_week=a_week, source=_DOCTOR)
        for key, (words, a_week) in zip(free, edit.steps, strict=False)
    ]


def _checks(checks: list[Check], wanted: Mapping[str, int], book: Book) -> list[Check]:
    """Their intervals, and those that other pathways know."""
    found = {each.key: each for each in checks}
    for key, days in wanted.items():
        check = found.get(key) or next(
            (each.a_check(key) for each in book.pathways if each.a_check(key)), None
        )
        if check is None:
            raise CarePlanInvalid(field="checks")
        found[key] = check.model_copy(
            update={"every_days": days, "every_days_controlled": None, "source": _DOCTOR}
        )
    return list(found.values())


def _measures(content: Pathway, edit: Edit) -> tuple[Measure, ...]:
    if not edit.measures:
        return content.measure
    found = {each.kind: each for each in content.measure}
    for kind, (days, parts) in edit.measures.items():
        if days == 0:
            found.pop(kind, None)
            continue
        _require(bool(parts) and (kind is Kind.GLUCOSE) == (set(parts) <= _BY_MEAL), "measures")
        try:
            asked = Asked(days=days, parts=parts)
        except ValidationError as error:
            raise CarePlanInvalid(field="measures") from error
        judged = kind in found and found[kind].judged
        found[kind] = Measure(
            kind=kind, judged=judged, stages=dict.fromkeys(Stage, asked), source=_DOCTOR
        )
    return tuple(found.values())


def _require(good: bool, field: str) -> None:
    if not good:
        raise CarePlanInvalid(field=field)
