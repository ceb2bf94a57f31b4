"""Recorded for the wrong person: taken back there and recorded for the right one, after a yes."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.access.relations import Kinship, RelationKind
from backend.archive.sections.profile import Sex
from backend.core.clock import FixedClock
from backend.core.history import ChangedMeanwhile
from backend.identity.viewer import Language, Viewer
from backend.measurements.draft import Draft, Kind, Quantity
from backend.services import Services
from tests.bot.chat.talking import Talker, stored
from tests.factories import a_profile, a_resident

_BOTH = frozenset({Action.VIEW, Action.RECORD})


class Household:
    """A daughter with a record of her own, who looks after both parents."""

    def __init__(self, services: Services, viewer: Viewer, own: ObjectId) -> None:
        self.services, self.viewer, self.own = services, viewer, own
        self.talker = Talker(services, viewer)
        self.mother = self.father = own

    async def cares_for(
        self, name: str, sex: Sex, actions: frozenset[Action] = _BOTH
    ) -> tuple[Viewer, ObjectId]:
        viewer, resident_id = await a_resident(self.services, profile=a_profile(name, sex=sex))
        await self.services.access.grant(
            resident_id=resident_id,
            account_id=self.viewer.account_id,
            kind=RelationKind.CAREGIVER,
            kinship=Kinship.DAUGHTER,
            categories=frozenset({Category.PROFILE, Category.READINGS}),
            actions=actions,
        )
        return viewer, resident_id

    async def counts(self) -> list[tuple[int, int]]:
        """Live and withdrawn readings of herself, her mother, her father."""
        return [
            (len(await stored(each)), len(await stored(each, "withdrawn")))
            for each in (self.own, self.mother, self.father)
        ]


@pytest.fixture
async def home(services: Services) -> Household:
    viewer, own = await a_resident(services, profile=a_profile("张敏", sex=Sex.FEMALE))
    home = Household(services, viewer, own)
    _, home.mother = await home.cares_for("李秀英", Sex.FEMALE)
    _, home.father = await home.cares_for("张建国", Sex.MALE)
    return home


async def test_it_is_shown_asked_once_recorded_there_and_withdrawn_here(
    services: Services, home: Household
) -> None:
    daughter = home.talker
    await daughter.says("昨晚8点血压136/84心率72")
    await daughter.says("对")
    before = await stored(home.own)

    assert await daughter.says("记错人了，是我爸的") == (
        "从张敏的档案里拿掉，改记给张*国：\n"
        "• 血压 136/84 mmHg（昨天 20:00）\n• 心率 72 次/分（昨天 20:00）\n对吗？"
    )
    assert daughter.labels == ["对，改过去", "不对，不改"]
    assert await home.counts() == [(2, 0), (0, 0), (0, 0)]
    yes = daughter.action("改过去")
    said = await daughter.says("对")

    assert said == (
        "已改记给张*国，张敏那里的已撤销：\n"
        "• 血压 136/84 mmHg（昨天 20:00）\n• 心率 72 次/分（昨天 20:00）"
    )
    assert await home.counts() == [(0, 2), (0, 0), (2, 0)]
    shown = ("kind", "at", "values", "entered", "meal")
    now = await stored(home.father)
    assert [[each[name] for name in shown] for each in now] == [
        [each[name] for name in shown] for each in before
    ]
    for each in before:  # audited as by an undo: who withdrew it, and what it was
        [past] = await services.core.history.past(home.own, ObjectId(str(each["_id"])))
        assert (past.replaced_by, past.document["state"]) == (home.viewer.account_id, "live")
    assert "过期" in await daughter.sends(yes)
    assert (await daughter.says("撤销")).startswith("已撤销张*国的")
    assert await home.counts() == [(0, 2), (0, 0), (0, 2)]
    assert await daughter.says("撤销") == "没有可以撤销的记录。"


@pytest.mark.parametrize(
    "said",
    [
        "不是我的，是我妈的",
        "不是我的是我妈的",
        "记错人了,应该是我妈的",
        "搞错人了，是李秀英的",
        "不对，是我妈的",
        "刚才那个是我妈的",
        "这条应该记给我妈",
        "错了，记到我妈那里",
        "是我妈的",
        "this was my mother's",
        "wrong person, it's my mom’s",
        "not mine, it was my mother's",
    ],
)
async def test_it_is_said_in_many_ways(home: Household, said: str) -> None:
    daughter = home.talker
    await daughter.says("血压136/84")
    await daughter.says("对")

    assert "从张敏的档案里拿掉，改记给李*英" in await daughter.says(said)
    assert await home.counts() == [(1, 0), (0, 0), (0, 0)]
    await daughter.presses("改过去")

    assert await home.counts() == [(0, 1), (1, 0), (0, 0)]


@pytest.mark.parametrize("said", ["记错人了", "记错人了，是我爸的", "错了，记到我妈那里"])
async def test_a_word_about_whose_it_is_is_no_emergency(home: Household, said: str) -> None:
    assert not await home.talker.chat.alarmed(said)
    assert await home.talker.chat.alarmed("我爸认错人了，嘴歪，说不清话")


async def test_a_night_goes_with_its_hours(home: Household) -> None:
    daughter = home.talker
    await daughter.says("昨晚十一点睡，早上六点起")
    await daughter.says("对")
    await daughter.says("记错人了，是我妈的")
    assert "睡眠 7小时（昨天 23:00 到 今天 06:00）" in await daughter.says("对")

    [night], [was] = await stored(home.mother), await stored(home.own, "withdrawn")
    assert [night[each] for each in ("at", "end", "values")] == [
        was[each] for each in ("at", "end", "values")
    ]


async def test_a_no_leaves_it_where_it_is(home: Household) -> None:
    daughter = home.talker
    await daughter.says("血压136/84")
    await daughter.says("对")
    await daughter.says("是我妈的")

    assert await daughter.says("不对") == "没有改，还是原来的。"

    assert await home.counts() == [(1, 0), (0, 0), (0, 0)]
    assert "已撤销张敏的" in await daughter.says("撤销")


async def test_who_may_not_record_for_that_person_is_refused_and_nothing_changes(
    services: Services, home: Household
) -> None:
    _, aunt = await home.cares_for("王桂兰", Sex.FEMALE, frozenset({Action.VIEW}))
    daughter = home.talker
    await daughter.says("王桂兰血压136/84")
    refusal = await daughter.says("对")
    denied = AccessDenied(category=Category.READINGS.value, action=Action.RECORD.value)
    assert refusal == denied.message(Language.ZH)
    await daughter.says("我自己血压136/84")
    await daughter.says("对")

    assert await daughter.says("记错人了，是王桂兰的") == refusal

    assert daughter.labels == []
    assert daughter.talk.offered.things == {}
    assert await home.counts() == [(1, 0), (0, 0), (0, 0)]
    assert await stored(aunt) == []
    assert "已撤销张敏的" in await daughter.says("撤销")


async def test_a_right_that_ended_before_the_yes_changes_nothing(
    services: Services, clock: FixedClock, home: Household
) -> None:
    _, aunt = await a_resident(services, profile=a_profile("王桂兰", sex=Sex.FEMALE))
    await services.access.grant(
        resident_id=aunt,
        account_id=home.viewer.account_id,
        kind=RelationKind.CAREGIVER,
        valid_until=clock.now() + timedelta(hours=1),
    )
    daughter = home.talker
    await daughter.says("我自己血压136/84")
    await daughter.says("对")
    assert "改记给王*兰" in await daughter.says("记错人了，是王桂兰的")
    clock.advance(timedelta(hours=2))

    said = await daughter.says("对")

    assert said == AccessDenied(category=Category.PROFILE.value, action=Action.VIEW.value).message(
        Language.ZH
    )
    assert await home.counts() == [(1, 0), (0, 0), (0, 0)]
    assert await stored(aunt) == []


@pytest.mark.parametrize(
    "said", ["记错人了", "不是我的", "记错人了，是邻居的", "是我老公的", "wrong person"]
)
async def test_whose_it_is_instead_is_asked_by_buttons(home: Household, said: str) -> None:
    daughter = home.talker
    await daughter.says("血压136/84")
    await daughter.says("对")

    assert (await daughter.says(said)).startswith("这是谁的？\n• 血压 136/84 mmHg")
    assert daughter.labels == ["李*英", "张*国", "不对，不改"]
    assert "改记给李*英" in await daughter.presses("李*英")
    assert await home.counts() == [(1, 0), (0, 0), (0, 0)]
    await daughter.presses("改过去")

    assert await home.counts() == [(0, 1), (1, 0), (0, 0)]


async def test_the_newest_record_is_meant_after_other_talk_but_only_in_so_many_words(
    home: Household,
) -> None:
    daughter = home.talker
    assert await daughter.says("记错人了，是我爸的") == "没有找到刚才记下的数，没有改。"
    await daughter.says("血压136/84")
    await daughter.says("对")
    await daughter.says("积分")
    await daughter.says("血压趋势")

    assert "改记给" not in await daughter.says("是我爸的")
    assert "改记给张*国" in await daughter.says("记错人了，是我爸的")


async def test_what_is_there_already_or_nobodys_else_is_said(
    services: Services, home: Household
) -> None:
    daughter = home.talker
    await daughter.says("血压136/84")
    await daughter.says("对")
    assert await daughter.says("是我的") == "这条就在张敏的档案里，不用改。"
    assert "改记给李*英" in await daughter.says("是我妈的")
    assert "不用改" in await daughter.says("是我的")
    assert await home.counts() == [(1, 0), (0, 0), (0, 0)]

    viewer, own = await a_resident(services)
    alone = Talker(services, viewer)
    await alone.says("血压136/84")
    await alone.says("对")
    assert "您这里没有别人的档案，没有改" in await alone.says("记错人了，是我爸的")
    assert len(await stored(own)) == 1
    assert "已撤销" in await alone.says("撤销")


async def test_an_offer_that_was_not_recorded_is_asked_about_too(home: Household) -> None:
    daughter = home.talker
    await daughter.says("血压136/84")

    assert "要记在谁的档案里" in await daughter.says("不是我的")
    assert daughter.labels == ["李*英", "张*国", "不对，不记"]
    assert "给李*英记下" in await daughter.says("我妈的")
    assert "给张*国记下" in await daughter.says("记错人了，是我爸的")
    await daughter.says("对")
    assert await home.counts() == [(0, 0), (0, 0), (1, 0)]


async def test_a_yes_to_the_question_whose_it_is_records_nothing(home: Household) -> None:
    daughter = home.talker
    await daughter.says("血压136/84")
    yes = daughter.action("记下")
    await daughter.says("不是我的")

    assert "请按它下面的按钮" in await daughter.says("对")
    assert "过期" in await daughter.sends(yes)

    assert await home.counts() == [(0, 0), (0, 0), (0, 0)]


async def test_a_no_to_that_question_is_about_it_and_not_about_an_older_record(
    home: Household,
) -> None:
    daughter = home.talker
    await daughter.says("血压136/84")
    await daughter.says("对")
    for said in ("撤销", "不记"):
        assert "要记在谁的档案里" in await daughter.says("邻居血压150/95")
        assert await daughter.says(said) == "没有记。请重新说一遍。"
        assert "150/95" not in await daughter.says("我妈的")  # it is gone
    assert await home.counts() == [(1, 0), (0, 0), (0, 0)]
    assert "这是谁的" in await daughter.says("记错人了")
    assert await daughter.says("不对") == "没有改，还是原来的。"
    assert "这是谁的" in await daughter.says("记错人了")
    assert "已撤销张敏的" in await daughter.says("撤销")
    assert await home.counts() == [(0, 1), (0, 0), (0, 0)]


async def test_whose_it_is_may_be_answered_by_a_word(home: Household) -> None:
    daughter = home.talker
    await daughter.says("血压136/84")
    await daughter.says("对")
    await daughter.says("记错人了")
    assert "改记给张*国" in await daughter.says("我爸的")
    await daughter.says("wrong person")
    assert "改记给李*英" in await daughter.says("my mother's")
    await daughter.says("是我爸的")
    await daughter.says("对")
    assert "要记在谁的档案里" in await daughter.says("邻居血压150/95")
    assert "给李*英记下" in await daughter.says("我妈的")
    await daughter.says("对")

    assert await home.counts() == [(0, 1), (1, 0), (1, 0)]


async def test_a_correction_that_waits_goes_with_it(home: Household) -> None:
    daughter = home.talker
    await daughter.says("血压136/84")
    await daughter.says("对")
    assert "改成" in await daughter.says("不对，是146")
    assert "• 血压 146/84" in await daughter.says("是我妈的")
    await daughter.says("对")

    [kept] = await stored(home.mother)
    assert kept["values"] == {"systolic": 146, "diastolic": 84}
    assert await home.counts() == [(0, 1), (1, 0), (0, 0)]


async def test_what_that_person_has_already_is_only_taken_back(home: Household) -> None:
    daughter = home.talker
    for said in ("我妈昨晚8点血压136/84", "我自己昨晚8点血压136/84"):
        await daughter.says(said)
        await daughter.says("对")
    await daughter.says("记错人了，是我妈的")

    assert (await daughter.says("对")).startswith(
        "李*英那里已有同样的记录，张敏那里的已撤销：\n• 血压 136/84"
    )
    assert daughter.labels == []
    assert await home.counts() == [(0, 1), (1, 0), (0, 0)]


async def test_what_is_unusual_for_that_person_stays_until_it_is_confirmed(
    home: Household,
) -> None:
    daughter = home.talker
    await daughter.says("我妈体重50公斤")
    await daughter.says("对")
    await daughter.says("我自己体重80公斤，血压120/80")
    await daughter.says("对")
    await daughter.says("记错人了，是我妈的")

    said = await daughter.says("对")

    assert "已改记给李*英，张敏那里的已撤销：\n• 血压 120/80" in said
    assert "没有改，还在张敏那里：\n• 体重 80 公斤" in said
    assert await home.counts() == [(1, 1), (2, 0), (0, 0)]
    assert "已改记给李*英，张敏那里的已撤销：\n• 体重 80 公斤" in await daughter.presses("数值没错")
    assert await home.counts() == [(0, 2), (3, 0), (0, 0)]


async def test_where_it_cannot_be_taken_back_the_reply_says_that_it_is_in_both(
    services: Services, home: Household
) -> None:
    daughter = home.talker
    await daughter.says("血压136/84")
    await daughter.says("对")
    await daughter.says("记错人了，是我妈的")
    [reading] = await stored(home.own)
    await services.correcting.correct(  # meanwhile, in the app
        home.viewer,
        home.own,
        ObjectId(str(reading["_id"])),
        Draft(
            kind=Kind.BLOOD_PRESSURE,
            at=daughter.talk.recorded.things[str(daughter.talk.newest)].drafts[0].at,
            values={"systolic": Quantity(137, "mm[Hg]"), "diastolic": Quantity(84, "mm[Hg]")},
        ),
        version=1,
    )

    said = await daughter.says("对")

    why = ChangedMeanwhile().message(Language.ZH)
    assert said.startswith("李*英那里已经记好：\n• 血压 136/84 mmHg")
    assert f"可是张敏那里的没能撤销：{why}现在两边都有" in said
    assert await home.counts() == [(1, 0), (1, 0), (0, 0)]
    assert (await daughter.says("撤销")).startswith("已撤销李*英的")
    assert await home.counts() == [(1, 0), (0, 1), (0, 0)]


async def test_a_yes_that_broke_off_is_finished_by_another_and_records_once(
    home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    daughter = home.talker
    await daughter.says("血压136/84")
    await daughter.says("对")
    await daughter.says("记错人了，是我妈的")
    yes, before = daughter.action("改过去"), copy.deepcopy(daughter.talk)

    async def dies(*_: object, **__: object) -> None:
        raise RuntimeError("the machine stopped")

    with monkeypatch.context() as broken:
        broken.setattr(home.services.correcting, "withdraw", dies)
        with pytest.raises(RuntimeError, match="the machine stopped"):
            await daughter.sends(yes)
    assert await home.counts() == [(1, 0), (1, 0), (0, 0)]
    daughter.talk = before  # a talk is not kept where the work raised

    assert "已改记给李*英，张敏那里的已撤销" in await daughter.sends(yes)

    assert await home.counts() == [(0, 1), (1, 0), (0, 0)]
