"""Consent for work that no viewer asks for: subscribers of events."""

from __future__ import annotations

import time
from typing import Any

import structlog
from bson import ObjectId

from backend.access.consent.errors import ConsentMissing
from backend.access.consent.purpose import Purpose
from backend.access.consent.states import ConsentStates
from backend.core.outbox import Handler, delivery_memo

log = structlog.get_logger(__name__)

_SHARED_SECONDS = 0.25
"""How long the subscribers of one event share the look at its consent: withdrawing acts within a
second, however long one of them works."""


def with_consent(handler: Handler, purpose: Purpose = Purpose.HEALTH_DATA) -> Handler:
    """The handler, for residents who consent; others' events are passed by, not tried again."""
    states = ConsentStates()

    async def handle(event: Any, entry_id: ObjectId) -> None:
        try:
            await _require(states, event.resident_id, purpose)
        except ConsentMissing:
            log.info("event passed by without consent", event_name=event.name)
        else:
            await handler(event, entry_id)

    return handle


async def _require(states: ConsentStates, resident_id: ObjectId, purpose: Purpose) -> None:
    """Raises ``ConsentMissing``. Four subscribers in a row need not read the same four times."""
    memo, which, looked = delivery_memo(), ("consent", resident_id, purpose), time.monotonic()
    given_at = memo.get(which)
    if given_at is not None and looked - given_at < _SHARED_SECONDS:
        return
    await states.require(resident_id, purpose)
    memo[which] = looked
