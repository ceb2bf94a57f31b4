"""The data files: what they refer to exists, and a mistake is refused with file, line, reason."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from backend.access.categories import Category
from backend.care.plans.book import Book, book
from backend.care.plans.documents import Change
from backend.care.plans.errors import PathwayFileInvalid
from backend.care.plans.fitting import Facts, Known, fits
from backend.care.plans.goal import FormGoal
from backend.care.plans.judging import Week, judge
from backend.care.plans.parsing import parse
from backend.care.plans.pathway import Pathway
from backend.care.plans.programme import Part, Stage, Words, programme
from backend.care.plans.schedule import Due
from backend.questionnaires.book import book as forms
from content.files.lists import topics
from content.files.loading import packaged, slugs

ICD10 = "http://hl7.org/fhir/sid/icd-10"
TEXT = (
    files("backend.care.plans").joinpath("data", "pathways", "hypertension.toml").read_text("utf-8")
)
NAMES = {
    "hypertension",
    "diabetes",
    "copd",
    "coronary",
    "gout",
    "dyslipidaemia",
    "weight",
    "pregnancy",
    "elder",
}


def _line(words: str) -> int:
    return next(n for n, line in enumerate(TEXT.splitlines(), 1) if words in line)


def test_nine_pathways_refer_only_to_what_exists_and_every_number_has_its_source() -> None:
    assert {each.key for each in book().pathways} == NAMES
    known = {form.key for form in forms().current}
    assert slugs() == {piece.slug for piece in packaged()}
    book().check(pieces=slugs(), topics=topics(), forms=known)
    for pathway in book().pathways:
        parts: tuple[Any, ...] = (
            *pathway.measure,
            *pathway.step,
            *pathway.questionnaire,
            *pathway.visit,
            *pathway.check,
        )
        assert all(len(each.source) > 10 for each in parts), pathway.key
        for goal in pathway.goal:
            if isinstance(goal, FormGoal):
                [form] = [each for each in forms().current if each.url == goal.url]
                assert set(goal.items) <= {each.id for each in form.items}
        assert pathway.is_judged, pathway.key
    for lacking, place in (
        ("pieces", "pieces = "),
        ("topics", "topics = "),
        ("forms", 'key = "habits"'),
    ):
        found = {"pieces": slugs(), "topics": topics(), "forms": known, lacking: frozenset()}
        with pytest.raises(PathwayFileInvalid) as refused:
            Book({"hypertension.toml": TEXT}).check(**found)
        assert refused.value.line == _line(place)


@pytest.mark.parametrize(
    ("right", "wrong", "line", "reason"),
    [
        ("version = 1", "version = [", "ticket = true", "Invalid value"),
        ("version = 1", "version = 0", "version", "greater than or equal to 1"),
        ('kind = "blood_pressure"', 'kind = "humours"', "kind", "measure.0.kind: Input"),
        ("every_days = 90", "every_days = 3", "every_days = 90", "greater than or equal to 7"),
        ('icd10 = ["I10-I15"]', 'icd10 = ["hyper"]', "icd10", "who.icd10.0: String should match"),
        ('icd10 = ["I10-I15"]', 'icd10 = ["I15-I10"]', "icd10", "I15-I10 ends before it begins"),
        ("age_from = 18", "aged = 18", "age_from", "who.aged: Extra inputs are not permitted"),
        ('"bp-target-home-systolic"', '"bp-high"', "targets", "bp-high is no target"),
        ("controlled = { days = 2", "controlled = { days = 8", "stages", "less than or equal to 7"),
        (
            'simpler = { days = 2, parts = ["morning"]',
            'simpler = { days = 7, parts = ["morning"]',
            "stages",
            "blood_pressure: simpler asks for more than controlled",
        ),
        (
            "simpler = { days = 2, parts",
            "simplest = { days = 2, parts",
            "stages",
            "measure.0.stage",
        ),
        (
            'start = { days = 7, parts = ["morning", "evening"]',
            'start = { days = 7, parts = ["fasting"]',
            "stages",
            "blood_pressure cannot be asked for so in stage start",
        ),
        ('key = "active"', 'key = "less_salt"', 'key = "active"', "less_salt stands twice"),
        ("week = 2", "week = 9", "week = 1", "lessons are out of order"),
        ('loinc = ["2160-0"', 'loinc = ["creatinine"', "2160-0", "check.0.loinc.0: String should"),
        (
            'loinc = ["11524-6", "34534-8"]\nwords = ["心电图"]\n',
            "",
            'key = "ecg"',
            "ecg cannot be found by loinc or words",
        ),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_file_line_and_reason(
    right: str, wrong: str, line: str, reason: str
) -> None:
    assert right in TEXT
    with pytest.raises(PathwayFileInvalid) as refused:
        parse("hypertension.toml", TEXT.replace(right, wrong, 1))
    found = refused.value
    assert (found.file, reason in found.reason) == ("hypertension.toml", True), found.reason
    assert abs(found.line - _line(line)) <= (1 if "Invalid" in reason else 0), found


def test_one_key_in_two_files_and_a_pathway_for_nobody_are_refused() -> None:
    with pytest.raises(PathwayFileInvalid, match="a key stands in two files"):
        Book({"a.toml": TEXT, "b.toml": TEXT})
    nobody = TEXT.replace('icd10 = ["I10-I15"]', "").replace("age_from = 18", "")
    with pytest.raises(PathwayFileInvalid, match="it is for nobody"):
        parse("a.toml", nobody)


def test_the_documentation_shows_the_pathways_as_they_are() -> None:
    written = Path(__file__).resolve().parents[3].joinpath("docs", "plans.md").read_text("utf-8")
    for pathway in book().pathways:
        assert _row(pathway) in written.splitlines()


def _row(pathway: Pathway) -> str:
    who = pathway.who
    found = [*who.icd10]
    found += ["pregnant"] if who.pregnant else []
    found += ["BMI: " + ", ".join(who.bmi)] if who.bmi else []
    found += [f"from {who.age_from}"] if who.age_from else []
    found += ["not pregnant"] if who.pregnant is False else []
    asked = [
        f"{each.kind.value} {each.stages[Stage.START].days} d "
        f"({', '.join(part.value for part in each.stages[Stage.START].parts)})"
        for each in pathway.measure
    ]
    found_by = [f"{kind.value} readings" for kind in sorted(pathway.judged)]
    judged = ", ".join(found_by + [each.en for each in pathway.goal])
    checks = ", ".join(f"{each.key} {each.every_days}" for each in pathway.check)
    cells = (f"`{pathway.key}`", "; ".join(found), "; ".join(asked), judged, checks)
    return f"| {' | '.join(cells)} |"


def _known(code: str, category: Category = Category.CONDITIONS) -> Known:
    return Known(entry_id=ObjectId(), category=category, label=code, codes=[(ICD10, code)])


@pytest.mark.parametrize(
    ("facts", "keys"),
    [
        (Facts(age=50, pregnant=False, conditions=[_known("I10.x05")]), {"hypertension"}),
        (Facts(age=50, pregnant=False, conditions=[_known("E119")]), {"diabetes"}),
        (Facts(age=50, pregnant=False, conditions=[_known("E10.9")]), set()),
        (Facts(age=12, pregnant=False, conditions=[_known("I10")]), set()),
        (Facts(age=None, pregnant=False, conditions=[_known("I10")]), set()),
        (
            Facts(
                age=70,
                pregnant=False,
                conditions=[_known(each) for each in ("J44.9", "I25.1", "M10.0", "E78.5")],
            ),
            {"copd", "coronary", "gout", "dyslipidaemia", "elder"},
        ),
        (
            Facts(age=30, pregnant=False, bmi=("obese", Words(zh="肥胖", en="obese"))),
            {"weight"},
        ),
        (Facts(age=30, pregnant=False, bmi=("normal", Words(zh="正常", en="normal"))), set()),
        (
            Facts(
                age=30,
                pregnant=True,
                bmi=("obese", Words(zh="肥胖", en="obese")),
                conditions=[
                    Known(
                        entry_id=ObjectId(),
                        category=Category.REPRODUCTIVE_HEALTH,
                        label="",
                        pregnancy=True,
                    ),
                    _known("I10"),
                ],
            ),
            {"pregnancy"},
        ),
        # Kept more privately than a plan for high blood pressure would be.
        (
            Facts(age=40, pregnant=False, conditions=[_known("I10", Category.REPRODUCTIVE_HEALTH)]),
            set(),
        ),
    ],
)
def test_who_is_proposed_what(facts: Facts, keys: set[str]) -> None:
    assert set(fits(book().pathways, facts)) == keys


_WEEKS = st.lists(
    st.builds(
        lambda due, done, judged, inside: Week(due, min(due, done), judged, min(judged, inside)),
        *[st.integers(0, 14)] * 4,
    ),
    max_size=6,
)


@given(
    _WEEKS,
    st.sampled_from(Stage),
    st.booleans(),
    st.booleans(),
    st.frozensets(st.sampled_from(Stage)),
)
def test_a_verdict_never_asks_for_more_but_when_it_got_worse(
    weeks: list[Week], stage: Stage, held: bool, told: bool, lighter: frozenset[Stage]
) -> None:
    by = programme().adapting
    verdict = judge(stage, weeks, by, held=held, told=told, lighter=lighter)
    if verdict.stage is Stage.SIMPLER:
        assert Stage.SIMPLER in lighter
    if verdict.stage is Stage.START:
        assert verdict.change is Change.BACK_TO_START
        assert all(not week.share_reaches(by.worse_percent) for week in weeks[-by.worse_weeks :])
    assert not (held and verdict.stage is not None)
    assert not (told and verdict.tell)
    assert (verdict.change is None) == (verdict.why is None)
    if len(weeks) < min(by.missed_weeks, by.worse_weeks):
        assert verdict.change is None


_DUES = st.builds(
    lambda days, parts: Due(tuple(days), tuple(parts)),
    st.sets(st.sampled_from(programme().weekdays["7"]), min_size=1),
    st.sets(st.sampled_from([Part.MORNING, Part.DAY, Part.EVENING]), min_size=1),
)


@given(_DUES, _DUES)
def test_what_two_plans_ask_for_together_holds_both_and_nothing_else(one: Due, two: Due) -> None:
    both = one.with_(two)
    assert both == two.with_(one)
    assert set(both.days) == {*one.days, *two.days}
    assert set(both.parts) == {*one.parts, *two.parts}
    assert both.with_(one) == both
