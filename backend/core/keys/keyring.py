"""Everybody's data keys: made once, kept wrapped, opened for a short while."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Iterable
from datetime import datetime

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.core.clock import Clock
from backend.core.database import Session
from backend.core.documents import Stored
from backend.core.errors import NotFound
from backend.core.keys.box import OwnerKey
from backend.core.keys.master import MasterKey

_CACHE_SECONDS = 30.0  # how long another process may go on reading after a key was destroyed
_CACHE_SIZE = 10_000


class KeyDestroyed(NotFound):
    code = "DATA_ERASED"
    zh = "这份档案已被注销并永久清除。"
    en = "This record has been erased for good."


class DataKey(Stored):
    """``id`` is the owner's (a resident's or an account's) id."""

    wrapped: bytes | None
    created_at: datetime
    destroyed_at: datetime | None = None

    class Settings:
        name = "data_keys"


class Keyring:
    """Hands out ``OwnerKey``s and keyed hashes of identifiers."""

    def __init__(self, master: MasterKey, clock: Clock, cipher: str) -> None:
        self._master = master
        self._clock = clock
        self._cipher = cipher
        self._cache: dict[ObjectId, tuple[float, OwnerKey]] = {}
        self._blind = master.secret(b"blind-index")

    async def create(self, owner: ObjectId, session: Session | None = None) -> OwnerKey:
        """Make the owner's key; the one already there where somebody was first."""
        data_key = os.urandom(32)
        wrapped = await self._master.wrap(data_key, owner.binary)
        document = DataKey(id=owner, wrapped=wrapped, created_at=self._clock.now())
        try:
            await DataKey.get_pymongo_collection().insert_one(document.to_raw(), session=session)
        except DuplicateKeyError:
            return await self.key(owner)
        return OwnerKey(owner, data_key, self._cipher)

    async def key(self, owner: ObjectId, session: Session | None = None) -> OwnerKey:
        """The owner's key. Raises ``KeyDestroyed`` when it is gone or never was."""
        cached = self._cache.get(owner)
        if cached is not None and cached[0] > time.monotonic():
            return cached[1]
        raw = await DataKey.get_pymongo_collection().find_one({"_id": owner}, session=session)
        if raw is None or raw["wrapped"] is None:
            raise KeyDestroyed
        data_key = await self._master.unwrap(raw["wrapped"], owner.binary)
        return self._remember(owner, OwnerKey(owner, data_key, self._cipher))

    async def keys(self, owners: Iterable[ObjectId]) -> dict[ObjectId, OwnerKey]:
        """Many owners' keys in one read; whose key is gone is not among them."""
        now = time.monotonic()
        found: dict[ObjectId, OwnerKey] = {}
        missing: list[ObjectId] = []
        for owner in set(owners):
            cached = self._cache.get(owner)
            if cached is not None and cached[0] > now:
                found[owner] = cached[1]
            else:
                missing.append(owner)
        if missing:
            query = {"_id": {"$in": missing}, "wrapped": {"$ne": None}}
            async for raw in DataKey.get_pymongo_collection().find(query):
                owner = raw["_id"]
                data_key = await self._master.unwrap(raw["wrapped"], owner.binary)
                found[owner] = self._remember(owner, OwnerKey(owner, data_key, self._cipher))
        return found

    async def destroy(self, owner: ObjectId, session: Session | None = None) -> None:
        """Forget the key for good; what it sealed, backups included, is noise from now on."""
        await DataKey.get_pymongo_collection().update_one(
            {"_id": owner},
            {"$set": {"wrapped": None, "destroyed_at": self._clock.now()}},
            session=session,
        )
        self._cache.pop(owner, None)

    def blind_index(self, field: str, value: str) -> bytes:
        """Keyed hash by which an encrypted identifier can be looked up (exact match only)."""
        return hmac.digest(self._blind, f"{field}\0{value}".encode(), hashlib.sha256)

    def secret(self, purpose: bytes) -> bytes:
        return self._master.secret(purpose)

    def _remember(self, owner: ObjectId, key: OwnerKey) -> OwnerKey:
        if len(self._cache) >= _CACHE_SIZE:
            self._cache.clear()
        self._cache[owner] = (time.monotonic() + _CACHE_SECONDS, key)
        return key


async def refuse_erased(session: Session, owners: Iterable[ObjectId]) -> None:
    """Raises ``KeyDestroyed`` where one of them is erased, as the transaction sees it.

    Other processes may hold an opened key for some seconds: a write that asks here does not
    outlive the key by more than its own transaction.
    """
    gone = await DataKey.get_pymongo_collection().find_one(
        {"_id": {"$in": list(set(owners))}, "wrapped": None}, {"_id": 1}, session=session
    )
    if gone is not None:
        raise KeyDestroyed
