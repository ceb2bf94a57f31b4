"""From waiting items to phones: order, quiet hours, bundles, retries, crashes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from beanie import PydanticObjectId
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from backend.access.categories import Category
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.core.clock import SHANGHAI, FixedClock
from backend.core.database import Session
from backend.core.outbox import EVENTS, Event
from backend.identity.viewer import Language, Viewer
from backend.notifications.catalogue import Rule, push_texts, rules
from backend.notifications.channels.base import Answer, Result
from backend.notifications.choices import Change
from backend.notifications.documents import InboxItem, PushAddress
from backend.notifications.errors import ChoicesChanged, ChoicesInvalid, TopicAlwaysOn
from backend.notifications.kinds import ChannelKey, PushState, Urgency
from backend.notifications.quiet import quiet_until
from backend.notifications.telling import Occasion
from backend.notifications.wiring import Notifications
from backend.services import Services
from tests.factories import a_key, a_resident
from tests.graphql_api.household import signed_in
from tests.notifications.phones import (
    CountingPhone,
    ReplacingPhone,
    SayingPhone,
    reachable,
    with_phones,
)

LATER = Answer(Result.LATER)


async def tell(
    room: Notifications,
    services: Services,
    owner: Viewer,
    resident_id: ObjectId,
    *keys: str,
    urgency: Urgency = Urgency.IMPORTANT,
    topic: str = "reports",
    wakes: bool = False,
) -> list[ObjectId]:
    """Items in the owner's inbox, one a key; their ids."""
    occasions = [
        Occasion(
            key=key,
            resident_id=resident_id,
            accounts=[owner.account_id],
            text="report_ready",
            topic=topic,
            urgency=urgency,
            category=Category.REPORTS,
            wakes=wakes,
        )
        for key in keys
    ]

    async def work(session: Session) -> int:
        return await room.telling.tell(session, occasions)

    assert await services.core.store.transaction(work) == len(keys)
    query = {"account_id": owner.account_id, "occasion": {"$in": list(keys)}}
    return [each.id async for each in InboxItem.find(query).sort("_id")]


async def push_of(item_id: ObjectId) -> Any:
    item = await InboxItem.get(item_id)
    assert item is not None
    return item.push


async def consent(
    services: Services, owner: Viewer, resident_id: ObjectId, purpose: Purpose
) -> None:
    [accepted] = accepted_now(purpose)
    await services.consents.change(
        owner, resident_id, accepted, given=True, idempotency_key=a_key()
    )


async def test_the_first_channel_that_takes_it_is_enough_and_an_emergency_goes_by_all(
    services: Services,
) -> None:
    fcm, telegram = ReplacingPhone(), SayingPhone()
    room = with_phones(services, fcm, telegram)
    owner, resident_id = await a_resident(services)
    for phone in (fcm, telegram):
        await reachable(services.core, room, owner.account_id, phone)
    [without_consent] = await tell(room, services, owner, resident_id, "a")
    await room.sending.drain()
    assert (fcm.tags, telegram.tags) == ([], [str(without_consent)])
    await consent(services, owner, resident_id, Purpose.FCM)
    [first] = await tell(room, services, owner, resident_id, "b")
    await room.sending.drain()
    assert (fcm.tags, len(telegram.tags)) == ([str(first)], 1)
    [alarm] = await tell(
        room, services, owner, resident_id, "c", urgency=Urgency.EMERGENCY, topic="health_alerts"
    )
    await room.sending.drain()
    assert fcm.tags[-1] == telegram.tags[-1] == str(alarm)
    found = await push_of(alarm)
    assert (found.state, sorted(found.sent)) == (PushState.SENT, ["fcm", "telegram"])
    assert await room.sending.step() == 0


async def test_what_a_channel_refuses_goes_by_the_next_and_dead_addresses_are_removed(
    services: Services,
) -> None:
    fcm, telegram = ReplacingPhone(), SayingPhone()
    room = with_phones(services, fcm, telegram)
    owner, resident_id = await a_resident(services)
    await consent(services, owner, resident_id, Purpose.FCM)
    for phone in (fcm, telegram):
        await reachable(services.core, room, owner.account_id, phone)
    fcm.answers.append(Answer(Result.REFUSED))
    [refused] = await tell(room, services, owner, resident_id, "refused")
    await room.sending.drain()
    assert telegram.tags == [str(refused)]
    assert await PushAddress.find_all().count() == 2
    fcm.answers.append(Answer(Result.GONE))
    [gone] = await tell(room, services, owner, resident_id, "gone")
    await room.sending.drain()
    assert telegram.tags == [str(refused), str(gone)]
    assert [each.channel async for each in PushAddress.find_all()] == [ChannelKey.TELEGRAM]
    telegram.answers.append(Answer(Result.GONE))
    [lost] = await tell(room, services, owner, resident_id, "lost")
    await room.sending.drain()
    assert (await push_of(lost)).state is PushState.FAILED
    [nowhere] = await tell(room, services, owner, resident_id, "nowhere")
    await room.sending.drain()
    assert (await push_of(nowhere)).state is PushState.NO_CHANNEL
    assert len(fcm.got) == 2


async def test_a_busy_channel_is_tried_again_when_it_asks_to_be_and_given_up_at_last(
    services: Services, clock: FixedClock
) -> None:
    phone = SayingPhone()
    room = with_phones(services, phone)
    owner, resident_id = await a_resident(services)
    await reachable(services.core, room, owner.account_id, phone)
    phone.answers.append(Answer(Result.LATER, timedelta(seconds=90)))
    [item] = await tell(room, services, owner, resident_id, "a")
    await room.sending.drain()
    clock.advance(timedelta(seconds=89))
    assert await room.sending.step() == 0
    clock.advance(timedelta(seconds=1))
    await room.sending.drain()
    found = await push_of(item)
    assert (found.state, [each.result for each in found.history]) == (
        PushState.SENT, ["later", "sent"],
    )  # fmt: skip
    phone.answers.extend([LATER] * 5)
    [never] = await tell(room, services, owner, resident_id, "b")
    for _ in range(5):
        await room.sending.drain()
        clock.advance(timedelta(minutes=16))
    await room.sending.drain()
    assert (await push_of(never)).state is PushState.FAILED
    assert len(phone.got) == 7


async def test_a_worker_that_dies_while_sending_leaves_no_second_message(
    services: Services, clock: FixedClock
) -> None:
    """By a channel that replaces it is sent again, by another never: the inbox has it."""
    fcm, telegram = ReplacingPhone(), SayingPhone()
    room = with_phones(services, fcm, telegram)
    owner, resident_id = await a_resident(services)
    await consent(services, owner, resident_id, Purpose.FCM)
    await reachable(services.core, room, owner.account_id, fcm)
    fcm.answers.append(asyncio.CancelledError())
    [item] = await tell(room, services, owner, resident_id, "a", topic="privacy")
    with pytest.raises(asyncio.CancelledError):
        await room.sending.step()
    assert (await push_of(item)).sending == [ChannelKey.FCM]
    assert await with_phones(services, fcm, telegram).sending.step() == 0, "the lease holds"
    clock.advance(timedelta(seconds=21))
    await with_phones(services, fcm, telegram).sending.drain()
    assert fcm.tags == [str(item)] * 2, "the same tag: shown once"
    assert (await push_of(item)).state is PushState.SENT
    await PushAddress.find_all().delete()
    await reachable(services.core, room, owner.account_id, telegram)
    telegram.answers.append(asyncio.CancelledError())
    [said] = await tell(room, services, owner, resident_id, "b", topic="privacy")
    with pytest.raises(asyncio.CancelledError):
        await room.sending.step()
    clock.advance(timedelta(seconds=21))
    await with_phones(services, fcm, telegram).sending.drain()
    assert telegram.tags == [str(said)]
    assert (await push_of(said)).state is PushState.UNKNOWN


async def test_two_workers_hand_over_each_item_once(services: Services) -> None:
    phone = SayingPhone()
    owner, resident_id = await a_resident(services)
    rooms = [with_phones(services, phone) for _ in range(3)]
    await reachable(services.core, rooms[0], owner.account_id, phone)
    keys = [f"k{number}" for number in range(120)]
    items = await tell(rooms[0], services, owner, resident_id, *keys)
    done = await asyncio.gather(*(each.sending.drain() for each in rooms))
    assert sum(done) == 120
    assert sorted(phone.tags) == sorted(map(str, items))


async def test_quiet_hours_hold_back_all_but_emergencies_and_bundle_what_waited(
    services: Services, clock: FixedClock
) -> None:
    phone = SayingPhone()
    room = with_phones(services, phone)
    owner, resident_id = await a_resident(services)
    await reachable(services.core, room, owner.account_id, phone)
    clock.set(datetime(2026, 11, 21, 23, 30, tzinfo=SHANGHAI))
    night = await tell(room, services, owner, resident_id, "a", "b", "c", urgency=Urgency.ROUTINE)
    clock.advance(timedelta(minutes=2))
    await room.sending.drain()
    assert phone.got == []
    [alarm] = await tell(
        room, services, owner, resident_id, "x", urgency=Urgency.EMERGENCY, topic="health_alerts"
    )
    [own] = await tell(room, services, owner, resident_id, "own", wakes=True)
    await room.sending.drain()
    assert sorted(phone.tags) == sorted([str(alarm), str(own)])
    phone.got.clear()
    clock.set(datetime(2026, 11, 22, 6, 59, tzinfo=SHANGHAI))
    assert await room.sending.drain() == 0
    clock.advance(timedelta(minutes=1))
    await room.sending.drain()
    [(_, parcel)] = phone.got
    assert (parcel.count, parcel.text) == (3, "您有 3 条新的健康提醒")
    states = [(await push_of(each)).state for each in night]
    assert sorted(states) == [PushState.BUNDLED, PushState.BUNDLED, PushState.SENT]


async def test_routine_news_of_one_account_waits_for_company_and_comes_as_one(
    services: Services, clock: FixedClock
) -> None:
    phone = SayingPhone()
    room = with_phones(services, phone)
    owner, resident_id = await a_resident(services)
    await reachable(services.core, room, owner.account_id, phone)
    await tell(room, services, owner, resident_id, "a", urgency=Urgency.ROUTINE)
    clock.advance(timedelta(seconds=45))
    await tell(room, services, owner, resident_id, "b", urgency=Urgency.ROUTINE)
    assert await room.sending.drain() == 0
    clock.advance(timedelta(seconds=15))
    await room.sending.drain()
    assert [parcel.count for _, parcel in phone.got] == [2]
    clock.advance(timedelta(minutes=2))
    assert await room.sending.drain() == 0


async def test_what_was_read_or_is_old_is_no_news_and_a_muted_topic_stays_in_the_inbox(
    services: Services, clock: FixedClock
) -> None:
    phone = SayingPhone()
    room = with_phones(services, phone)
    owner, resident_id = await a_resident(services)
    await reachable(services.core, room, owner.account_id, phone)
    [read] = await tell(room, services, owner, resident_id, "read")
    await room.inbox.mark_read(owner, [read])
    await room.sending.drain()
    [old] = await tell(room, services, owner, resident_id, "old")
    clock.advance(timedelta(hours=49))  # a clock that jumps, or a worker that was away
    await room.sending.drain()
    await room.choices.change(owner, Change(muted=("reports",)), version=1)
    [muted] = await tell(room, services, owner, resident_id, "muted")
    await room.sending.drain()
    found = [(await push_of(each)).state for each in (read, old, muted)]
    assert found == [PushState.READ, PushState.LATE, PushState.MUTED]
    assert phone.got == []
    assert len((await room.inbox.page(owner, first=10)).items) == 3


async def test_a_counted_channel_sends_as_often_as_was_allowed(services: Services) -> None:
    phone = CountingPhone()
    room = with_phones(services, phone)
    owner, resident_id = await a_resident(services)
    await reachable(services.core, room, owner.account_id, phone)
    [address] = await room.addresses.of(owner)
    await tell(room, services, owner, resident_id, "none")
    await room.sending.drain()
    assert phone.got == []
    assert await room.addresses.allow(owner, address.id, "reminder") == 1
    assert await room.addresses.allow(owner, address.id, "reminder") == 2
    for key in ("a", "b", "c"):
        await tell(room, services, owner, resident_id, key)
        await room.sending.drain()
    assert len(phone.got) == 2
    await room.addresses.allow(owner, address.id, "reminder")
    phone.answers.append(Answer(Result.SPENT))
    [spent] = await tell(room, services, owner, resident_id, "d")
    await room.sending.drain()
    assert (await push_of(spent)).state is PushState.FAILED
    [after] = await room.addresses.of(owner)
    assert after.quota == {"reminder": 0}


async def test_choices_are_language_order_and_topics_and_safety_cannot_be_switched_off(
    services: Services, clock: FixedClock
) -> None:
    fcm, telegram = ReplacingPhone(), SayingPhone()
    room = with_phones(services, fcm, telegram)
    owner, resident_id = await a_resident(services)
    await consent(services, owner, resident_id, Purpose.FCM)
    for phone in (fcm, telegram):
        await reachable(services.core, room, owner.account_id, phone)
    change = Change(
        language=Language.EN,
        time_zone="America/New_York",
        order=(ChannelKey.TELEGRAM, ChannelKey.FCM),
        channels={"circle": (ChannelKey.FCM,)},
    )
    chosen = await room.choices.change(owner, change, version=1)
    assert chosen.version == 2
    clock.set(datetime(2026, 11, 21, 15, 0, tzinfo=UTC))  # 10:00 in New York, 23:00 in Shanghai
    await tell(room, services, owner, resident_id, "a")
    await tell(room, services, owner, resident_id, "b", topic="circle")
    await room.sending.drain()
    assert [parcel.text for _, parcel in telegram.got] == [push_texts()["important"].en]
    assert len(fcm.got) == 1
    with pytest.raises(ChoicesChanged):
        await room.choices.change(owner, Change(quiet=False), version=1)
    with pytest.raises(TopicAlwaysOn):
        await room.choices.change(owner, Change(muted=("privacy",)), version=2)
    for bad in (
        Change(time_zone="Mars/Olympus"),
        Change(time_zone="../../etc/passwd"),
        Change(quiet_from=1_441),
        Change(muted=("nothing",)),
        Change(channels={"nothing": ()}),
    ):
        with pytest.raises(ChoicesInvalid):
            await room.choices.change(owner, bad, version=2)
    assert await room.choices.of(owner.account_id) == chosen


async def test_a_phone_that_was_signed_out_or_given_away_gets_nothing(
    services: Services,
) -> None:
    phone = ReplacingPhone()
    room = with_phones(services, phone)
    owner, _ = await signed_in(services)
    _, resident_id = await a_resident(services, owner)
    await consent(services, owner, resident_id, Purpose.FCM)
    await room.addresses.register(owner, ChannelKey.FCM, "the-phone")
    await tell(room, services, owner, resident_id, "a")
    await room.sending.drain()
    assert len(phone.got) == 1
    buyer, _ = await signed_in(services)
    await room.addresses.register(buyer, ChannelKey.FCM, "the-phone")
    assert await room.addresses.of(owner) == []
    await room.addresses.register(owner, ChannelKey.FCM, "new-phone")
    await services.identity.sign_out(owner)
    await tell(room, services, owner, resident_id, "b")
    await room.sending.drain()
    assert len(phone.got) == 1
    stored = await services.core.store.db["push_addresses"].find_one({})
    assert stored is not None
    assert b"phone" not in stored["address"] + stored["mark"]


async def test_no_event_of_any_kind_puts_anything_but_neutral_words_on_a_phone(
    services: Services, clock: FixedClock
) -> None:
    """Every event that is told, through the real subscriber and the real worker."""
    phone = SayingPhone()
    room = with_phones(services, phone)
    owner, resident_id = await a_resident(services)
    address = await reachable(services.core, room, owner.account_id, phone)
    await room.choices.change(owner, Change(quiet=False), version=1)
    neutral = {each.zh for each in push_texts().values()}
    for name, some in rules().items():
        for codes in _told_by(some):
            event = _an_event(EVENTS[name], resident_id, codes)
            await room.events.on_event(event, ObjectId())
            clock.advance(timedelta(minutes=6))
            await room.sending.drain()
    told = {each.text async for each in InboxItem.find({"account_id": owner.account_id})}
    own = {rule.text for some in rules().values() for rule in some if rule.to.value == "self"}
    assert own - told <= {"report_ready"}, "failed in this walk"
    assert len(phone.got) >= len(own) - 1
    for to, parcel in phone.got:
        assert to == address
        assert {parcel.title, parcel.text} <= neutral


_MOST = {"level": "3", "urgency": "urgent", "stage": "duty", "state": "answered"}


def _told_by(some: Iterable[Rule]) -> Iterable[dict[str, str]]:
    """The codes by which most is told, and those that one of the lines waits for."""
    yield _MOST
    for rule in some:
        when = rule.when
        if when is not None and when.one_of and not when.holds(_MOST):
            yield _MOST | {when.field: when.one_of[0]}


_PLAIN: dict[Any, Any] = {int: 2026, bool: False}


def _an_event(kind: type[Event], resident_id: ObjectId, codes: Mapping[str, str]) -> Event:
    """Ids for ids, and these codes."""
    body: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        shape = str(field.annotation)
        if "ObjectId" in shape:
            body[name] = (PydanticObjectId(),) if "tuple" in shape else PydanticObjectId()
        else:
            body[name] = _PLAIN.get(field.annotation, codes.get(name, "2026-12-31"))
    body["resident_id"] = PydanticObjectId(resident_id)
    return kind(**body)


_NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-08T01:00:00-05:00", "2026-03-08T07:00:00-04:00"),  # an hour is skipped
        ("2026-11-01T01:30:00-04:00", "2026-11-01T07:00:00-05:00"),  # an hour comes twice
        ("2026-11-01T01:30:00-05:00", "2026-11-01T07:00:00-05:00"),
        ("2026-06-01T22:00:00-04:00", "2026-06-02T07:00:00-04:00"),
        ("2026-06-01T21:59:00-04:00", None),
        ("2026-06-01T07:00:00-04:00", None),
    ],
)
def test_quiet_hours_end_by_the_wall_clock_also_when_clocks_change(
    now: str, until: str | None
) -> None:
    found = quiet_until(datetime.fromisoformat(now), _NEW_YORK, 22 * 60, 7 * 60)
    assert found == (datetime.fromisoformat(until) if until else None)


@given(
    st.integers(0, 10**9).map(
        lambda past: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=past / 3)
    ),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Pacific/Apia", "Europe/Dublin"]),
    st.integers(0, 1_440),
    st.integers(0, 1_440),
)
def test_quiet_hours_always_end_within_a_day_or_so(
    now: datetime, name: str, since: int, until: int
) -> None:
    end = quiet_until(now, ZoneInfo(name), since, until)
    assert end is None or now < end <= now + timedelta(hours=26)
    assert since != until or end is None
