"""From an event to what is told of it, by the rules of ``data/events.toml``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import structlog
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Category
from backend.access.consent.errors import ConsentMissing
from backend.access.consent.purpose import Purpose
from backend.access.consent.states import ConsentStates
from backend.access.relations import Relation
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.outbox import EVENTS, Event
from backend.measurements.documents import AlertDocument
from backend.measurements.draft import Kind
from backend.measurements.granted import category_of
from backend.notifications.catalogue import AccountOf, Rule, rules
from backend.notifications.kinds import Audience
from backend.notifications.recipients import Recipients
from backend.notifications.telling import Occasion, Telling

log = structlog.get_logger(__name__)

_OF_ALERT = "alert"
"""In place of a category: the one of the alert's kind of measurement."""


def told_events() -> Iterator[type[Event]]:
    """Events that somebody is told of. Raises ``KeyError`` for one that no room declares."""
    return (EVENTS[name] for name in rules())


class EventTelling:
    """The subscriber. Handed the same event again, it tells nobody twice."""

    def __init__(self, core: Core, telling: Telling, recipients: Recipients) -> None:
        self._core = core
        self._telling = telling
        self._recipients = recipients
        self._consents = ConsentStates()

    async def on_event(self, event: Event, entry_id: ObjectId) -> None:
        body = event.model_dump()
        wanted = [each for each in rules()[event.name] if each.holds(body)]
        if not await self._consented(event.resident_id):
            wanted = [each for each in wanted if not each.consent]
        occasions = await self._occasions(event, body, wanted, entry_id)
        if not occasions:
            return

        async def work(session: Session) -> int:
            return await self._telling.tell(session, occasions)

        try:
            await self._core.store.transaction(work)
        except DuplicateKeyError:
            log.info("event is being told by another worker", event_name=event.name)
            await self._core.store.transaction(work)

    async def _occasions(
        self, event: Event, body: Raw, wanted: list[Rule], entry_id: ObjectId
    ) -> list[Occasion]:
        found = await self._recipients.relations([event.resident_id])
        relations = found.get(event.resident_id, [])
        told: set[ObjectId] = set()
        occasions = []
        for rule in wanted:
            category = await self._category(rule, event, body)
            accounts = await self._accounts(rule, event, body, relations, category)
            new = [each for each in accounts if each not in told]
            told.update(new)
            if new:
                occasions.append(_occasion(rule, event, body, new, category, entry_id))
        return occasions

    async def _accounts(
        self, rule: Rule, event: Event, body: Raw, relations: list[Relation], category: Category
    ) -> list[ObjectId]:
        who = self._recipients
        if rule.to is Audience.SELF:
            accounts = who.own(relations)
        elif rule.to is Audience.ALERTS:
            accounts = who.alerted(relations, category)
        elif rule.to is Audience.DOCTORS:
            accounts = await who.doctors(relations, category)
        elif rule.to is Audience.ASKED:
            place = AccountOf(field="", collection="care_tickets", id="ticket_id")
            accounts = await who.asked(relations, await self._document(place, event, body))
        elif rule.to is Audience.OPERATORS:
            accounts = await who.operators()
        else:
            assert rule.account is not None
            accounts = await self._named(rule.account, event, body)
        if rule.but is None:
            return accounts
        without = await self._named(rule.but, event, body)
        return [each for each in accounts if each not in without]

    async def _named(self, place: AccountOf, event: Event, body: Raw) -> list[ObjectId]:
        source = body if place.collection is None else await self._document(place, event, body)
        account_id = (source or {}).get(place.field)
        return [] if account_id is None else await self._recipients.members(account_id)

    async def _document(self, place: AccountOf, event: Event, body: Raw) -> Raw | None:
        # By the collection's name: the rooms above are not known here.
        assert place.collection is not None
        assert place.id is not None
        query = {"resident_id": event.resident_id, "_id": body[place.id]}
        return await self._core.store.db[place.collection].find_one(query)

    async def _category(self, rule: Rule, event: Event, body: Raw) -> Category:
        if rule.category != _OF_ALERT:
            return Category(rule.category)
        query = {"resident_id": event.resident_id, "_id": body["alert_id"]}
        found: Any = AlertDocument.get_pymongo_collection()
        raw = await found.find_one(query, {"kind": 1})
        return Category.READINGS if raw is None else category_of(Kind(raw["kind"]))

    async def _consented(self, resident_id: ObjectId) -> bool:
        try:
            await self._consents.require(resident_id, Purpose.HEALTH_DATA)
        except ConsentMissing:
            return False
        return True


def _occasion(
    rule: Rule,
    event: Event,
    body: Raw,
    accounts: list[ObjectId],
    category: Category,
    entry_id: ObjectId,
) -> Occasion:
    about = rule.about
    return Occasion(
        key=f"event:{entry_id}",
        resident_id=event.resident_id,
        accounts=accounts,
        text=rule.text,
        topic=rule.topic,
        urgency=rule.urgency_of(body),
        category=category,
        about=(about[0], body[about[1]]) if about else None,
        strangers=rule.strangers,
        wakes=rule.wakes,
    )
