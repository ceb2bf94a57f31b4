"""From an event to inboxes: who is told, once, and never with health content."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.circle.events import LinkEnded
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.errors import AccessDenied
from backend.access.relations import Relation, RelationKind
from backend.core.clock import FixedClock
from backend.core.outbox import EVENTS
from backend.documents import DOCUMENTS
from backend.identity.viewer import Language, Role
from backend.main import build_dispatcher
from backend.measurements.events import AlertRaised
from backend.notifications.catalogue import Rule, inbox_texts, push_texts, rules
from backend.notifications.channels.base import Parcel
from backend.notifications.documents import InboxItem
from backend.notifications.errors import InboxItemNotFound
from backend.notifications.kinds import Urgency
from backend.privacy.events import DeletionRequested
from backend.privacy.owned import Owned
from backend.services import Services
from tests.factories import a_caregiver, a_key, a_resident, at, bp
from tests.graphql_api.household import signed_in

_NEUTRAL = {each.of(language) for each in push_texts().values() for language in Language}
_HEALTH_WORDS = {
    *("血压", "血糖", "心率", "体重", "药", "疫苗", "复查", "测量", "报告", "医生", "疾病", "随访"),
    *("blood", "glucose", "heart", "weight", "medicine", "vaccin", "report", "doctor", "re-check"),
}


async def test_an_alert_reaches_the_resident_family_who_may_and_their_doctor(
    services: Services,
) -> None:
    owner, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    looks_only = await a_caregiver(services, resident_id, actions=frozenset({Action.VIEW}))
    of_reports = await a_caregiver(services, resident_id, categories=frozenset({Category.REPORTS}))
    doctor, _ = await signed_in(services, Role.FAMILY_DOCTOR)
    was_doctor, _ = await signed_in(services)
    for each in (doctor, was_doctor):
        await services.access.grant(
            resident_id=resident_id, account_id=each.account_id, kind=RelationKind.DOCTOR
        )
    await services.recording.record(
        owner, resident_id, bp(192, 124), idempotency_key=a_key(), confirmed=True
    )
    await build_dispatcher(services).drain()
    told = {each.account_id: each async for each in InboxItem.find({"topic": {"$ne": "points"}})}
    assert set(told) == {owner.account_id, daughter.account_id, doctor.account_id}
    assert told[owner.account_id].urgency is Urgency.EMERGENCY
    assert told[daughter.account_id].text == "alert_of_family"
    assert told[doctor.account_id].topic == "doctor_work"
    assert told[owner.account_id].about is not None
    assert (await services.alerts.get(
        owner, resident_id, ObjectId(told[owner.account_id].about[1])
    )).level == 3  # fmt: skip
    for each in (looks_only, of_reports, was_doctor):
        assert (await services.notifications.inbox.page(each, first=10)).items == []


async def test_the_same_event_handed_over_again_tells_nobody_twice(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    event = AlertRaised(
        resident_id=PydanticObjectId(resident_id), alert_id=PydanticObjectId(), level="2"
    )
    entry_id = ObjectId()
    await services.notifications.events.on_event(event, entry_id)
    first = await InboxItem.find_one({"account_id": owner.account_id})
    await services.notifications.events.on_event(event, entry_id)
    assert await InboxItem.find_all().to_list() == [first]
    await services.notifications.events.on_event(event, ObjectId())
    assert await InboxItem.find_all().count() == 2


async def test_without_consent_to_health_data_only_rights_are_told(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    [accepted] = accepted_now(Purpose.HEALTH_DATA)
    await services.consents.change(
        owner, resident_id, accepted, given=False, idempotency_key=a_key()
    )
    resident = PydanticObjectId(resident_id)
    tell = services.notifications.events.on_event
    await tell(
        AlertRaised(resident_id=resident, alert_id=PydanticObjectId(), level="4"), ObjectId()
    )
    assert await InboxItem.find_all().count() == 0
    await tell(DeletionRequested(resident_id=resident, erasure_id=PydanticObjectId()), ObjectId())
    [item] = await InboxItem.find_all().to_list()
    assert (item.text, item.urgency) == ("deletion_requested", Urgency.EMERGENCY)


async def test_whose_grant_ended_keeps_nothing_it_told_and_strangers_see_nothing(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id, valid_until=clock.now() + timedelta(days=1))
    resident = PydanticObjectId(resident_id)
    event = AlertRaised(resident_id=resident, alert_id=PydanticObjectId(), level="3")
    await services.notifications.events.on_event(event, ObjectId())
    inbox = services.notifications.inbox
    [item] = (await inbox.page(daughter, first=10)).items
    with pytest.raises(InboxItemNotFound):
        await inbox.mark_read(owner, [item.id])
    assert await inbox.unread(daughter) == {"health_alerts": 1}
    clock.advance(timedelta(days=2))
    daughter.memo.clear()
    assert (await inbox.page(daughter, first=10)).items == []
    with pytest.raises(InboxItemNotFound):
        await inbox.get(daughter, item.id)
    relation = await Relation.find_one({"account_id": daughter.account_id})
    assert relation is not None
    ended = LinkEnded(resident_id=resident, relation_id=relation.id)
    await services.notifications.on_link_ended(ended, ObjectId())
    assert await inbox.unread(daughter) == {}
    assert await inbox.unread(owner) == {"health_alerts": 1}


async def test_a_page_is_marked_read_and_counted_by_topic(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    for level in ("1", "2", "3"):
        event = AlertRaised(
            resident_id=PydanticObjectId(resident_id), alert_id=PydanticObjectId(), level=level
        )
        await services.notifications.events.on_event(event, ObjectId())
    inbox = services.notifications.inbox
    page = await inbox.page(owner, first=2)
    assert [each.urgency for each in page.items] == [Urgency.EMERGENCY, Urgency.IMPORTANT]
    assert page.has_next
    rest = await inbox.page(owner, first=2, after=page.cursor(page.items[-1]))
    assert [each.urgency for each in rest.items] == [Urgency.ROUTINE]
    assert await inbox.mark_read(owner, [page.items[0].id]) == 1
    assert await inbox.mark_read(owner, [page.items[0].id]) == 0
    assert await inbox.unread(owner) == {"health_alerts": 2}
    assert await inbox.mark_all_read(owner, "points") == 0
    assert await inbox.mark_all_read(owner) == 2
    assert await inbox.unread(owner) == {}


@pytest.mark.parametrize("name", sorted(rules()))
def test_every_rule_names_an_event_its_fields_and_words(name: str) -> None:
    fields = set(EVENTS[name].model_fields)
    for rule in rules()[name]:
        named = [rule.when.field] if rule.when else []
        named += [rule.by["field"]] if rule.by else []
        named += [rule.about[1]] if rule.about else []
        for place in (rule.account, rule.but):
            if place is not None:
                named.append(place.field if place.collection is None else str(place.id))
        assert set(named) <= fields, rule
        assert rule.category == "alert" or Category(rule.category)
        assert rule.to.value != "asked" or "ticket_id" in fields


def test_nothing_of_health_leaves_by_a_push_for_any_event_and_any_template() -> None:
    """All that a channel is told of an item is in its parcel: urgency, count, language."""
    for urgency in Urgency:
        for language in Language:
            for count in (1, 2, 99):
                parcel = Parcel(
                    tag="6" * 24,
                    urgency=urgency,
                    count=count,
                    language=language,
                    at=at("2026-11-21"),
                )
                shape = parcel.text.replace(str(count), "{count}") if count > 1 else parcel.text
                labels = [each.label for each in parcel.buttons]
                assert {shape, parcel.title, *labels} <= _NEUTRAL
                # The same below all but emergencies, whatever they are about.
                assert len(labels) == (1 if urgency is Urgency.EMERGENCY else 2)
                assert {each.action.partition(":")[2] for each in parcel.buttons} == {parcel.tag}
    for text in _NEUTRAL:
        assert not [word for word in _HEALTH_WORDS if word in text.lower()], text
    told = set(Parcel.__dataclass_fields__)
    assert told == {"tag", "urgency", "count", "language", "at"}


def test_each_item_has_words_in_both_languages_and_no_room_for_values() -> None:
    for text in inbox_texts().values():
        assert text.zh
        assert text.en
        assert "{" not in text.zh + text.en
    used = {rule.text for some in rules().values() for rule in some}
    assert used <= set(inbox_texts())
    assert {each for each in inbox_texts() if not each.startswith("reminder_")} == used


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"to": "self", "text": "alert", "topic": "nothing", "urgency": "routine"}, "no topic"),
        ({"to": "self", "text": "nothing", "topic": "points", "urgency": "routine"}, "no words"),
        ({"to": "self", "text": "alert", "topic": "points"}, "either urgency or by"),
        ({"to": "account", "text": "alert", "topic": "points", "urgency": "routine"}, "account"),
        ({"to": "all", "text": "alert", "topic": "points", "urgency": "routine"}, "Input should"),
        ({"to": "self", "text": "alert", "topic": "points", "urgency": "routine", "x": 1}, "x"),
    ],
)
def test_a_table_with_a_mistake_is_refused_with_the_reason(line: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Rule.model_validate_json(json.dumps(line))


async def test_items_about_an_erased_resident_are_in_no_inbox(services: Services) -> None:
    owner, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    event = AlertRaised(
        resident_id=PydanticObjectId(resident_id), alert_id=PydanticObjectId(), level="2"
    )
    await services.notifications.events.on_event(event, ObjectId())
    assert await InboxItem.find({"account_id": daughter.account_id}).count() == 1
    gone = await Owned(services.core.store, DOCUMENTS).delete(resident_id)
    assert gone["inbox_items"] == 2
    assert await InboxItem.find_all().count() == 0
    with pytest.raises(AccessDenied):
        await services.alerts.page(owner, resident_id, first=1)
