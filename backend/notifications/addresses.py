"""Where accounts can be reached, and what keeps an address good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId

from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.keys import OwnerKey
from backend.identity.sessions import Session as SignedIn
from backend.identity.viewer import Language, Viewer
from backend.notifications.catalogue import limits
from backend.notifications.channels.base import Channel
from backend.notifications.documents import PushAddress
from backend.notifications.errors import (
    ChannelNotForYou,
    ChannelUnavailable,
    PushAddressInvalid,
    PushAddressNotFound,
)
from backend.notifications.kinds import ChannelKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One address, opened, for the worker that sends."""

    id: ObjectId
    channel: ChannelKey
    address: str
    language: Language
    quota: Mapping[str, int]


class Addresses:
    """An address belongs to one account: registered by another, it is theirs (a phone sold)."""

    def __init__(self, core: Core, channels: Mapping[ChannelKey, Channel]) -> None:
        self._core = core
        self._channels = channels

    @property
    def offered(self) -> list[ChannelKey]:
        """The channels that this server's settings switch on."""
        return [each for each in ChannelKey if each in self._channels]

    async def register(self, viewer: Viewer, key: ChannelKey, given: str) -> PushAddress:
        """The viewer's own, bound to this session. Raises ``ChannelUnavailable``,
        ``ChannelNotForYou``, ``PushAddressInvalid`` and the channel's errors."""
        channel = self._channel(key)
        if not viewer.roles & channel.capability.registers:
            raise ChannelNotForYou(channel=key.value)
        if len(given) > limits()["addresses"]["longest"]:
            raise PushAddressInvalid
        address = await channel.address_of(viewer, given)
        return await self.put(
            viewer.account_id, key, address, viewer.language, session_id=viewer.session_id
        )

    async def put(
        self,
        account_id: ObjectId,
        key: ChannelKey,
        address: str,
        language: Language = Language.ZH,
        *,
        session_id: ObjectId | None = None,
    ) -> PushAddress:
        """For who proved it otherwise (the Telegram bot's link)."""
        owner = await self._core.keyring.key(account_id)
        now = self._core.clock.now()
        mark = self._core.keyring.blind_index(f"push:{key.value}", address)
        document = PushAddress(
            account_id=PydanticObjectId(account_id),
            channel=key,
            address=b"",
            mark=mark,
            session_id=PydanticObjectId(session_id) if session_id else None,
            language=language,
            created_at=now,
            used_at=now,
        )
        document.address = owner.seal(address.encode(), _place(document.id))

        async def work(session: Session) -> PushAddress:
            return await self._replace(document, session)

        return await self._core.store.transaction(work)

    async def of(self, viewer: Viewer) -> list[PushAddress]:
        """The viewer's own, newest first; what is in them stays sealed."""
        return await PushAddress.find({"account_id": viewer.account_id}).sort("-_id").to_list()

    async def remove(self, viewer: Viewer, address_id: ObjectId) -> None:
        """Raises ``PushAddressNotFound``."""
        query = {"_id": address_id, "account_id": viewer.account_id}
        if not (await _collection().delete_one(query)).deleted_count:
            raise PushAddressNotFound

    async def unlink(self, account_id: ObjectId, key: ChannelKey) -> int:
        """For the bot: the account left. How many addresses that were."""
        query = {"account_id": account_id, "channel": key.value}
        return int((await _collection().delete_many(query)).deleted_count)

    async def allow(self, viewer: Viewer, address_id: ObjectId, template: str) -> int:
        """One message more of the template, as the person just agreed; how many there are.

        Raises ``PushAddressNotFound``.
        """
        most = limits()["wechat"]["most_quota"]
        query: Raw = {"_id": address_id, "account_id": viewer.account_id}
        path = f"quota.{template}"
        more = {"$set": {path: {"$min": [most, {"$add": [{"$ifNull": [f"${path}", 0]}, 1]}]}}}
        raw = await _collection().find_one_and_update(query, [more], return_document=True)
        if raw is None:
            raise PushAddressNotFound
        return int(raw["quota"][template])

    async def reach(self, account_ids: Collection[ObjectId]) -> dict[ObjectId, list[Reach]]:
        """Good addresses by account: the channel is on, the device still signed in."""
        offered = [each.value for each in self.offered]
        query = {"account_id": {"$in": list(account_ids)}, "channel": {"$in": offered}}
        rows = await PushAddress.find(query).sort("-used_at").to_list()
        if not rows:
            return {}
        ended = await self._ended({each.session_id for each in rows if each.session_id})
        keys = await self._core.keyring.keys({each.account_id for each in rows})
        found: dict[ObjectId, list[Reach]] = defaultdict(list)
        for each in rows:
            if each.session_id not in ended and each.account_id in keys:
                found[each.account_id].append(_reach(each, keys[each.account_id]))
        return found

    async def take(self, address_id: ObjectId, template: str) -> bool:
        """Use one of what the person allowed; whether there was one."""
        path = f"quota.{template}"
        query = {"_id": address_id, path: {"$gt": 0}}
        done = await _collection().update_one(query, {"$inc": {path: -1}})
        return bool(done.modified_count)

    async def spent(self, address_id: ObjectId, template: str) -> None:
        """The channel says that nothing is left, whatever we counted."""
        await _collection().update_one({"_id": address_id}, {"$set": {f"quota.{template}": 0}})

    async def gone(self, address_ids: Iterable[ObjectId]) -> None:
        """Dead: the channel does not know them any more."""
        await _collection().delete_many({"_id": {"$in": list(address_ids)}})

    def _channel(self, key: ChannelKey) -> Channel:
        channel = self._channels.get(key)
        if channel is None:
            raise ChannelUnavailable(channel=key.value)
        return channel

    async def _replace(self, document: PushAddress, session: Session) -> PushAddress:
        known = {"channel": document.channel.value, "mark": document.mark}
        before = await _collection().find_one_and_delete(known, session=session)
        if before is not None and before["account_id"] == document.account_id:
            document.quota = before["quota"]
        mine = {"account_id": document.account_id, "channel": document.channel.value}
        await document.insert(session=session)
        rows = _collection().find(mine, {"_id": 1}, session=session).sort("used_at", -1)
        old = [raw["_id"] async for raw in rows.skip(limits()["addresses"]["most"])]
        if old:
            await _collection().delete_many({"_id": {"$in": old}}, session=session)
        return document

    async def _ended(self, session_ids: Collection[ObjectId]) -> set[ObjectId]:
        now = self._core.clock.now()
        query = {"_id": {"$in": list(session_ids)}, "ended_at": None, "expires_at": {"$gt": now}}
        running = SignedIn.get_pymongo_collection().find(query, {"_id": 1})
        return set(session_ids) - {raw["_id"] async for raw in running}


def _reach(row: PushAddress, key: OwnerKey) -> Reach:
    return Reach(
        id=row.id,
        channel=row.channel,
        address=key.open(row.address, _place(row.id)).decode(),
        language=row.language,
        quota=row.quota,
    )


def _place(address_id: ObjectId) -> str:
    return f"push_addresses:{address_id}:address"


def _collection() -> Any:
    return PushAddress.get_pymongo_collection()
