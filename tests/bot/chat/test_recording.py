"""Recording by free words: shown, confirmed, taken back; nothing is written without a yes."""

from __future__ import annotations

from backend.access.categories import Action, Category
from backend.identity.viewer import Language
from backend.services import Services
from tests.bot.chat.talking import Talker, stored
from tests.factories import a_caregiver, a_profile, a_resident


async def test_what_was_understood_is_shown_and_recorded_once_after_a_yes_and_taken_back(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)

    shown = await father.says("早上血压135/85心率72")

    assert "张建国" in shown
    assert "血压 135/85 mmHg（今天 07:30）" in shown
    assert "心率 72 次/分（今天 07:30）" in shown
    assert await stored(resident_id) == []
    yes = father.action("记下")

    assert "已给张建国记下" in await father.sends(yes)

    kinds = [(each["kind"], each["values"]) for each in await stored(resident_id)]
    assert len(kinds) == 2
    assert [each[0] for each in kinds] == ["blood_pressure", "heart_rate"]
    undo = father.action("撤销")
    assert "过期" in await father.sends(yes)
    assert len(await stored(resident_id)) == 2

    assert await father.sends(undo) == (
        "已撤销张建国的：\n• 血压 135/85 mmHg（今天 07:30）\n• 心率 72 次/分（今天 07:30）"
    )

    assert await stored(resident_id) == []
    assert len(await stored(resident_id, "withdrawn")) == 2
    assert await father.sends(undo) == await father.says("撤销") == "没有可以撤销的记录。"


async def test_a_no_writes_nothing_and_ends_the_offer(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)
    await father.says("血压135/85")
    yes = father.action("记下")

    assert "没有记" in await father.presses("不记")

    assert "过期" in await father.sends(yes)
    assert await stored(resident_id) == []


async def test_the_same_reading_said_twice_is_there_once(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)
    for _ in range(2):
        await father.says("昨晚8点血压135/85")
        said = await father.presses("记下")

    assert "已有同样的记录" in said
    assert "撤销" not in father.labels  # what is not of this message is not taken back by it
    assert len(await stored(resident_id)) == 1


async def test_what_is_missing_impossible_or_to_come_is_asked_for_and_not_offered(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)

    for text, words in (
        ("血压135", "两个数字"),
        ("血压400/300", "收缩压不可能是 400 mmHg（应在 20–350 mmHg之间）"),
        ("明天血压120/80", "还没有到"),
        ("135", "这个数字是什么"),
        ("血糖6.8 7.2", "一项一项"),
    ):
        assert words in await father.says(text)
        assert father.labels == []
    assert await stored(resident_id) == []


async def test_an_unusual_value_is_shown_again_and_recorded_only_when_confirmed(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)

    said = await father.says("血压260/120")

    assert "收缩压 260 mmHg 少见（通常 70–250 mmHg）" in said
    assert father.labels == ["数值没错，记下", "不对，不记"]
    await father.presses("没错")
    assert [each["kind"] for each in await stored(resident_id)] == ["blood_pressure"]


async def test_a_value_unusual_for_the_persons_age_is_asked_once_more(services: Services) -> None:
    viewer, resident_id = await a_resident(services, profile=a_profile(born="2010-01-01"))
    talker = Talker(services, viewer)
    await talker.says("体重200公斤")
    said = await talker.presses("记下")

    assert "体重 200 公斤 少见" in said
    assert await stored(resident_id) == []
    await talker.presses("没错")
    assert len(await stored(resident_id)) == 1


async def test_a_weight_far_from_ones_own_last_is_asked_with_that_one(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)
    await father.says("体重74公斤")
    await father.presses("记下")
    await father.says("体重135公斤")

    said = await father.presses("记下")

    assert "比 11月21日 10:00 的 74 公斤多 61 公斤，是这个数吗？" in said
    assert father.labels == ["数值没错，记下", "不对，不记"]
    assert len(await stored(resident_id)) == 1
    assert "已给张建国记下" in await father.presses("没错")
    assert len(await stored(resident_id)) == 2


async def test_a_weight_without_a_unit_can_be_jin(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)
    await father.says("体重124")

    assert "是124斤（62公斤）" in father.labels
    assert "体重 124 斤" in await father.presses("124斤")
    await father.presses("记下")

    (reading,) = await stored(resident_id)
    assert reading["kind"] == "weight"
    assert "已有" not in father.replies[0].text
    kept = (await services.readings.get(viewer, resident_id, reading["_id"])).values  # type: ignore[arg-type]
    assert kept == {"weight": 62.0}


async def test_somebody_elses_reading_goes_where_the_writer_says_and_nowhere_before(
    services: Services,
) -> None:
    viewer, own = await a_resident(services)
    _, mothers = await a_resident(services, profile=a_profile("李秀英"))
    await services.access.grant(
        resident_id=mothers,
        account_id=viewer.account_id,
        kind=(await services.access.relations(await a_caregiver(services, mothers)))[0].kind,
        categories=frozenset({Category.PROFILE, Category.READINGS}),
        actions=frozenset({Action.VIEW, Action.RECORD}),
    )
    talker = Talker(services, viewer)

    assert "“我妈”" in await talker.says("我妈血压150/95")

    assert len(talker.labels) == 3
    action = next(b.action for b in talker.replies[0].buttons if str(mothers) in b.action)
    await talker.sends(action)
    await talker.presses("记下")
    assert await stored(own) == []
    (reading,) = await stored(mothers)
    assert reading["recorded_by"]["relation"] == "caregiver"  # type: ignore[index]


async def test_who_may_only_look_records_nothing(services: Services) -> None:
    _, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id, actions=frozenset({Action.VIEW}))
    talker = Talker(services, daughter)
    await talker.says("血压135/85")

    await talker.presses("记下")

    assert await stored(resident_id) == []
    assert "撤销" not in talker.labels


async def test_a_forged_button_reaches_no_record_of_others(services: Services) -> None:
    viewer, _ = await a_resident(services)
    _, strangers = await a_resident(services, profile=a_profile("王某"))
    talker = Talker(services, viewer)
    await talker.says("我妈血压150/95")
    token = talker.action("不记").partition(":")[2]

    said = await talker.sends(f"for:{token}:{strangers}")

    assert "王某" not in said
    assert await stored(strangers) == []
    for action in (
        "yes:nothing",
        "for:x:y",
        "undo:x",
        "ack:x:y",
        "taken:1:2",
        "who:?",
        "bogus",
        "",
    ):
        assert "过期" in await talker.sends(action) or "没有可以" in talker.replies[0].text


async def test_english_is_answered_in_english(services: Services) -> None:
    viewer, _ = await a_resident(services)
    viewer.language = Language.EN
    talker = Talker(services, viewer)

    said = await talker.says("fasting glucose 6.8 yesterday at 7 am")

    assert "fasting Blood glucose 6.8 mmol/L (yesterday 07:00)" in said
    assert talker.labels == ["Record", "Wrong, do not"]
