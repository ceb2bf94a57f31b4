"""A pathway's file, read strictly: what does not fit is refused with file, line and reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from backend.care.plans.errors import PathwayFileInvalid
from backend.care.plans.goal import FormGoal, LabGoal, LossGoal
from backend.care.plans.lab import lab_items
from backend.care.plans.pathway import Measure, Pathway
from backend.care.plans.programme import Part, Stage
from backend.measurements.draft import Kind
from backend.measurements.thresholds.rows import rows, table

_AT_LINE = re.compile(r"^(?P<reason>.*) \(at line (?P<line>\d+), column \d+\)$", re.DOTALL)
_BY_MEAL = frozenset({Part.FASTING, Part.BEFORE_MEAL, Part.AFTER_MEAL, Part.BEDTIME})
Place = Sequence[str | int]


def parse(name: str, text: str) -> Pathway:
    """Raises ``PathwayFileInvalid``."""
    try:
        found = Pathway.model_validate(_with_items(tomllib.loads(text)))
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.match(str(error))
        line, reason = (int(at["line"]), at["reason"]) if at else (1, str(error))
        raise PathwayFileInvalid(name, line, reason) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = [each for each in first["loc"] if each != "[key]"]
        said = ".".join(map(str, place))
        raise PathwayFileInvalid(name, line_of(text, place), f"{said}: {first['msg']}") from error
    for where, reason in _complaints(found):
        raise PathwayFileInvalid(name, line_of(text, where), reason)
    return found


def _with_items(raw: dict[str, Any]) -> dict[str, Any]:
    """A laboratory goal has the codes and units of the item that it is named like."""
    goals = raw.get("goal")
    for goal in goals if isinstance(goals, list) else ():
        if isinstance(goal, dict) and goal.get("by") == "lab" and goal.get("key") in lab_items():
            item = lab_items()[goal["key"]]
            goal.update(loinc=item.loinc, units=item.units)
    return raw


def line_of(text: str, place: Place) -> int:
    """The line of ``("check", 1, "every_days")``, counted from 1; of what holds it where it is
    not written."""
    lines = text.splitlines()
    start, names = 0, [each for each in place if isinstance(each, str)]
    for depth, key in enumerate(place):
        nth = place[depth + 1] if depth + 1 < len(place) else None
        head = f"[[{key}]]" if isinstance(nth, int) else f"[{key}]"
        at = [n for n, line in enumerate(lines) if line.strip() == head]
        if at:
            start = at[nth] if isinstance(nth, int) and nth < len(at) else at[0]
            names = [each for each in place[depth + 1 :] if isinstance(each, str)]
            break
    for key in reversed(names):
        named = re.compile(rf"\s*\"?{re.escape(key)}\"?\s*=|.*\b{re.escape(key)}\s*=\s*\{{")
        for number in range(start, len(lines)):
            if number > start and lines[number].startswith("[["):
                break
            if named.match(lines[number]):
                return number + 1
    return start + 1


def _complaints(pathway: Pathway) -> Iterator[tuple[Place, str]]:
    yield from _of_who(pathway)
    if pathway.version > 1 and pathway.news is None:
        yield ("version",), "it does not say what the version brings: news"
    known = {row.id for row in rows() if row.level is None}
    for each in pathway.targets:
        if each not in known:
            yield ("targets",), f"{each} is no target of thresholds.toml"
    for number, measure in enumerate(pathway.measure):
        for reason in _of_measure(measure):
            yield ("measure", number, "stages"), reason
    if len({each.kind for each in pathway.measure}) != len(pathway.measure):
        yield ("measure", 0, "kind"), "a kind of measurement stands twice"
    for name in ("goal", "step", "questionnaire", "visit", "check"):
        keys = [each.key for each in getattr(pathway, name)]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                yield (name, number, "key"), f"{key} stands twice"
    yield from _of_goals(pathway)
    for number, check in enumerate(pathway.check):
        if not check.loinc and not check.words:
            yield ("check", number, "key"), f"{check.key} cannot be found by loinc or words"
    weeks = [each.week for each in pathway.lesson]
    if weeks != sorted(set(weeks)):
        yield ("lesson", 0, "week"), "lessons are out of order"


def _of_who(pathway: Pathway) -> Iterator[tuple[Place, str]]:
    who = pathway.who
    if not (who.icd10 or who.pregnant or who.bmi or who.age_from is not None):
        yield ("who",), "it is for nobody: no icd10, pregnant, bmi or age_from"
    for each in who.icd10:
        first, last = each.split("-")
        if last < first:
            yield ("who", "icd10"), f"{each} ends before it begins"
    for each in who.bmi:
        if each not in _bmi_classes():
            yield ("who", "bmi"), f"{each} is no class of thresholds.toml"


def _of_goals(pathway: Pathway) -> Iterator[tuple[Place, str]]:
    for number, goal in enumerate(pathway.goal):
        place = ("goal", number, "key")
        if isinstance(goal, LabGoal):
            if goal.key not in lab_items():
                yield place, f"{goal.key} is no item of lab_items.toml"
            for reason in _of_levels(goal):
                yield place, f"{goal.key}: {reason}"
        elif not isinstance(goal, FormGoal):
            named = goal.bmi if isinstance(goal, LossGoal) else [row.bmi for row in goal.gain]
            for each in named:
                if each not in _bmi_classes():
                    yield place, f"{goal.key}: {each} is no class of thresholds.toml"


def _of_levels(goal: LabGoal) -> Iterator[str]:
    if [bool(each.icd10) for each in goal.level] != [True] * (len(goal.level) - 1) + [False]:
        yield "the last level, and no other, is for everybody else"
    if any(each.missed_from < each.reached_below for each in goal.level):
        yield "a level is missed before it is reached"


def _bmi_classes() -> set[str]:
    return {e["id"] for s in table()["scheme"] if s["id"] == "bmi" for e in s["classes"]}


def _of_measure(measure: Measure) -> Iterator[str]:
    asked = measure.stages
    for stage in Stage:
        if stage not in asked:
            yield f"{measure.kind.value} has no stage {stage.value}"
            return
    for stage, each in asked.items():
        meals = set(each.parts) & _BY_MEAL
        if bool(meals) != (measure.kind is Kind.GLUCOSE) or (meals and meals != set(each.parts)):
            yield f"{measure.kind.value} cannot be asked for so in stage {stage.value}"
    for less, more in ((Stage.CONTROLLED, Stage.START), (Stage.SIMPLER, Stage.CONTROLLED)):
        if asked[less].times > asked[more].times:
            yield f"{measure.kind.value}: {less.value} asks for more than {more.value}"
