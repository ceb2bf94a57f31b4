"""Everything of ``core`` that services are given, in one frozen object."""

from __future__ import annotations

from dataclasses import dataclass

from backend.core.blobs import Blobs, GridFSBlobs
from backend.core.changes import Changes
from backend.core.clock import Clock, SystemClock
from backend.core.database import Store
from backend.core.history import History, PastVersion
from backend.core.idempotency import Idempotency, IdempotentAnswer
from backend.core.keys import DataKey, Keyring, MasterKey
from backend.core.migrations import AppliedMigration
from backend.core.outbox import Outbox, OutboxEntry
from backend.core.settings import Settings

DOCUMENTS = (DataKey, OutboxEntry, AppliedMigration, PastVersion, IdempotentAnswer)
"""The documents that core itself stores."""


@dataclass(frozen=True, slots=True)
class Core:
    settings: Settings
    clock: Clock
    store: Store
    keyring: Keyring
    outbox: Outbox
    changes: Changes
    history: History
    idempotency: Idempotency
    blobs: Blobs

    async def close(self) -> None:
        await self.changes.close()
        await self.store.close()


def build_core(
    settings: Settings, store: Store, master: MasterKey, clock: Clock | None = None
) -> Core:
    clock = clock or SystemClock()
    keyring = Keyring(master, clock, settings.cipher)
    return Core(
        settings=settings,
        clock=clock,
        store=store,
        keyring=keyring,
        outbox=Outbox(clock),
        changes=Changes(store),
        history=History(clock),
        idempotency=Idempotency(store, clock, keyring.secret(b"idempotency")),
        blobs=GridFSBlobs(store, keyring),
    )
