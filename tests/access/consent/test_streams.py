"""Consent withdrawn while somebody listens: the stream ends at once, and says why."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from backend.access.categories import ALL_CATEGORIES as _ALL
from backend.access.consent.notices import current
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import Accepted
from backend.services import Services
from backend.web.graphql import admit
from graphql_api.common import ids
from graphql_api.common.context import Context
from graphql_api.schema import build_schema
from tests.factories import a_key, a_resident, bp
from tests.graphql_api.household import granted, signed_in

STREAM = "subscription S($id: ID!) { readingRecorded(residentId: $id) { kind } }"


async def listen(services: Services, token: str, resident: str, heard: list[Any]) -> None:
    context = Context(services=services)
    await admit(context, f"Bearer {token}")
    results = await build_schema().stream(
        STREAM, variable_values={"id": resident}, context_value=context
    )
    async with contextlib.aclosing(results):
        async for each in results:
            heard.append(each)


@pytest.mark.parametrize("who", ["owner", "caregiver"])
async def test_withdrawing_ends_open_streams_within_a_second(services: Services, who: str) -> None:
    owner, own_token = await signed_in(services)
    _, resident_id = await a_resident(services, owner)
    _, other_token = await granted(services, resident_id, *_ALL)
    heard: list[Any] = []
    token = own_token if who == "owner" else other_token
    resident = ids.encode("Resident", resident_id)
    task = asyncio.create_task(listen(services, token, resident, heard))
    for _ in range(100):  # until the stream is open, its first reading is heard
        if heard:
            break
        await services.recording.record(owner, resident_id, bp(), idempotency_key=a_key())
        await asyncio.sleep(0.05)
    assert heard
    assert heard[0].errors is None
    before = len(heard)
    health = Accepted(Purpose.HEALTH_DATA, current(Purpose.HEALTH_DATA).version)
    await services.consents.change(owner, resident_id, health, given=False, idempotency_key=a_key())
    await asyncio.wait_for(task, 5)  # seconds: the machine may be busy; the event comes at once
    codes = [each.extensions["code"] for one in heard[before:] for each in one.errors or ()]
    assert codes[-1:] == ["CONSENT_MISSING"]
