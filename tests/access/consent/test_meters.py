"""A meter goes on sending when consent was withdrawn: nothing of it is taken."""

from __future__ import annotations

import pytest

from backend.access.consent.errors import ConsentMissing
from backend.access.consent.notices import current
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import Accepted
from backend.core.outbox import OutboxEntry
from backend.measurements.batch import Outcome
from backend.services import Services
from tests.factories import a_key
from tests.measurements.metering import Bound, a_bound, readings, stored_meter


async def _change(bound: Bound, *, given: bool) -> None:
    health = Accepted(Purpose.HEALTH_DATA, current(Purpose.HEALTH_DATA).version)
    await bound.services.consents.change(
        bound.viewer, bound.resident_id, health, given=given, idempotency_key=a_key()
    )


async def test_an_upload_without_consent_is_refused_and_burns_no_counter(
    services: Services,
) -> None:
    bound = await a_bound(services)
    await _change(bound, given=False)
    before = await stored_meter(bound.firmware.serial)
    events = await OutboxEntry.count()
    with pytest.raises(ConsentMissing) as refusal:
        await bound.send(1)
    assert refusal.value.data == {"purpose": "health_data", "state": "withdrawn"}
    assert await stored_meter(bound.firmware.serial) == before
    assert (await readings(), await OutboxEntry.count()) == (0, events)
    await _change(bound, given=True)
    [answer] = await bound.send(1)
    assert answer.outcome.outcome is Outcome.RECORDED
