"""The points that a resident's evidence deserves under one rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date

from rewards.rules.rule import Award, Campaign, Each, Evidence, Rule
from rewards.rules.streaks import runs


def deserved(
    rule: Rule,
    evidence: Iterable[Evidence],
    campaigns: Collection[Campaign] = (),
    credited: Collection[str] = (),
) -> dict[str, Award]:
    """Awards by slot, whatever order the evidence came in.

    ``credited`` are slots that earned already: under a cap they stay before others.
    """
    counting = [each for each in evidence if counts(rule, each)]
    awards = [each for each in _awards(rule, counting) if rule.runs_on(each.day)]
    return {
        each.slot: replace(each, points=each.points * factor(rule, each.day, campaigns))
        for each in _capped(rule, awards, credited)
    }


def counts(rule: Rule, evidence: Evidence) -> bool:
    """Whether the rule looks at it."""
    if evidence.kind is not rule.evidence or not rule.runs_on(evidence.day):
        return False
    if rule.subjects and evidence.subject not in rule.subjects:
        return False
    return evidence.late <= rule.back_days


def _awards(rule: Rule, evidence: list[Evidence]) -> Iterator[Award]:
    if rule.each is Each.EVIDENCE:
        for each in evidence:
            yield Award(each.ref, each.day, rule.points, each.ref)
        return
    # The earliest stands for the others, so that the same evidence means the same award.
    first: dict[str, Evidence] = {}
    for each in sorted(evidence, key=lambda one: (one.day, one.ref)):
        first.setdefault(each.subject if rule.each is Each.SUBJECT else str(each.day), each)
    if rule.each is Each.STREAK:
        assert rule.streak_days is not None
        days = {each.day for each in first.values()}
        ends = [e for run in runs(days, rule.freezes_a_month) for e in run.blocks(rule.streak_days)]
        first = {str(day): first[str(day)] for day in ends}
    for slot, each in first.items():
        yield Award(slot, each.day, rule.points, each.ref)


def _capped(rule: Rule, awards: list[Award], credited: Collection[str]) -> Iterator[Award]:
    days: dict[date, int] = defaultdict(int)
    months: dict[tuple[int, int], int] = defaultdict(int)
    for each in sorted(awards, key=lambda one: (one.slot not in credited, one.day, one.slot)):
        month = (each.day.year, each.day.month)
        over_day = days[each.day] + each.points > rule.most_a_day
        if over_day or months[month] + each.points > rule.most_a_month:
            continue
        days[each.day] += each.points
        months[month] += each.points
        yield each


def factor(rule: Rule, day: date, campaigns: Iterable[Campaign]) -> int:
    """How many times its points the rule earns on a day."""
    running = [each.factor for each in campaigns if each.rule == rule.key and each.runs_on(day)]
    return max(running, default=1)
