"""Forms, branching, scoring: pure, with answers known from the sources."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.questionnaires.asking import Subject, asked, is_for, merged, missing, require_whole
from backend.questionnaires.book import Book, book, help_lines
from backend.questionnaires.errors import (
    AnswerOutOfRange,
    AnswersMissing,
    AnswerTwice,
    QuestionnaireUnknown,
    QuestionnaireVersionMismatch,
    QuestionNotAsked,
    QuestionUnknown,
)
from backend.questionnaires.model import Form, Given
from backend.questionnaires.parsing import FormFileInvalid, parse
from backend.questionnaires.scoring import alarms, scores
from tests.questionnaires.filling import all_of, first_options

MAN, WOMAN = Subject(sex="male", age=40), Subject(sex="female", age=40)
OLD = Subject(sex="male", age=74)


def total(form: Form, answers: Mapping[str, Given], who: Subject = MAN) -> tuple[float, str]:
    [only] = scores(form, who, answers)
    return only.value, only.band.key if only.band else ""


def verdicts(form: Form, answers: Mapping[str, Given], who: Subject) -> dict[str, str | None]:
    return {each.score.key: each.verdict for each in scores(form, who, answers)}


@pytest.mark.parametrize(
    ("points", "band"),
    [
        (0, "minimal"), (4, "minimal"), (5, "mild"), (9, "mild"), (10, "moderate"),
        (14, "moderate"), (15, "moderately_severe"), (19, "moderately_severe"),
        (20, "severe"), (27, "severe"),
    ],
)  # fmt: skip
def test_phq9_sums_nine_items_and_its_cut_offs_are_the_published_ones(
    points: int, band: str
) -> None:
    form = book().get("phq9")
    full, rest = divmod(points, 3)
    values = [3] * full + ([rest] if rest else [])
    answers: dict[str, Given] = {
        f"q{n}": (values[n - 1] if n <= len(values) else 0) for n in range(1, 10)
    }
    # How difficult it is made is asked, and not counted.
    assert total(form, {**answers, "difficulty": 3}) == (points, band)


def test_phq9_item_nine_rings_from_one_on_and_shows_both_lines() -> None:
    form = book().get("phq9")
    assert alarms(form, all_of(form, 3, q9=0)) == []
    [alarm] = alarms(form, {"q9": 1})
    assert alarm.urgency == "urgent"
    assert [help_lines()[each].number for each in alarm.lines] == ["12356", "120"]


@pytest.mark.parametrize(
    ("points", "band"),
    [(4, "minimal"), (5, "mild"), (10, "moderate"), (14, "moderate"), (15, "severe")],
)
def test_gad7_cut_offs_are_five_ten_and_fifteen(points: int, band: str) -> None:
    form = book().get("gad7")
    answers: dict[str, Given] = {f"q{n}": min(3, max(0, points - 3 * (n - 1))) for n in range(1, 8)}
    assert total(form, answers) == (points, band)


def test_barthel_full_marks_are_a_hundred_and_mean_independent() -> None:
    form = book().get("barthel")
    best: dict[str, Given] = {
        each.id: max(option.value for option in each.options) for each in form.items
    }
    assert total(form, best) == (100, "none")
    assert total(form, {**best, "stairs": 5}) == (95, "mild")
    assert total(form, all_of(form, 0)) == (0, "severe")


def test_self_care_of_elders_counts_the_service_plans_points() -> None:
    form = book().get("self_care_65")
    worst: dict[str, Given] = {each.id: each.options[-1].value for each in form.items}
    assert total(form, worst, OLD) == (5 + 7 + 5 + 10 + 10, "unable")
    assert total(form, all_of(form, 0, washing=1, dressing=1), OLD) == (4, "mild")


def test_fall_risk_adds_three_points_from_eighty_years_on() -> None:
    form = book().get("fall_risk_65")
    none: dict[str, Given] = {each.id: (0,) for each in form.items}
    assert total(form, none, OLD) == (0, "none")
    assert total(form, none, Subject(age=80)) == (3, "moderate")
    some: dict[str, Given] = {**none, "moving": (1, 2), "falls": (1,), "medicines": (3, 4)}
    assert total(form, some, OLD) == (3 + 3 + 2 + 1 + 1, "high")


def test_constitution_converts_by_the_standards_formula() -> None:
    form = book().get("tcm_constitution")
    low = all_of(form, 1)
    low |= {"energetic": 5, "adapting": 5}
    found = {
        each.score.key: each for each in scores(form, MAN, merged(form, MAN, {}, _for_man(low)))
    }
    assert found["balanced"].value == 100  # six of its eight count the other way round
    assert found["damp_heat"].count == 6  # one item by sex
    assert {each.value for key, each in found.items() if key != "balanced"} == {0}
    assert verdicts(form, low, MAN) == {key: "yes" if key == "balanced" else "no" for key in found}


def _for_man(answers: dict[str, Given]) -> list[tuple[str, Given]]:
    return [(key, value) for key, value in answers.items() if key != "discharge"]


def test_constitution_verdicts_change_at_thirty_and_forty_unrounded() -> None:
    form = book().get("tcm_constitution")
    low = dict(_for_man(all_of(form, 1, energetic=5, adapting=5)))
    # 气郁 has seven items: 28 is 100 %, so 8 points above the least are 28.6, 9 are 32.1.
    ladder: dict[int, tuple[str, str]] = {
        8: ("no", "yes"),
        9: ("leaning", "nearly"),
        12: ("yes", "no"),
    }
    items = ["anxious", "sentimental", "frightened", "sore_flanks", "sighing", "throat_lump"]
    for above, (stagnant, balanced) in ladder.items():
        raised: dict[str, Given] = {
            item: 1 + min(4, max(0, above - 4 * index)) for index, item in enumerate(items)
        }
        found = verdicts(form, low | raised, MAN)
        assert (found["qi_stagnant"], found["balanced"]) == (stagnant, balanced), above


def test_elders_form_judges_raw_sums() -> None:
    form = book().get("tcm_constitution_65")
    low = all_of(form, 1, q1=5)
    found = {each.score.key: each for each in scores(form, OLD, low)}
    assert found["balanced"].value == 25
    assert found["qi_deficient"].value == 4
    assert verdicts(form, low, OLD)["balanced"] == "yes"
    assert verdicts(form, low | {"q10": 5, "q21": 2}, OLD)["yin_deficient"] == "leaning"
    both = verdicts(form, low | {"q10": 5, "q21": 4}, OLD)
    assert (both["yin_deficient"], both["balanced"]) == ("yes", "no")


def test_questions_follow_sex_age_and_earlier_answers() -> None:
    full = book().get("tcm_constitution")
    assert len(asked(full, MAN, {})) == len(asked(full, WOMAN, {})) == 60
    ids = {each.id for each in asked(full, WOMAN, {})}
    assert "discharge" in ids
    assert "damp_scrotum" not in ids
    diary = book().get("symptom_diary")
    assert "lying_flat" not in {each.id for each in asked(diary, MAN, {"breath": 1})}
    assert "lying_flat" in {each.id for each in asked(diary, MAN, {"breath": 2})}
    assert "period" in {each.id for each in asked(diary, WOMAN, {})}
    assert "period" not in {each.id for each in asked(diary, Subject(sex="female", age=60), {})}
    assert is_for(book().get("fall_risk_65").audience, Subject())
    assert not is_for(book().get("fall_risk_65").audience, Subject(age=64))


def test_an_answer_whose_question_a_new_branch_hides_is_dropped() -> None:
    form = book().get("symptom_diary")
    before = merged(form, MAN, {}, [("chest", 2), ("chest_lasting", 1)])
    assert alarms(form, before)
    after = merged(form, MAN, before, [("chest", 0)])
    assert after == {"chest": 0}
    assert alarms(form, after) == []


@pytest.mark.parametrize(
    ("form", "given_", "error"),
    [
        ("phq9", [("q1", 4)], AnswerOutOfRange),
        ("phq9", [("q1", -1)], AnswerOutOfRange),
        ("phq9", [("q1", True)], AnswerOutOfRange),
        ("phq9", [("q1", "1")], AnswerOutOfRange),
        ("phq9", [("q1", (1,))], AnswerOutOfRange),
        ("phq9", [("q1", 1), ("q1", 2)], AnswerTwice),
        ("phq9", [("q99", 1)], QuestionUnknown),
        ("tcm_constitution", [("discharge", 1)], QuestionNotAsked),
        ("fall_risk_65", [("falls", (0, 1))], AnswerOutOfRange),
        ("fall_risk_65", [("falls", (1, 1))], AnswerOutOfRange),
        ("fall_risk_65", [("falls", ())], AnswerOutOfRange),
        ("fall_risk_65", [("falls", (9,))], AnswerOutOfRange),
        ("sleep_diary", [("hours", 25.0)], AnswerOutOfRange),
        ("sleep_diary", [("hours", float("nan"))], AnswerOutOfRange),
        ("habits", [("minutes", 10.5)], AnswerOutOfRange),
        ("sleep_diary", [("note", "长" * 501)], AnswerOutOfRange),
        ("sleep_diary", [("note", "a\x00b")], AnswerOutOfRange),
    ],
)
def test_what_does_not_fit_is_refused(
    form: str, given_: list[tuple[str, Given]], error: type[Exception]
) -> None:
    with pytest.raises(error):
        merged(book().get(form), MAN, {}, given_)


def test_what_is_missing_is_named() -> None:
    form = book().get("phq9")
    answers = all_of(form, 0)
    del answers["q4"]
    assert missing(form, MAN, answers) == ["q4"]
    with pytest.raises(AnswersMissing) as refused:
        require_whole(form, MAN, answers)
    assert refused.value.data == {"items": "q4", "count": 1}


@pytest.mark.parametrize("form", book().current, ids=lambda each: each.key)
def test_every_form_can_be_finished_and_says_where_it_comes_from(form: Form) -> None:
    for who in (MAN, WOMAN, OLD, Subject()):
        answers = first_options(form, who)
        assert missing(form, who, answers) == []
        assert merged(form, who, {}, list(answers.items())) == answers
        assert len(scores(form, who, answers)) == len(form.scores)
    assert len(form.source) > 40
    for words in (form.title, form.intro, *(each.text for each in form.items)):
        assert words.zh != words.en or not words.zh.isascii() or "BMI" in words.zh


@given(st.data())
def test_a_score_stays_within_what_its_options_allow(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(["phq9", "gad7", "tcm_constitution"]).map(book().get))
    answers: dict[str, Given] = {
        each.id: data.draw(st.sampled_from([option.value for option in each.options]))
        for each in form.items
    }
    top = {"phq9": 27, "gad7": 21, "tcm_constitution": 100}[form.key]
    found = scores(form, MAN, answers)
    assert all(0 <= each.value <= top for each in found)
    if form.constitution:
        types = {each.verdict for each in found if each.score.key != "balanced"}
        [balanced] = [each.verdict for each in found if each.score.key == "balanced"]
        assert balanced != "yes" or types == {"no"}


def test_versions_stand_beside_each_other_and_the_highest_is_current() -> None:
    form = book().get("gad7")
    newer = form.model_copy(update={"version": "1.10"})
    both = Book([newer, form, form.model_copy(update={"version": "1.9"})])
    assert both.get("gad7") is newer
    assert both.version("gad7", "1.0") is form
    with pytest.raises(QuestionnaireVersionMismatch):
        both.version("gad7", "2.0")
    with pytest.raises(QuestionnaireUnknown):
        both.get("phq9")
    with pytest.raises(FormFileInvalid, match="stands twice"):
        Book([form, form.model_copy()])


GOOD = """
key = "x"
version = "1"
url = "urn:x"
category = "conditions"
title = { zh = "甲", en = "a" }
intro = { zh = "甲", en = "a" }
source = "own"
again_days = 7
[[items]]
id = "one"
text = { zh = "甲", en = "a" }
options = [{ value = 0, text = { zh = "否", en = "no" } }]
"""


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ('key = "x"', "key: Field required"),
        ("value = 0", "options.0.value: Field required"),
        ('id = "one"', "items.0.id: Field required"),
    ],
)
def test_a_file_that_lacks_something_is_refused_with_its_place(wrong: str, reason: str) -> None:
    parse("x.toml", GOOD)
    with pytest.raises(FormFileInvalid) as refused:
        parse("x.toml", GOOD.replace(wrong + ",", "").replace(wrong, ""))
    assert str(refused.value) == f"x.toml: {reason}" or reason in str(refused.value)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("[[scores]]\nkey='s'\nname={zh='s',en='s'}\nitems=['two']", "counts two"),
        ("[[items]]\nid='one'\nkind='text'\ntext={zh='a',en='a'}", "an id stands twice"),
        ("[[items]]\nid='b'\ntext={zh='a',en='a'}", "b has options where"),
        ("[[items]]\nid='b'\nkind='number'\ntext={zh='a',en='a'}", "b needs minimum"),
        (
            "[[items]]\nid='b'\nkind='text'\ntext={zh='a',en='a'}\nwhen={item='c',any_of=[1]}",
            "b depends on c",
        ),
        (
            "[[alarms]]\nitem='c'\nat_least=1\nurgency='urgent'\nlines=['mental']\n"
            "text={zh='a',en='a'}",
            "c is no choice",
        ),
        ("surprise = 1\n", "items.0.surprise"),
        ("[[items", "x.toml"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(more: str, reason: str) -> None:
    with pytest.raises(FormFileInvalid, match=reason):
        parse("x.toml", GOOD + more)
