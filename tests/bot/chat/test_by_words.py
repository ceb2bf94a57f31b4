"""A talk without buttons: 对, 不对，是145, 删掉, 我自己, 换成我妈; and what is odd."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.relations import Kinship, RelationKind
from backend.archive.sections.profile import Sex
from backend.core.clock import FixedClock
from backend.identity.viewer import Viewer
from backend.services import Services
from tests.bot.chat.talking import Talker, stored
from tests.factories import a_key, a_profile, a_resident


async def readings(services: Services, viewer: Viewer, whose: ObjectId) -> list[dict[str, float]]:
    """Canonical values of what is live, the first recorded first."""
    ids = [ObjectId(str(each["_id"])) for each in await stored(whose)]
    return [dict((await services.readings.get(viewer, whose, one)).values) for one in ids]


async def test_yes_in_words_records_what_the_last_message_showed_and_nothing_older(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)
    await father.says("血压135/85")
    await father.says("今天任务")

    assert "请按它下面的按钮" in await father.says("对")

    assert await stored(resident_id) == []
    await father.says("血压一百四十二八十八心跳72")
    assert "已给张建国记下" in await father.says("嗯，对的")
    assert await readings(services, viewer, resident_id) == [
        {"systolic": 142, "diastolic": 88},
        {"rate": 72},
    ]


async def test_an_offer_is_handed_to_whom_the_words_name(services: Services) -> None:
    viewer, own = await a_resident(services, profile=a_profile("张敏", sex=Sex.FEMALE))
    mother = await _cared_for(services, viewer, "李秀英", Sex.FEMALE)
    father = await _cared_for(services, viewer, "张建国", Sex.MALE)
    daughter = Talker(services, viewer)

    assert "给张敏记下" in await daughter.says("血压136/84")
    for said, name in (("不对，是我爸的", "张*国"), ("记给李秀英", "李*英"), ("我的", "张敏")):
        again = await daughter.says(said)
        assert again.startswith(f"给{name}记下：\n• 血压 136/84 mmHg")
    await daughter.says("是我爸的")
    assert (await daughter.says("对")).startswith("已给张*国记下")
    assert [len(await stored(each)) for each in (own, mother, father)] == [0, 0, 1]
    # Once it is recorded it is moved only after another yes.
    assert (await daughter.says("是我妈的")).startswith("从张*国的档案里拿掉，改记给李*英")
    assert [len(await stored(each)) for each in (own, mother, father)] == [0, 0, 1]


@pytest.mark.parametrize("said", ["是邻居的", "今天天气好", "我爸呢？", "谢谢"])
async def test_words_that_name_nobody_of_the_family_hand_nothing_on(
    services: Services, said: str
) -> None:
    viewer, own = await a_resident(services, profile=a_profile("张敏", sex=Sex.FEMALE))
    await _cared_for(services, viewer, "张建国", Sex.MALE)
    daughter = Talker(services, viewer)
    await daughter.says("血压136/84")
    assert "136/84" not in await daughter.says(said)
    assert await stored(own) == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("不对，是145/85", {"systolic": 145, "diastolic": 85}),
        ("不对，是145", {"systolic": 145, "diastolic": 85}),
        ("不是135是145", {"systolic": 145, "diastolic": 85}),
        ("低压是80", {"systolic": 135, "diastolic": 80}),
    ],
)
async def test_a_slip_is_put_right_before_and_after_it_was_recorded(
    services: Services, clock: FixedClock, said: str, kept: dict[str, float]
) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)
    await father.says("昨晚8点血压135/85")
    clock.advance(timedelta(seconds=20))
    shown = await father.says(said)
    assert f"血压 {kept['systolic']:g}/{kept['diastolic']:g} mmHg（昨天 20:00）" in shown
    assert await stored(resident_id) == []
    await father.presses("不记")

    await father.says("昨晚8点血压135/85")
    await father.says("对")
    clock.advance(timedelta(seconds=20))
    changed = await father.says(said)
    assert changed.startswith("改成")
    assert "昨天 20:00" in changed
    assert await readings(services, viewer, resident_id) == [{"systolic": 135, "diastolic": 85}]
    assert "已改好" in await father.says("对")
    assert await readings(services, viewer, resident_id) == [kept]
    assert "已撤销" in await father.says("刚才那个删掉")
    assert await stored(resident_id) == []
    assert await father.says("删掉") == "没有可以撤销的记录。"


async def test_a_number_that_fits_in_two_places_is_asked_about(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)
    await father.says("血压135/85心率72")

    assert "要改哪个数" in await father.says("不对，是95")

    assert father.labels == []
    assert await stored(resident_id) == []


async def test_a_bare_number_is_recorded_in_the_unit_that_is_pressed(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    father = Talker(services, viewer)

    assert "单位是哪个" in await father.says("体重124")
    assert father.labels == ["是124公斤", "是124斤（62公斤）", "不对，不记"]
    await father.says("对")
    assert await stored(resident_id) == []

    assert "血糖 120 mmol/L 少见。是120 mg/dL（6.7 mmol/L）吗" in await father.says("血糖120")
    assert father.labels == ["是120 mg/dL（6.7 mmol/L）", "不对，不记"]
    await father.presses("mg/dL")
    await father.says("对")
    [kept] = await readings(services, viewer, resident_id)
    assert kept["glucose"] == pytest.approx(6.66, abs=0.01)


async def test_nobodys_number_goes_to_another_by_a_word_that_was_not_meant_so(
    services: Services,
) -> None:
    viewer, own = await a_resident(services, profile=a_profile("张敏", sex=Sex.FEMALE))
    mother = await _cared_for(services, viewer, "李秀英", Sex.FEMALE)
    father = await _cared_for(services, viewer, "张建国", Sex.MALE)
    daughter = Talker(services, viewer)

    assert "给李*英记下" in await daughter.says("我妈血压150/95")
    assert "给李*英记下" in await daughter.says("李秀英血压151/95")
    assert "好，现在看的是张*国" in await daughter.says("换成我爸")
    assert "给张敏记下" in await daughter.says("我自己血压110/70")
    assert "要记在谁的档案里" in await daughter.says("我刚量的血压111/70")
    assert len(daughter.labels) == 4
    assert "一次请只说一个人的" in await daughter.says("爸135/85 妈128/76")
    assert "您说的是“邻居”" in await daughter.says("邻居血压150/95")
    assert "给张*国记下" in await daughter.says("血压112/70")
    for each in (own, mother, father):
        assert await stored(each) == []


@pytest.mark.parametrize("said", ["记错了", "错了", "不对", "删掉"])
async def test_a_word_about_a_slip_is_no_emergency(services: Services, said: str) -> None:
    viewer, _ = await a_resident(services)
    talker = Talker(services, viewer)
    await talker.says("血压135/85")

    assert await talker.says(said) == "没有记。请重新说一遍。"

    assert not await talker.chat.alarmed(said)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("👍", "我没看懂"),
        ("PY5A43MD", "我没看懂"),
        ("。", "我没看懂"),
        ("血压" * 900, "太长了"),
        ("昨晚睡了六七个小时", "请说一个数，例如：昨晚睡了7小时"),
        ("昨天睡了6小时", "是哪天晚上睡的"),
        ("午睡40分钟", "白天睡的还不能记"),
        ("睡了30小时", "睡眠时长不可能是 30小时（应在 0分钟到24小时之间），没有记"),
        ("散步半个多小时", "请说一个数，例如：散步30分钟"),
        ("走了3公里", "这样说还记不了"),
        ("血压一百四十多，九十多", "准确数字"),
        ("，".join(f"血压{135 + each}/85" for each in range(20)), "分几次说"),
    ],
)
async def test_what_is_odd_gets_one_helpful_sentence_and_no_button(
    services: Services, said: str, words: str
) -> None:
    viewer, resident_id = await a_resident(services)
    talker = Talker(services, viewer)

    assert words in await talker.says(said)

    assert (len(talker.replies), talker.labels) == (1, [])
    assert await stored(resident_id) == []


async def test_what_is_said_many_times_is_offered_once(services: Services) -> None:
    viewer, _ = await a_resident(services)

    shown = await Talker(services, viewer).says("血压135/85 " * 40)

    assert shown.count("135/85") == 1


async def test_a_trend_is_of_the_person_and_the_item_that_are_named(services: Services) -> None:
    viewer, _ = await a_resident(services, profile=a_profile("张敏", sex=Sex.FEMALE))
    await _cared_for(services, viewer, "李秀英", Sex.FEMALE)
    daughter = Talker(services, viewer)

    assert await daughter.says("我妈的血压趋势") == "李*英的血压，最近30天"
    assert await daughter.says("心率曲线") == "张敏的心率，最近30天"
    assert "还没有两次结果" in await daughter.says("肌酐的趋势")
    assert "要看哪一项的趋势" in await daughter.says("天气趋势")


async def test_an_answer_about_another_says_of_whom_it_is(services: Services) -> None:
    viewer, own = await a_resident(services, profile=a_profile("张敏", sex=Sex.FEMALE))
    mothers, mother = await a_resident(services, profile=a_profile("李秀英", sex=Sex.FEMALE))
    for who, whose in ((viewer, own), (mothers, mother)):
        [accepted] = accepted_now(Purpose.ASSISTANT)
        await services.consents.change(who, whose, accepted, given=True, idempotency_key=a_key())
    await _grant(services, viewer, mother)
    daughter = Talker(services, viewer)
    for said in ("我妈血压150/95", "我血压110/70"):
        await daughter.says(said)
        assert "已给" in await daughter.says("对")

    assert (await daughter.says("我最近一次血压是多少")).startswith("血压最近一次是 110/70")
    await daughter.says("换成我妈")
    said = await daughter.says("最近一次血压是多少")
    assert said.startswith("李*英：血压最近一次是 150/95")


async def _cared_for(services: Services, viewer: Viewer, name: str, sex: Sex) -> ObjectId:
    _, resident_id = await a_resident(services, profile=a_profile(name, sex=sex))
    await _grant(services, viewer, resident_id)
    return resident_id


async def _grant(services: Services, viewer: Viewer, resident_id: ObjectId) -> None:
    await services.access.grant(
        resident_id=resident_id,
        account_id=viewer.account_id,
        kind=RelationKind.CAREGIVER,
        kinship=Kinship.DAUGHTER,
        categories=frozenset({Category.PROFILE, Category.READINGS}),
        actions=frozenset({Action.VIEW, Action.RECORD}),
    )
