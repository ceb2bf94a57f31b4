"""Questions of knowledge: the library's own sentences, and never the record instead."""

from __future__ import annotations

from typing import Any

import pytest

from bot.assistant.answer import Outcome
from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.library import knowledge
from bot.assistant.library.knowledge import known
from bot.assistant.understanding.text import make_plain
from content.files.loading import packaged
from tests.assistant.archives import ME, assistant

ROWS = read_toml(knowledge.__package__, "asked.toml")["asked"]
HYPERTENSION: dict[str, Any] = {
    "resourceType": "Condition",
    "id": "c",
    "subject": ME,
    "code": {"text": "原发性高血压"},
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "onsetDateTime": "2010-05-01",
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["piece"])
def test_what_is_told_stands_in_the_piece_and_holds_for_everybody(row: dict[str, Any]) -> None:
    piece = next(each for each in packaged() if each.slug == row["piece"])
    assert piece.front.title == row["title"]
    assert row["says"]
    assert [each for each in row["says"] if each not in piece.text] == []
    assert not piece.front.against
    assert not piece.front.against_medicines
    for example in row["examples"]:
        found = known(make_plain(example))
        assert found is not None
        assert (found.piece, found.says) == (row["piece"], tuple(row["says"])), example


def test_what_one_may_eat_is_answered_by_the_library_with_its_evidence() -> None:
    answer = assistant(HYPERTENSION).ask("高血压能吃咸菜吗")
    assert answer.outcome is Outcome.ANSWERED
    assert answer.text == (
        "一般的建议是：咸菜过一过水，一周只吃一两次。膳食指南建议，成年人每天盐不超过5克。"
        "（《一天五克盐，怎样做到》）具体到您，请听家庭医生的。"
    )
    assert [c.resource for c in answer.citations] == ["Content/life_salt"]


@pytest.mark.parametrize("said", ["糖尿病能吃西瓜吗", "高血压可以坐飞机吗"])
def test_what_the_library_does_not_say_is_not_answered_with_the_record(said: str) -> None:
    answer = assistant(HYPERTENSION).ask(said)
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.citations == ()
    assert answer.text.startswith("这不是档案里的记录，资料库里也没有找到合适的说法。")


@pytest.mark.parametrize("said", ["痛风不能吃什么", "尿酸高吃什么好"])
def test_what_to_eat_is_no_request_for_a_prescription(said: str) -> None:
    assert assistant().ask(said).outcome is Outcome.ANSWERED


@pytest.mark.parametrize("said", ["高血压吃什么药好", "睡不着吃什么药", "痛风吃什么药"])
def test_which_medicine_stays_the_doctors(said: str) -> None:
    assert assistant().ask(said).outcome is Outcome.DECLINED
