"""Consent as subscribers ask for it: one look for an event's subscribers, and never an old one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from bson import ObjectId

from backend.access.consent import background, states
from backend.access.consent.background import with_consent
from backend.access.consent.purpose import Purpose
from backend.archive.events import ProfileChanged
from backend.core.database import Session
from backend.core.dispatcher import Dispatcher
from backend.core.outbox import Handler
from backend.identity.viewer import Viewer
from backend.services import Services
from tests.access.consent.test_consents import change
from tests.factories import a_resident

Called = list[str]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[ObjectId, Purpose]]:
    """Every reading of a consent from the store."""
    found: list[tuple[ObjectId, Purpose]] = []
    read = states._newest

    async def noted(resident_id: ObjectId, purpose: Purpose) -> Any:
        found.append((resident_id, purpose))
        return await read(resident_id, purpose)

    monkeypatch.setattr(states, "_newest", noted)
    return found


async def publish(services: Services, *residents: ObjectId) -> None:
    async def work(session: Session) -> None:
        events = [ProfileChanged(resident_id=each) for each in residents]
        await services.core.outbox.publish(session, *events)

    await services.core.store.transaction(work)


async def an_empty_outbox(services: Services) -> tuple[Viewer, ObjectId]:
    owner, resident_id = await a_resident(services)
    await services.core.store.db["outbox"].delete_many({})
    return owner, resident_id


def listening(services: Services, *handlers: Handler) -> Dispatcher:
    dispatcher = Dispatcher(services.core.clock, services.core.changes)
    for number, handler in enumerate(handlers):
        dispatcher.subscribe(ProfileChanged, f"subscriber {number}", with_consent(handler))
    return dispatcher


def noting(called: Called, name: str) -> Handler:
    async def handler(event: ProfileChanged, _: ObjectId) -> None:
        called.append(name)

    return handler


def withdrawing(services: Services, owner: Viewer, called: Called, seconds: float) -> Handler:
    """A subscriber during which the resident withdraws, and which goes on for a while."""

    async def handler(event: ProfileChanged, _: ObjectId) -> None:
        called.append("working")
        await change(services, owner, event.resident_id, given=False)
        await asyncio.sleep(seconds)

    return handler


async def test_the_subscribers_of_an_event_share_one_look_and_the_next_event_has_its_own(
    services: Services, looks: list[tuple[ObjectId, Purpose]]
) -> None:
    _, resident_id = await an_empty_outbox(services)
    called: Called = []
    dispatcher = listening(services, *(noting(called, name) for name in "abcd"))
    await publish(services, resident_id, resident_id)
    looks.clear()
    assert await dispatcher.drain() == 2
    assert called == [*"abcd", *"abcd"]
    assert looks == [(resident_id, Purpose.HEALTH_DATA)] * 2


async def test_what_is_withdrawn_while_a_subscriber_works_long_stops_the_next_one(
    services: Services,
) -> None:
    owner, resident_id = await an_empty_outbox(services)
    called: Called = []
    long = background._SHARED_SECONDS + 0.05
    dispatcher = listening(
        services, withdrawing(services, owner, called, long), noting(called, "next")
    )
    await publish(services, resident_id)
    assert await dispatcher.drain() >= 1
    assert called == ["working"]


async def test_one_residents_consent_is_not_anothers_nor_another_purposes(
    services: Services, looks: list[tuple[ObjectId, Purpose]]
) -> None:
    _, one = await an_empty_outbox(services)
    owner, two = await an_empty_outbox(services)
    await change(services, owner, two, given=False)
    await services.core.store.db["outbox"].delete_many({})
    called: Called = []
    dispatcher = listening(services, noting(called, "any"))
    assistant = with_consent(noting(called, "assistant"), Purpose.ASSISTANT)
    dispatcher.subscribe(ProfileChanged, "assistant", assistant)
    await publish(services, one, two)
    assert await dispatcher.drain() == 2
    assert called == ["any"]


async def test_a_look_outside_of_a_delivery_is_never_shared(
    services: Services, looks: list[tuple[ObjectId, Purpose]]
) -> None:
    _, resident_id = await an_empty_outbox(services)
    called: Called = []
    handlers: list[Callable[..., Any]] = [with_consent(noting(called, name)) for name in "ab"]
    looks.clear()
    for handler in handlers:
        await handler(ProfileChanged(resident_id=resident_id), ObjectId())
    assert called == ["a", "b"]
    assert looks == [(resident_id, Purpose.HEALTH_DATA)] * 2
