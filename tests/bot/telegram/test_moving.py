"""By Telegram: a night is recorded, and what was the wrong person's goes to the right one."""

from __future__ import annotations

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.relations import Kinship, RelationKind
from backend.archive.sections.profile import Sex
from bot.telegram.running import TelegramBot
from tests.bot.chat.talking import stored
from tests.bot.telegram.conftest import Bench, Father
from tests.bot.telegram.person import action, words
from tests.factories import a_key, a_profile, a_resident


async def test_a_night_is_moved_to_his_mother_by_another_server_and_withdrawn_at_his(
    father: Father, bench: Bench
) -> None:
    person, services = father.person, bench.services
    mothers, mother = await a_resident(services, profile=a_profile("李秀英", sex=Sex.FEMALE))
    await services.access.grant(
        resident_id=mother,
        account_id=father.viewer.account_id,
        kind=RelationKind.CAREGIVER,
        kinship=Kinship.SON,
        categories=frozenset({Category.PROFILE, Category.READINGS}),
        actions=frozenset({Action.VIEW, Action.RECORD}),
    )
    offered = await person.says("昨晚十一点睡，早上六点起")
    assert "睡眠 7小时（" in words(offered)
    assert "已给张建国记下" in words(await person.presses(action(offered, "记下")))
    # Who did not agree to this messenger is not there for it.
    assert "您这里没有别人的档案，没有改" in words(await person.says("记错人了，是我妈的"))
    assert await _counts(father.id, mother) == [(1, 0), (0, 0)]

    [accepted] = accepted_now(Purpose.TELEGRAM)
    await services.consents.change(mothers, mother, accepted, given=True, idempotency_key=a_key())
    shown = await person.says("记错人了，是我妈的")
    assert words(shown).startswith("从张建国的档案里拿掉，改记给李*英：\n• 睡眠 7小时（")
    others = TelegramBot(services)
    person.bot = others
    pressed = await person.presses(action(shown, "改过去"))

    assert "已改记给李*英，张建国那里的已撤销" in words(pressed)
    assert await _counts(father.id, mother) == [(0, 1), (1, 0)]
    assert "用过" in words(await person.presses(action(shown, "改过去")))
    assert await _counts(father.id, mother) == [(0, 1), (1, 0)]
    await others.close()


async def _counts(*residents: ObjectId) -> list[tuple[int, int]]:
    return [(len(await stored(each)), len(await stored(each, "withdrawn"))) for each in residents]
