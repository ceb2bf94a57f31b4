"""300 reminders due at once, two workers, one of which dies: ``kangban bench reminders`` short."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.bench.reminders_store import fill
from backend.care.reminders.documents import OccurrenceDocument
from backend.care.reminders.worker import ReminderWorker
from backend.core.clock import SHANGHAI, FixedClock
from backend.notifications.channels.base import SENT, Capability
from backend.notifications.documents import InboxItem
from backend.notifications.kinds import PushState
from backend.services import Services
from tests.notifications.phones import ReplacingPhone, with_phones

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
COUNT = 300


class _Phone(ReplacingPhone):
    capability = Capability(replaces=True)


async def test_none_is_lost_and_none_is_twice_when_a_worker_dies_on_either_half_of_the_way(
    services: Services, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = await fill(services, COUNT, NOON)
    await InboxItem.find_all().delete()
    clock.set(NOON)
    phones = _Phone(), _Phone()
    rooms = [with_phones(services, each) for each in phones]
    workers = [ReminderWorker(services.core, each.telling, each.recipients) for each in rooms]
    _dies(monkeypatch, rooms[0].telling, "tell", after=2)
    phones[0].answers.extend([SENT] * 60 + [asyncio.CancelledError()])
    await asyncio.gather(
        *(_until_dead(each.drain()) for each in workers),
    )
    await asyncio.gather(*(_until_dead(each.sending.drain()) for each in rooms))
    clock.advance(timedelta(seconds=21))
    await workers[1].drain()
    await rooms[1].sending.drain()
    items = await InboxItem.find_all().to_list()
    assert Counter(each.account_id for each in items) == Counter(accounts)
    assert {each.push.state for each in items} == {PushState.SENT}
    assert await OccurrenceDocument.find_all().count() == COUNT
    shown = {(address, parcel.tag) for phone in phones for address, parcel in phone.got}
    assert Counter(address for address, _ in shown) == Counter(map(str, accounts))
    assert len(phones[0].got) >= 61, "it died while sending"


async def _until_dead(work: Any) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await work


def _dies(patch: pytest.MonkeyPatch, owner: Any, name: str, *, after: int) -> None:
    """The method is cut off at its n-th call, inside of the transaction."""
    whole, calls = getattr(owner, name), 0

    async def cut(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > after:
            raise asyncio.CancelledError
        return await whole(*arguments)

    patch.setattr(owner, name, cut)
