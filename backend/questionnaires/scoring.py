"""From answers to scores, what they mean, and what may not wait. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backend.questionnaires.asking import Answers, Subject
from backend.questionnaires.model import Alarm, Band, Form, Given, Item, Score

Verdict = Literal["yes", "nearly", "leaning", "no"]
"""Of a constitution type: 是, 基本是, 倾向是, 否."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """``value`` as it is compared: unrounded. ``raw`` is the plain sum of ``count`` items."""

    score: Score
    value: float
    raw: int
    count: int
    band: Band | None
    verdict: Verdict | None = None


def scores(form: Form, subject: Subject, answers: Answers) -> list[Scored]:
    """Every score of which some item was answered, in the form's order."""
    found = [_scored(each, form, subject, answers) for each in form.scores]
    some = [each for each in found if each.count]
    return some if form.constitution is None else _judged(form, some)


def alarms(form: Form, answers: Answers) -> list[Alarm]:
    """What the answers so far say that may not wait."""
    return [each for each in form.alarms if _rings(each, answers.get(each.item))]


def _rings(alarm: Alarm, value: Given | None) -> bool:
    return isinstance(value, int) and value >= alarm.at_least


def _scored(score: Score, form: Form, subject: Subject, answers: Answers) -> Scored:
    counted = [form.by_id[each] for each in score.items if each in answers]
    raw = sum(_points(each, answers[each.id], each.id in score.reversed) for each in counted)
    if score.age_points and subject.age is not None:
        reached = [each.points for each in score.age_points if subject.age >= each.min_age]
        raw += max(reached, default=0)
    value = float(raw)
    if score.method == "converted" and counted:
        value = (raw - len(counted)) / (4 * len(counted)) * 100
    return Scored(score=score, value=value, raw=raw, count=len(counted), band=band_of(score, value))


def band_of(score: Score, value: float) -> Band | None:
    reached = [each for each in score.bands if value >= each.at_least]
    return reached[-1] if reached else None


def _points(item: Item, value: Given, reverse: bool) -> int:
    if isinstance(value, tuple):
        return sum(item.by_value[each].counts for each in value)
    if item.steps and isinstance(value, (int, float)):
        reached = [each.points for each in item.steps if value >= each.at_least]
        return reached[-1] if reached else 0
    assert isinstance(value, int)  # checked when it was taken
    points = item.by_value[value].counts
    if not reverse:
        return points
    every = [each.counts for each in item.options]
    return max(every) + min(every) - points


def _judged(form: Form, found: list[Scored]) -> list[Scored]:
    rule = form.constitution
    assert rule is not None
    others = [each.value for each in found if each.score.key != rule.balanced]
    highest = max(others, default=0.0)
    judged: list[Scored] = []
    for each in found:
        verdict: Verdict = "no"
        if each.score.key == rule.balanced:
            if each.value >= rule.balanced_yes and highest < rule.leaning:
                verdict = "yes"
            elif each.value >= rule.balanced_yes and highest < rule.yes:
                verdict = "nearly"
        elif each.value >= rule.yes:
            verdict = "yes"
        elif each.value >= rule.leaning:
            verdict = "leaning"
        judged.append(
            Scored(
                score=each.score,
                value=each.value,
                raw=each.raw,
                count=each.count,
                band=each.band,
                verdict=verdict,
            )
        )
    return judged
