"""A mishap that is only feared, what has been so for years, and words that say nothing."""

from __future__ import annotations

import pytest

from bot.assistant.triage.engine import triage
from bot.assistant.triage.likeness import silent
from bot.assistant.triage.rules import Level
from bot.assistant.understanding.text import read
from tests.assistant.archives import view

VIEW = view()


def level(said: str) -> Level | None:
    alarm = triage(read(said), VIEW)
    return alarm.level if alarm else None


@pytest.mark.parametrize("said", ["怕孩子噎着，苹果切多大块", "怕她溺水，不让去河边"])
def test_a_mishap_guarded_against_is_no_alarm(said: str) -> None:
    assert level(said) is None


@pytest.mark.parametrize(
    "said", ["怕孩子吞了电池，遥控器里少了一颗", "好怕 胸口疼得喘不动", "怕老爸是中风，他嘴角耷拉"]
)
def test_a_fear_that_it_has_happened_rings(said: str) -> None:
    assert level(said) is Level.EMERGENCY


@pytest.mark.parametrize("said", ["我奶奶嘴歪好多年了，一直那样", "左手使不上劲，五十年了"])
def test_what_has_been_so_for_years_is_for_a_doctor(said: str) -> None:
    assert level(said) is Level.URGENT


@pytest.mark.parametrize(
    "said",
    ["嘴歪十几年了，今早说话也不清了", "我爸高血压好多年了，嘴歪了", "胸口疼，高血压十几年了"],
)
def test_years_of_something_else_or_a_change_ring(said: str) -> None:
    assert level(said) is Level.EMERGENCY


def test_what_staff_write_tells_the_second_net_nothing() -> None:
    assert silent(read("您今天先休息，明早空腹来门诊").plain)
    assert level("您今天先休息，明早空腹来门诊") is None


@pytest.mark.parametrize("said", ["wrong", "page won't load", "not working", "can't log in"])
def test_what_an_app_fails_to_do_is_no_emergency(said: str) -> None:
    assert level(said) is None


@pytest.mark.parametrize("said", ["cant wake grandpa", "mum is all grey and floppy"])
def test_english_with_a_sign_is_weighed(said: str) -> None:
    assert not silent(read(said).plain)
