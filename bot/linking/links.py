"""Codes out, links in, and whose chat it is."""

from __future__ import annotations

import re
import secrets
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument

from backend.core.container import Core
from backend.core.database import Session
from backend.identity.accounts import Account, AccountStatus
from backend.identity.viewer import Channel, Language, Viewer
from bot.linking.documents import ChatLink, ChatTalk, LinkCode, LinkTries
from bot.linking.errors import LinkCodeInvalid, LinkTriedTooOften


@dataclass(frozen=True, slots=True, repr=False)
class IssuedCode:
    """Shown to the account once; only its hash is stored."""

    code: str
    expires_at: datetime


class ChatLinks:
    """``chat`` is the messenger's own id of the person who writes, as text."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def issue(self, viewer: Viewer, channel: Channel) -> IssuedCode:
        """A code for the viewer's own account; an earlier one is void."""
        numbers = limits()
        letters, length = numbers["code_letters"], numbers["code_length"]
        code = "".join(secrets.choice(letters) for _ in range(length))
        expires = self._core.clock.now() + timedelta(minutes=numbers["code_minutes"])
        fields = {"code": self._code(channel, code), "expires_at": expires}
        await LinkCode.get_pymongo_collection().update_one(
            {"account_id": viewer.account_id, "channel": channel.value},
            {"$set": fields},
            upsert=True,
        )
        return IssuedCode(code, expires)

    async def redeem(self, channel: Channel, chat: str, code: str) -> ObjectId:
        """The account that this chat writes as from now on; both leave what they had before.

        Raises ``LinkCodeInvalid`` and, after several of these, ``LinkTriedTooOften``.
        """
        mark = self._chat(channel, chat)
        await self._check_tries(channel, mark)
        plain = unicodedata.normalize("NFKC", code).strip().upper()
        plain = re.sub(r"[-\s]", "", plain)
        now = self._core.clock.now()

        async def work(session: Session) -> ObjectId | None:
            found = await LinkCode.get_pymongo_collection().find_one_and_delete(
                {
                    "channel": channel.value,
                    "code": self._code(channel, plain),
                    "expires_at": {"$gt": now},
                },
                session=session,
            )
            if found is None:
                return None
            account_id = ObjectId(found["account_id"])
            await self._put(channel, mark, account_id, now, session)
            return account_id

        account_id = await self._core.store.transaction(work)
        if account_id is None:
            await self._count_try(channel, mark)
            raise LinkCodeInvalid
        return account_id

    async def viewer_of(
        self, channel: Channel, chat: str, language: Language = Language.ZH
    ) -> Viewer | None:
        """Who writes: None for a chat that is not linked, or of a closed or suspended account."""
        mark = self._chat(channel, chat)
        link = await ChatLink.find_one({"channel": channel.value, "chat": mark})
        account = None if link is None else await Account.get(link.account_id)
        if account is None or account.status is not AccountStatus.ACTIVE:
            return None
        return Viewer(
            account_id=account.id, roles=account.roles, channel=channel, language=language
        )

    async def link_of(self, viewer: Viewer, channel: Channel) -> ChatLink | None:
        return await ChatLink.find_one({"account_id": viewer.account_id, "channel": channel.value})

    async def keep_for(self, viewer: Viewer, channel: Channel, hours: int | None) -> bool:
        """After how many hours messages from now on are deleted, None: never. Whether there is a
        link. Raises ``ValueError`` for hours that are not offered."""
        if hours is not None and hours not in limits()["kept_hours"]:
            raise ValueError(hours)
        done = await ChatLink.get_pymongo_collection().update_one(
            {"account_id": viewer.account_id, "channel": channel.value},
            {"$set": {"kept_hours": hours}},
        )
        return bool(done.matched_count)

    async def unlink(self, viewer: Viewer, channel: Channel) -> bool:
        """Whether there was a link."""
        query = {"account_id": viewer.account_id, "channel": channel.value}
        await ChatTalk.get_pymongo_collection().delete_many(query)
        done = await ChatLink.get_pymongo_collection().delete_one(query)
        return bool(done.deleted_count)

    async def forget(self, channel: Channel, chat: str) -> ObjectId | None:
        """The messenger says that the chat is gone; whose it was."""
        query = {"channel": channel.value, "chat": self._chat(channel, chat)}
        await ChatTalk.get_pymongo_collection().delete_many(query)
        found = await ChatLink.get_pymongo_collection().find_one_and_delete(query)
        return None if found is None else ObjectId(found["account_id"])

    async def _put(
        self, channel: Channel, chat: bytes, account_id: ObjectId, now: datetime, session: Session
    ) -> None:
        links = ChatLink.get_pymongo_collection()
        either = [{"chat": chat}, {"account_id": account_id}]
        old = {"channel": channel.value, "$or": either}
        await links.delete_many(old, session=session)
        await ChatTalk.get_pymongo_collection().delete_many(old, session=session)
        row = {"channel": channel.value, "chat": chat, "account_id": account_id, "linked_at": now}
        await links.insert_one(row, session=session)

    async def _check_tries(self, channel: Channel, chat: bytes) -> None:
        numbers, now = limits(), self._core.clock.now()
        found = await LinkTries.find_one({"channel": channel.value, "chat": chat})
        if found and found.expires_at > now and found.wrong >= numbers["wrong_codes"]:
            raise LinkTriedTooOften(minutes=numbers["wrong_codes_minutes"])

    async def _count_try(self, channel: Channel, chat: bytes) -> None:
        now = self._core.clock.now()
        until = now + timedelta(minutes=limits()["wrong_codes_minutes"])
        # One that is over begins anew, also where the store has not removed it yet.
        runs = {"$gt": [{"$ifNull": ["$expires_at", now]}, now]}
        change = {
            "wrong": {"$cond": [runs, {"$add": ["$wrong", 1]}, 1]},
            "expires_at": {"$cond": [runs, "$expires_at", until]},
        }
        await LinkTries.get_pymongo_collection().find_one_and_update(
            {"channel": channel.value, "chat": chat},
            [{"$set": change}],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )

    def _chat(self, channel: Channel, chat: str) -> bytes:
        return self._core.keyring.blind_index(f"chat:{channel.value}", chat)

    def _code(self, channel: Channel, code: str) -> bytes:
        return self._core.keyring.blind_index(f"link_code:{channel.value}", code)


@cache
def limits() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("limits.toml").read_text("utf-8"))
