"""A push says nothing; what it stood for is opened, answered or put off by its buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bson import ObjectId

from backend.access.categories import ALL_ACTIONS, ALL_CATEGORIES
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.relations import RelationKind
from backend.care.reminders.documents import OccurrenceState
from backend.core.clock import FixedClock
from backend.identity.viewer import Channel, Role
from backend.measurements.documents import AlertDocument
from backend.notifications.catalogue import push_texts
from backend.notifications.documents import InboxItem
from backend.subscribers import build_dispatcher
from tests.bot.telegram.bot_api import BotApi, Call
from tests.bot.telegram.conftest import Bench, Father
from tests.bot.telegram.person import action, words
from tests.care.reminders.helpers import a_draft, a_reminder, occurrences
from tests.factories import a_key, bp
from tests.graphql_api.household import signed_in


async def pushed(bench: Bench, api: BotApi, clock: FixedClock, after: timedelta) -> list[Call]:
    """What the real workers send by the Bot API when so much time has passed."""
    clock.advance(after)
    before = len(api.calls)
    await bench.services.reminders.worker.drain()
    await build_dispatcher(bench.services).drain()
    await bench.services.notifications.sending.drain()
    return api.calls[before:]


async def test_a_reminders_push_is_opened_put_off_and_answered(
    father: Father, bench: Bench, api: BotApi, clock: FixedClock
) -> None:
    services, person, neutral = bench.services, father.person, push_texts()
    draft = a_draft(f"{clock.now() + timedelta(hours=9):%H:%M}")  # in an hour, in Shanghai
    await a_reminder(services, father.viewer, father.id, draft)
    [push] = await pushed(bench, api, clock, timedelta(hours=1))
    assert push.words == f"{neutral['title'].zh}：{neutral['routine'].zh}"
    assert [label for label, _ in push.buttons] == [neutral["open"].zh, neutral["later"].zh]
    opens, waits = (data for _, data in push.buttons)

    assert "30分钟后" in words(await person.presses(waits))
    [occurrence] = await occurrences(father.id)
    assert occurrence.state is OccurrenceState.LATER
    [again] = await pushed(bench, api, clock, timedelta(minutes=30))
    opened = await person.presses(action([again], neutral["open"].zh))
    assert "张建国：该用药了" in words(opened)
    assert "氨氯地平" in words(opened)
    assert await InboxItem.find({"read_at": None, "topic": "reminders"}).count() == 0
    await person.presses(action(opened, "已做"))
    [occurrence] = await occurrences(father.id)
    assert occurrence.state is OccurrenceState.TAKEN
    assert "：已做" in words(answered := await person.presses(opens))
    assert [each.buttons for each in answered if each.method == "sendMessage"] == [[]]

    # Somebody else's push, one that never was, and a resident who withdrew the consent.
    stranger = replace(person, id=2002)
    other, _ = await signed_in(services)
    code = (await services.chat_links.issue(other, Channel.TELEGRAM)).code
    await stranger.says(f"/start {code}")
    for each in (opens, waits, f"open:{ObjectId()}", "open:x"):
        heard = words(await stranger.presses(each))
        assert "氨氯地平" not in heard
        assert "没有这条消息" in heard or "过期" in heard
    [accepted] = accepted_now(Purpose.TELEGRAM)
    await services.consents.change(
        father.viewer, father.id, accepted, given=False, idempotency_key=a_key()
    )
    assert "氨氯地平" not in words(await person.presses(opens))


async def test_a_caregiver_opens_an_alert_takes_care_of_it_and_puts_off_what_is_not_urgent(
    father: Father, bench: Bench, api: BotApi, clock: FixedClock
) -> None:
    services = bench.services
    viewer, _ = await signed_in(services, Role.CAREGIVER)
    await services.access.grant(
        resident_id=father.id,
        account_id=viewer.account_id,
        kind=RelationKind.CAREGIVER,
        categories=ALL_CATEGORIES,
        actions=ALL_ACTIONS,
    )
    daughter = replace(father.person, id=3003)
    code = (await services.chat_links.issue(viewer, Channel.TELEGRAM)).code
    await daughter.says(f"/start {code}")
    await services.recording.record(
        father.viewer, father.id, bp(192, 124), idempotency_key=a_key(), confirmed=True
    )
    sent = await pushed(bench, api, clock, timedelta())
    [push] = [each for each in sent if each.parameters["chat_id"] == daughter.id]
    assert [label for label, _ in push.buttons] == ["打开"], "an emergency is not put off"
    opened = await daughter.presses(push.buttons[0][1])
    assert "张*国：家人的测量需要留意" in words(opened)
    await daughter.presses(action(opened, "我来处理"))
    [alert] = await AlertDocument.find_all().to_list()
    assert alert.acknowledged_by == viewer.account_id
    assert "我来处理" not in str(
        [each.buttons for each in await daughter.presses(push.buttons[0][1])]
    )

    draft = a_draft(f"{clock.now() + timedelta(hours=9):%H:%M}", tell_family=True)
    await a_reminder(services, father.viewer, father.id, draft)
    sent = []
    for wait in (timedelta(hours=1), timedelta(hours=2), timedelta(minutes=2)):
        sent += await pushed(bench, api, clock, wait)
    [push] = [each for each in sent if each.parameters["chat_id"] == daughter.id]
    waits = action([push], "稍后")
    assert "30分钟后" in words(await daughter.presses(waits))
    assert await pushed(bench, api, clock, timedelta(minutes=29)) == []
    [again] = await pushed(bench, api, clock, timedelta(minutes=1))
    assert (again.words, again.buttons) == (push.words, push.buttons)
    clock.advance(timedelta(days=1))
    assert "请现在打开" in words(await daughter.presses(waits))
    opened = await daughter.presses(action([again], "打开"))
    assert "张*国：家人错过了一条提醒" in words(opened)
    assert "稍后" not in str([each.buttons for each in opened])
    more = await pushed(bench, api, clock, timedelta())
    assert daughter.id not in [each.parameters["chat_id"] for each in more]
