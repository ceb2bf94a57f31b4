"""What is due once in weeks or months: checks, visits, questionnaires. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from bson import ObjectId

from backend.access.categories import Category
from backend.care.plans.facts import Past
from backend.care.plans.plan import Plan, local_day
from backend.care.plans.programme import Words, programme
from backend.core.keys import OwnerKey


class DutyKind(StrEnum):
    CHECK = "check"
    VISIT = "visit"
    QUESTIONNAIRE = "questionnaire"


LATE = (DutyKind.CHECK, DutyKind.VISIT)
"""What a doctor's panel tells when it is overdue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """``last``: when it was last done; ``due``: when it is to be done next."""

    kind: DutyKind
    key: str
    title: Words
    every_days: int
    last: date | None
    due: date
    source: str
    loinc: str | None = None
    private: bool = False
    """Of a plan that is kept more privately than its reminders would be."""

    @property
    def item(self) -> str:
        return f"{self.kind.value}:{self.key}:{self.due.isoformat()}"


def duties(plan: Plan, past: Past) -> list[Duty]:
    """Of a plan that was started."""
    assert plan.started_at is not None
    started, first = local_day(plan.started_at), programme().first
    content = plan.content
    found = [
        _duty(
            DutyKind.CHECK,
            each.key,
            each,
            each.interval(plan.stage),
            past.checked(each),
            started + timedelta(days=first.check),
            each.source,
            each.loinc[0] if each.loinc else None,
        )
        for each in content.check
    ]
    found += [
        _duty(
            DutyKind.VISIT,
            f"{plan.pathway}_{each.key}",
            each,
            each.every_days,
            past.visited,
            started + timedelta(days=min(first.visit, each.every_days)),
            each.source,
        )
        for each in content.visit
    ]
    found += [
        _duty(
            DutyKind.QUESTIONNAIRE,
            each.key,
            _FORM,
            each.every_days,
            past.filled.get(each.key),
            started + timedelta(days=first.questionnaire),
            each.source,
        )
        for each in content.questionnaire
    ]
    private = plan.category is not Category.CONDITIONS
    return [replace(each, private=private) for each in found] if private else found


def together(some: Iterable[Duty]) -> list[Duty]:
    """Of what several plans ask for the earliest."""
    found: dict[tuple[DutyKind, str], Duty] = {}
    for each in some:
        known = found.setdefault((each.kind, each.key), each)
        if each.due < known.due:
            found[each.kind, each.key] = each
    return list(found.values())


def sealed_duties(
    found: Sequence[tuple[Plan, list[Duty]]], key: OwnerKey, resident_id: ObjectId
) -> bytes:
    """What is due once, by plan: for the schedule, so that nobody's archive is read for a list."""
    rows = [
        {"plan": str(plan.id), "kind": duty.kind.value, "due": duty.due.isoformat()}
        | {"title": duty.title.model_dump()}
        for plan, some in found
        for duty in some
        if duty.kind in LATE
    ]
    return key.seal_json(rows, duties_place(resident_id))


def duties_place(resident_id: ObjectId) -> str:
    return f"care_plan_schedules:{resident_id}:duties"


_FORM = Words(zh="填写健康问卷", en="Answer a questionnaire")


def _duty(
    kind: DutyKind,
    key: str,
    title: Words,
    every_days: int,
    last: date | None,
    first: date,
    source: str,
    loinc: str | None = None,
) -> Duty:
    due = first if last is None else last + timedelta(days=every_days)
    return Duty(
        kind=kind,
        key=key,
        title=Words(zh=title.zh, en=title.en),
        every_days=every_days,
        last=last,
        due=due,
        source=source,
        loinc=loinc,
    )
