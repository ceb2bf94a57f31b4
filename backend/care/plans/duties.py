"""What is due once in weeks or months: checks, visits, questionnaires. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from backend.access.categories import Category
from backend.care.plans.facts import Past
from backend.care.plans.plan import Plan, local_day
from backend.care.plans.programme import Words, programme


class DutyKind(StrEnum):
    CHECK = "check"
    VISIT = "visit"
    QUESTIONNAIRE = "questionnaire"


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
