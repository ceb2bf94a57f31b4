"""Consent for work that no viewer asks for: subscribers of events."""

from __future__ import annotations

from typing import Any

import structlog
from bson import ObjectId

from backend.access.consent.errors import ConsentMissing
from backend.access.consent.purpose import Purpose
from backend.access.consent.states import ConsentStates
from backend.core.outbox import Handler

log = structlog.get_logger(__name__)


def with_consent(handler: Handler, purpose: Purpose = Purpose.HEALTH_DATA) -> Handler:
    """The handler, for residents who consent; others' events are passed by, not tried again."""
    states = ConsentStates()

    async def handle(event: Any, entry_id: ObjectId) -> None:
        try:
            await states.require(event.resident_id, purpose)
        except ConsentMissing:
            log.info("event passed by without consent", event_name=event.name)
        else:
            await handler(event, entry_id)

    return handle
