"""Many residents with one reminder each, all due at once: copies of one made by the services."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from backend.access.consent.documents import ConsentRecord
from backend.access.contract.documents import CareTeam, Doctor
from backend.access.relations import Relation
from backend.bench.household import somebody
from backend.care.reminders.documents import DOCUMENTS as REMINDER_DOCUMENTS
from backend.care.reminders.documents import ReminderDocument
from backend.care.reminders.limits import ReminderKind
from backend.care.reminders.reminder import ReminderDraft
from backend.core.clock import SHANGHAI
from backend.core.container import DOCUMENTS as CORE_DOCUMENTS
from backend.core.database import Raw
from backend.identity.accounts import Account
from backend.identity.sessions import Session
from backend.notifications.documents import DOCUMENTS as NOTIFICATION_DOCUMENTS
from backend.notifications.documents import PushAddress
from backend.notifications.kinds import ChannelKey
from backend.services import Services

WORKER_DOCUMENTS = (
    *CORE_DOCUMENTS,
    *REMINDER_DOCUMENTS,
    *NOTIFICATION_DOCUMENTS,
    *(Relation, ConsentRecord, Account, Session, CareTeam, Doctor),
)
"""All that the two workers read and write."""

_AT_ONCE = 500


async def fill(services: Services, count: int, due: datetime) -> list[ObjectId]:
    """The accounts, each with a record, consent, a phone and a reminder due at ``due``."""
    first = await somebody(services, "reminded")
    local = due.astimezone(SHANGHAI)
    draft = ReminderDraft(
        kind=ReminderKind.MEDICATION,
        title="氨氯地平",
        times=((local - timedelta(hours=1)).time(),),
        start=local.date(),
        rule="FREQ=DAILY",
    )
    made = await services.reminders.reminders.create(
        first.viewer, first.resident_id, draft, idempotency_key="bench"
    )
    place = {"resident_id": first.resident_id}
    relation = await _one(Relation, place)
    consents = await ConsentRecord.get_pymongo_collection().find(place).to_list()
    reminder = await _one(ReminderDocument, {"_id": made.id})
    await ReminderDocument.find({"_id": made.id}).delete()
    accounts = [ObjectId() for _ in range(count)]
    for start in range(0, count, _AT_ONCE):
        some = accounts[start : start + _AT_ONCE]
        await _copies(services, some, relation, consents, {**reminder, "next_at": due})
    return accounts


async def _copies(
    services: Services,
    accounts: Sequence[ObjectId],
    relation: Raw,
    consents: Sequence[Raw],
    reminder: Raw,
) -> None:
    keys = await asyncio.gather(*(services.core.keyring.create(each) for each in accounts))
    now = services.core.clock.now()
    rows: dict[Any, list[Raw]] = {
        each: [] for each in (Relation, ConsentRecord, ReminderDocument, PushAddress)
    }
    for account_id, key in zip(accounts, keys, strict=True):
        resident_id, address_id = ObjectId(), ObjectId()
        mine = {"_id": ObjectId(), "resident_id": resident_id}
        rows[Relation].append({**relation, **mine, "account_id": account_id})
        rows[ConsentRecord] += [
            {**each, "_id": ObjectId(), "resident_id": resident_id} for each in consents
        ]
        due = {"look_at": reminder["next_at"], "_id": ObjectId()}
        rows[ReminderDocument].append({**reminder, **mine, **due})
        address = key.seal(str(account_id).encode(), f"push_addresses:{address_id}:address")
        document = PushAddress(
            account_id=account_id,
            channel=ChannelKey.FCM,
            address=address,
            mark=account_id.binary,
            created_at=now,
            used_at=now,
        )
        rows[PushAddress].append({**document.to_raw(), "_id": address_id})
    for model, raws in rows.items():
        await model.get_pymongo_collection().insert_many(raws, ordered=False)


async def _one(model: Any, query: Raw) -> Raw:
    raw: Raw | None = await model.get_pymongo_collection().find_one(query)
    assert raw is not None
    return raw
