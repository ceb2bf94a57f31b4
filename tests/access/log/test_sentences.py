"""Looks in plain words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.log.looks import Look
from backend.access.log.sentences import Telling, sentence
from backend.access.relations import Kinship, RelationKind
from backend.core.clock import SHANGHAI
from backend.identity.viewer import Channel, Language

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
WHO, READER = ObjectId(), ObjectId()
CATEGORIES = (Category.CONDITIONS, Category.READINGS)


def a_look(relation: str = "doctor", **more: object) -> Look:
    fields: dict[str, object] = {
        "entry_id": ObjectId(),
        "resident_id": ObjectId(),
        "at": datetime(2026, 11, 20, 9, 12, tzinfo=SHANGHAI),
        "account_id": WHO,
        "relation": relation,
        "kinship": None,
        "channel": "app",
        "action": Action.VIEW,
        "why": "granted",
        "purpose": None,
        "request": ObjectId(),
        "first_seq": 1,
        "seq": 1,
        "categories": list(CATEGORIES),
    }
    return Look(**{**fields, **more})  # type: ignore[arg-type]


def telling(language: Language = Language.ZH, **more: object) -> Telling:
    base = Telling(
        language=language,
        now=NOW,
        reader=READER,
        own=True,
        names={WHO: "王芳"},
        gone=frozenset(),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def zh(look: Look, **more: object) -> str:
    return sentence(look, telling(**more))


def en(look: Look, **more: object) -> str:
    return sentence(look, telling(Language.EN, **more))


def test_who_when_and_what_in_both_languages() -> None:
    look = a_look()
    assert zh(look) == "王芳（家庭医生）于昨天 9:12 查看了您的血压、血糖等测量和病史"
    assert en(look) == (
        "王芳 (family doctor) looked at your measurements and medical history yesterday at 9:12"
    )


def test_a_relative_is_named_by_kinship() -> None:
    look = a_look("caregiver", kinship="daughter", categories=[Category.READINGS])
    assert zh(look) == "女儿王芳于昨天 9:12 查看了您的血压、血糖等测量"
    assert zh(look, names={}).startswith("女儿于")
    assert en(look).startswith("Your daughter 王芳 looked at")


@pytest.mark.parametrize(
    ("days", "said", "told"),
    [
        (0, "今天", "today"),
        (1, "昨天", "yesterday"),
        (2, "前天", "the day before yesterday"),
        (3, "11月18日", "on 18 November"),
        (365, "2025年11月21日", "on 21 November 2025"),
    ],
)
def test_days_are_shanghais_calendar_days(days: int, said: str, told: str) -> None:
    # Ten minutes past midnight in Shanghai is still the day before in UTC.
    at = datetime(2026, 11, 21, 0, 10, tzinfo=SHANGHAI) - timedelta(days=days)
    look = a_look(at=at.astimezone(UTC))
    assert f"于{said} 0:10 " in zh(look)
    assert f" {told} at 0:10" in en(look)


def test_ones_own_changes_deleted_accounts_and_those_without_a_name() -> None:
    own = a_look("self", account_id=READER, action=Action.RECORD, categories=[Category.READINGS])
    assert zh(own) == "您于昨天 9:12 记录了您的血压、血糖等测量"
    assert zh(a_look(), gone=frozenset({WHO})).startswith("已注销的账户于")
    assert en(a_look(), gone=frozenset({WHO})).startswith("A deleted account looked at")
    assert zh(a_look(), names={}).startswith("家庭医生于")


@pytest.mark.parametrize(
    ("purpose", "what"),
    [("care_circle", "亲友圈授权"), ("share_link", "分享链接"), ("deletion", "注销申请")],
)
def test_what_a_right_was_used_for_is_told_instead_of_the_category(purpose: str, what: str) -> None:
    look = a_look(
        "self",
        account_id=READER,
        action=Action.MANAGE,
        categories=[Category.PROFILE],
        purpose=purpose,
    )
    assert zh(look) == f"您于昨天 9:12 修改了您的{what}"


def test_emergencies_channels_guardians_and_the_log_itself() -> None:
    emergency = a_look("break_glass", why="break_glass")
    assert zh(emergency).endswith("（紧急查看）")
    assert zh(a_look("self", channel="telegram"), names={}).endswith("（通过 Telegram）")
    reading = a_look("guardian", kinship="mother", purpose="access_log")
    assert zh(reading, own=False) == "母亲王芳于昨天 9:12 查看了本档案的访问记录"
    everything = a_look(categories=list(Category))
    assert "全部资料" in zh(everything)
    alerts = a_look("caregiver", action=Action.RECEIVE_ALERTS, categories=[Category.READINGS])
    assert zh(alerts).endswith("处理了您的血压、血糖等测量的提醒")


@pytest.mark.parametrize("kind", [*RelationKind, "console", "operator", "share_link", "assistant"])
@pytest.mark.parametrize("language", Language)
def test_every_kind_of_actor_action_category_and_kinship_has_words(
    kind: str, language: Language
) -> None:
    for action in Action:
        for category in Category:
            for kinship in (None, *Kinship):
                for channel in Channel:
                    look = a_look(
                        str(kind),
                        action=action,
                        categories=[category],
                        kinship=kinship.value if kinship else None,
                        channel=channel.value,
                    )
                    said = sentence(look, telling(language))
                    assert "{" not in said
                    assert said.strip() == said
