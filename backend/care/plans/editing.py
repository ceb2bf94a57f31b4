"""What a doctor may edit, and what becomes of the content: pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ValidationError

from backend.care.plans.book import Book
from backend.care.plans.errors import CarePlanInvalid
from backend.care.plans.judging import said
from backend.care.plans.lab import LabTarget, lab_items, range_text
from backend.care.plans.pathway import Asked, Check, Measure, Pathway, Step
from backend.care.plans.plan import Plan
from backend.care.plans.programme import Part, Stage, Words, programme
from backend.measurements.draft import Kind
from backend.measurements.kinds import spec

DOCTOR = "签约医生"
"""Source of what a doctor set."""

_BY_MEAL = frozenset({Part.FASTING, Part.BEFORE_MEAL, Part.AFTER_MEAL, Part.BEDTIME})


@dataclass(frozen=True, slots=True)
class Author:
    """The doctor by the name that is shown, and when."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A personal limit, in the component's canonical unit."""

    kind: Kind
    component: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabEdit:
    """A target for a laboratory item, in its unit: from ``low`` on, below ``high``. Neither: the
    doctor's target goes, and the guideline's holds where the pathway has one."""

    item: str
    low: float | None = None
    high: float | None = None

    @property
    def given(self) -> bool:
        return self.low is not None or self.high is not None


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
    lab: tuple[LabEdit, ...] = ()
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
        _require(len({each.item for each in self.lab}) == len(self.lab), "lab_targets")
        for each in self.lab:
            _require(_sensible(each), "lab_targets")
        return self


def edited(plan: Plan, edit: Edit, book: Book, by: Author) -> Plan:
    """Raises ``CarePlanInvalid`` for what the plan does not have, or would be left without."""
    content = plan.content
    steps = [each for each in content.step if each.key not in edit.dropped]
    # A key that was dropped is not used again: its ticks are those of another step.
    steps += _own({*(each.key for each in content.step), *plan.dropped}, edit)
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
    return replace(
        plan,
        content=content,
        held=held,
        stage=stage,
        lab=_lab(plan.lab, edit.lab, by),
        dropped=_dropped(plan, edit),
    )


def edited_why(edit: Edit) -> Words:
    """What was done to targets of laboratory items is said; the note comes behind it."""
    why = said("edited")
    if edit.lab:
        targets = [_target_words(each) for each in edit.lab]
        why = Words(
            zh=said("with_targets", text=why.zh, targets="、".join(w.zh for w in targets)).zh,
            en=said("with_targets", text=why.en, targets=", ".join(w.en for w in targets)).en,
        )
    return noted(why, edit.note)


def noted(why: Words, note: str | None) -> Words:
    if not note:
        return why
    return Words(
        zh=said("and_note", text=why.zh, note=note).zh,
        en=said("and_note", text=why.en, note=note).en,
    )


def _target_words(edit: LabEdit) -> Words:
    item = lab_items()[edit.item]
    sentence = "lab_target" if edit.given else "lab_target_gone"
    values = range_text(edit.low, edit.high, item.unit)
    return Words(
        zh=said(sentence, item=item.zh, range=values).zh,
        en=said(sentence, item=item.en, range=values).en,
    )


def _sensible(edit: LabEdit) -> bool:
    item = lab_items().get(edit.item)
    if item is None:
        return False
    ends = [each for each in (edit.low, edit.high) if each is not None]
    # Also refuses what is no number at all (NaN).
    return all(item.least <= each <= item.most for each in ends) and (
        len(ends) < 2 or ends[0] < ends[1]
    )


def _lab(
    targets: tuple[LabTarget, ...], edits: tuple[LabEdit, ...], by: Author
) -> tuple[LabTarget, ...]:
    """What is edited is set anew, in the order of the items; the same again stays as old as it
    is, and what came since is no older for it."""
    found = {each.item: each for each in targets}
    for each in edits:
        before = found.get(each.item)
        if before is not None and (before.low, before.high) == (each.low, each.high):
            continue
        found.pop(each.item, None)
        if each.given:
            found[each.item] = LabTarget(
                item=each.item, low=each.low, high=each.high, set_at=by.at, set_by=by.name
            )
    return tuple(found[key] for key in lab_items() if key in found)


def _dropped(plan: Plan, edit: Edit) -> frozenset[str]:
    measures, checks = edit.measures or {}, edit.checks or {}
    gone = edit.dropped | {measure_mark(kind) for kind, (days, _) in measures.items() if days == 0}
    back = {*checks, *(measure_mark(kind) for kind, (days, _) in measures.items() if days)}
    return (plan.dropped | gone) - back


def measure_mark(kind: Kind) -> str:
    """Among what was dropped: no key of a step or check can meet it."""
    return f"measure:{kind.value}"


def _own(used: Collection[str], edit: Edit) -> list[Step]:
    free = [key for key in (f"own_{n}" for n in range(1, 100)) if key not in used]
    return [
        Step(key=key, zh=words.strip(), en=words.strip(), a_week=a_week, source=DOCTOR)
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
            update={"every_days": days, "every_days_controlled": None, "source": DOCTOR}
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
            kind=kind, judged=judged, stages=dict.fromkeys(Stage, asked), source=DOCTOR
        )
    return tuple(found.values())


def _require(good: bool, field: str) -> None:
    if not good:
        raise CarePlanInvalid(field=field)
