"""Sugar by meter and by laboratory, and what a value means: it depends on food and on diabetes."""

from __future__ import annotations

from typing import Any

import pytest

from bot.assistant.answer import Answer, Outcome
from bot.assistant.engine import Assistant
from tests.assistant.archives import assistant, condition, observation, quantity

METER, SERUM, FASTING = "14743-9", "14749-6", "1558-6"
LABORATORY = [{"coding": [{"code": "laboratory"}]}]


def sugar(i: str, value: float, day: int, code: str = METER, **more: Any) -> dict[str, Any]:
    return quantity(i, code, "血糖", value, "mmol/L", f"2026-11-{day:02}T07:00:00+08:00", **more)


def after_food(i: str, value: float, day: int) -> dict[str, Any]:
    return sugar(i, value, day, note=[{"text": "餐后"}])


def both() -> Assistant:
    return assistant(
        sugar("lab-old", 6.9, 1, SERUM, category=LABORATORY),
        sugar("lab", 7.4, 10, SERUM, category=LABORATORY),
        sugar("home", 8.1, 19),
        sugar("home-new", 10.3, 20),
    )


def cited(answer: Answer) -> list[str]:
    return [c.resource for c in answer.citations if c.resource.startswith("Observation/")]


@pytest.mark.parametrize(
    "question",
    [
        "上次化验的血糖是多少",
        "最近一次抽血的血糖多少",
        "上回验血血糖多少",
        "化验单上的血糖是多少",
        "医院查的血糖最近一次是多少",
        "静脉血糖最近一次多少",
        "what was my last lab glucose",
        "glucose in my last blood test",
    ],
)
def test_the_laboratorys_sugar_is_not_the_meters(question: str) -> None:
    answer = both().ask(question)
    assert cited(answer) == ["Observation/lab"]
    assert "7.4 mmol/L" in answer.text
    assert ("化验的血糖" if question[0] > "z" else "laboratory blood glucose") in answer.text


@pytest.mark.parametrize(
    "question", ["在家测的血糖最近一次是多少", "自己扎手指测的血糖多少", "my last home blood sugar"]
)
def test_the_meters_sugar_is_not_the_laboratorys(question: str) -> None:
    answer = both().ask(question)
    assert cited(answer) == ["Observation/home-new"]


def test_sugar_without_a_word_of_where_is_whichever_was_last() -> None:
    answer = both().ask("最近一次血糖多少")
    assert cited(answer) == ["Observation/home-new"]
    assert "化验" not in answer.text


def test_both_named_takes_both() -> None:
    answer = both().ask("化验的和在家测的血糖最高多少")
    assert cited(answer) == ["Observation/home-new"]


def test_laboratory_results_are_counted_by_themselves() -> None:
    answer = both().ask("化验过几次血糖")
    assert cited(answer) == ["Observation/lab-old", "Observation/lab"]


def test_no_laboratory_result_says_so_and_tells_what_there_is() -> None:
    answer = assistant(sugar("home", 8.1, 19)).ask("上次化验的血糖是多少")
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.text.startswith("档案里没有化验的血糖的记录。")
    assert "8.1 mmol/L" in answer.text
    assert cited(answer) == ["Observation/home"]


def test_the_word_of_where_means_nothing_for_other_numbers() -> None:
    potassium = observation(
        "k", "2823-3", "血钾", "2026-11-10", valueQuantity={"value": 4.1, "unit": "mmol/L"}
    )
    assert cited(assistant(potassium).ask("上次化验的血钾是多少")) == ["Observation/k"]


DIABETES = condition("d", "2型糖尿病")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (6.8, "在糖尿病的控制目标里"),
        (8.2, "高不高要看是空腹还是饭后测的"),
        (10.0, "没有达到糖尿病的控制目标"),
        (10.3, "没有达到糖尿病的控制目标"),
        (3.9, "这个数偏低"),
    ],
)
def test_with_diabetes_an_untimed_value_is_held_against_the_targets(
    value: float, said: str
) -> None:
    answer = assistant(sugar("a", value, 20), DIABETES).ask("最近一次血糖多少")
    assert said in answer.text
    assert "一般范围" not in answer.text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (5.6, "这在一般范围里"),
        (6.1, "高不高要看是空腹还是饭后测的"),
        (10.9, "高不高要看是空腹还是饭后测的"),
        (11.1, "这个数偏高"),
    ],
)
def test_without_diabetes_an_untimed_value_is_judged_only_where_food_makes_no_difference(
    value: float, said: str
) -> None:
    answer = assistant(sugar("a", value, 20)).ask("最近一次血糖多少")
    assert said in answer.text


def test_a_timed_value_says_when_and_is_judged_by_it() -> None:
    answer = assistant(after_food("a", 8.2, 20)).ask("最近一次血糖多少")
    assert "11月20日 07:00，餐后" in answer.text
    assert "糖耐量减低" in answer.text
    asked_for = assistant(after_food("a", 8.2, 20), DIABETES).ask("最近一次餐后血糖多少")
    assert "，餐后" not in asked_for.text
    assert "在糖尿病的控制目标里" in asked_for.text
    low = sugar("b", 4.1, 20, FASTING)
    assert "低于糖尿病的控制目标" in assistant(low, DIABETES).ask("最近一次空腹血糖").text


def test_a_mixed_average_is_not_judged_by_food() -> None:
    answer = assistant(sugar("a", 8.0, 19), sugar("b", 9.0, 20), DIABETES).ask("血糖平均多少")
    assert "8.5 mmol/L" in answer.text
    assert "空腹还是饭后" not in answer.text


@pytest.mark.parametrize(
    ("value", "diabetes", "said"),
    [
        (6.3, False, "没有到这条界限"),
        (6.5, False, "到了这条界限"),
        (6.9, True, "在糖尿病的控制目标里"),
        (7.0, True, "没有达到糖尿病的控制目标"),
    ],
)
def test_hba1c_is_held_against_a_target_only_with_diabetes(
    value: float, diabetes: bool, said: str
) -> None:
    result = quantity("h", "4548-4", "糖化血红蛋白", value, "%", "2026-11-01")
    answer = assistant(result, *([DIABETES] if diabetes else [])).ask("糖化血红蛋白多少")
    assert said in answer.text


def test_the_questions_own_value_is_judged_the_same_way() -> None:
    assert "高不高要看" in assistant().ask("血糖8.2算高吗").text
    assert "没有达到糖尿病的控制目标" in assistant(DIABETES).ask("血糖10.3高不高").text
    assert "在糖尿病的控制目标里" in assistant(DIABETES).ask("餐后血糖8.2正常吗").text


PREGNANT = observation(
    "p",
    "82810-3",
    "妊娠状态",
    "2026-06-24",
    valueCodeableConcept={"coding": [{"code": "pregnant"}]},
    component=[
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": "11778-8"}]},
            "valueDateTime": "2027-02-13",
        }
    ],
)
GESTATIONAL = condition("gdm", "妊娠期糖尿病")


@pytest.mark.parametrize(
    ("value", "meal", "said"),
    [
        (5.2, "空腹", "在孕期的控制目标里"),
        (5.3, "空腹", "没有达到孕期的控制目标"),
        (6.3, "", "高不高要看是空腹还是饭后测的"),
        (6.6, "餐后", "在孕期的控制目标里"),
        (7.0, "餐后", "高不高要看是饭后几小时测的"),
        (7.8, "餐后", "没有达到孕期的控制目标"),
    ],
)
def test_in_a_pregnancy_with_diabetes_its_own_targets_hold(
    value: float, meal: str, said: str
) -> None:
    reading = sugar("a", value, 20, **({"note": [{"text": meal}]} if meal else {}))
    answer = assistant(reading, PREGNANT, GESTATIONAL).ask("最近一次血糖多少")
    assert said in answer.text
    assert "糖尿病患者的控制目标" not in answer.text


def test_diabetes_of_a_pregnancy_is_over_with_it() -> None:
    answer = assistant(sugar("a", 6.5, 20, FASTING), GESTATIONAL).ask("最近一次空腹血糖多少")
    assert "这个数略高" in answer.text
    assert "控制目标" not in answer.text
