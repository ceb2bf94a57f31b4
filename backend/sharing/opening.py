"""The other side of a link: whoever has it asks for the manifest and gets the encrypted file."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo import ReturnDocument

from backend.access.categories import Action, Category
from backend.access.policy import decide
from backend.access.service import NOTHING, Access
from backend.access.sharing.documents import ShareLinkDocument
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.errors import Forbidden
from backend.core.keys import KeyDestroyed
from backend.core.links import Links
from backend.identity.accounts import Account, AccountStatus
from backend.identity.viewer import Channel, Viewer
from backend.sharing.choice import is_name
from backend.sharing.documents import ShareOpenDocument, SharePayloadDocument
from backend.sharing.errors import (
    ShareLinkGone,
    SharePinNeeded,
    SharePinWrong,
    ShareRecipientMissing,
)
from backend.sharing.events import ShareOpened
from backend.sharing.limits import share_limits
from backend.sharing.link import ShareState, place, state_of
from backend.sharing.secrets import SecretMaker
from backend.sharing.shlink import PATH

FILES = f"{PATH}/files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """Who opens a link, as far as they say it and it shows. ``address`` is coarse already."""

    recipient: str
    passcode: str | None
    address: str
    agent: str


class Opening:
    """Gives out what links hold. Counts every open, atomically, before it gives anything."""

    def __init__(self, core: Core, access: Access, links: Links) -> None:
        self._core = core
        self._access = access
        self._links = links
        self._secrets = SecretMaker(core.keyring)

    async def open(self, token: str, opener: Opener) -> tuple[ObjectId, str]:
        """The link's id and its JWE.

        Raises ``ShareLinkGone`` (whatever the reason), ``ShareRecipientMissing``,
        ``SharePinNeeded`` and ``SharePinWrong``.
        """
        longest = share_limits().longest_recipient
        if not is_name(opener.recipient, longest):
            raise ShareRecipientMissing(limit=longest)
        raw = await ShareLinkDocument.get_pymongo_collection().find_one(
            {"token_index": self._secrets.token_index(token)}
        )
        if raw is None or state_of(raw, self._core.clock.now()) is not ShareState.OPEN:
            raise ShareLinkGone
        await self._check_pin(raw, opener.passcode)
        viewer = await self._admitted(raw)
        jwe = await self._jwe(raw)
        await self._count(raw, opener)
        await self._note(viewer, raw)
        return raw["_id"], jwe

    def location(self, share_id: ObjectId) -> str:
        """A path that gives the file for some minutes, as long as the link is not ended."""
        path = f"{FILES}/{share_id}"
        return self._links.sign(path, (), share_id, share_limits().location_life)

    async def file(self, path: str, query: list[tuple[str, str]]) -> str:
        """The JWE of a path of ``location``. Raises ``LinkInvalid``, ``LinkExpired`` or
        ``ShareLinkGone``."""
        share_id = self._links.opened(path, query)
        raw = await ShareLinkDocument.get_pymongo_collection().find_one({"_id": share_id})
        # Its last open may just have been used up: that open is this one.
        alive = (ShareState.OPEN, ShareState.USED_UP)
        if raw is None or state_of(raw, self._core.clock.now()) not in alive:
            raise ShareLinkGone
        viewer = await self._admitted(raw)
        jwe = await self._jwe(raw)
        await self._note(viewer, raw)
        return jwe

    async def _check_pin(self, raw: Raw, passcode: str | None) -> None:
        if raw["pin_mark"] is None:
            return
        if passcode is None:
            raise SharePinNeeded(remainingAttempts=raw["pin_attempts_left"])
        # Counted before it is looked at: many guesses at once get no further than in a row.
        left = await self._spend_attempt(raw["_id"], -1)
        if left is None:
            raise ShareLinkGone
        given = self._secrets.pin_mark(raw["_id"], passcode)
        if not hmac.compare_digest(given, raw["pin_mark"]):
            raise SharePinWrong(remainingAttempts=left)
        await self._spend_attempt(raw["_id"], 1)

    async def _spend_attempt(self, share_id: ObjectId, change: int) -> int | None:
        enough = {"pin_attempts_left": {"$gt": 0}} if change < 0 else {}
        raw = await ShareLinkDocument.get_pymongo_collection().find_one_and_update(
            {"_id": share_id, **enough},
            {"$inc": {"pin_attempts_left": change}},
            return_document=ReturnDocument.AFTER,
        )
        return None if raw is None else int(raw["pin_attempts_left"])

    async def _admitted(self, raw: Raw) -> Viewer:
        """A link gives no more than its maker may still give, and the resident still allows."""
        categories = _categories(raw)
        if not await self._maker_may(raw, categories):
            raise ShareLinkGone
        viewer = Viewer(account_id=raw["_id"], roles=frozenset(), channel=Channel.SHARE_LINK)
        self._access.lend(viewer, raw["resident_id"], categories)
        try:
            await self._access.categories(viewer, raw["resident_id"], looks_at=NOTHING)
        except Forbidden as error:  # consent was withdrawn
            raise ShareLinkGone from error
        return viewer

    async def _note(self, viewer: Viewer, raw: Raw) -> None:
        """In the log of who looked, after the open was counted: who came too late saw nothing."""
        for category in sorted(_categories(raw)):
            await self._access.require(viewer, raw["resident_id"], category)

    async def _maker_may(self, raw: Raw, categories: frozenset[Category]) -> bool:
        account = await Account.get(raw["made_by"])
        if account is None or account.status is not AccountStatus.ACTIVE:
            return False
        maker = Viewer(account_id=account.id, roles=account.roles)
        relations = [
            each
            for each in await self._access.relations(maker)
            if each.resident_id == raw["resident_id"]
        ]
        now = self._core.clock.now()
        return all(
            decide(relations, account.roles, category, action, now).allowed
            for category in categories
            for action in (Action.VIEW, Action.MANAGE)
        )

    async def _jwe(self, raw: Raw) -> str:
        payload = await SharePayloadDocument.get_pymongo_collection().find_one(
            {"_id": raw["_id"], "resident_id": raw["resident_id"]}
        )
        if payload is None:
            raise ShareLinkGone
        try:
            key = await self._core.keyring.key(raw["resident_id"])
        except KeyDestroyed as error:
            raise ShareLinkGone from error
        return key.open(payload["jwe"], place(raw["_id"], "jwe")).decode()

    async def _count(self, raw: Raw, opener: Opener) -> None:
        now, open_id = self._core.clock.now(), ObjectId()
        key = await self._core.keyring.key(raw["resident_id"])
        who = {"recipient": opener.recipient.strip(), "address": opener.address}
        document = {
            "_id": open_id,
            "resident_id": raw["resident_id"],
            "share_id": raw["_id"],
            "at": now,
            "who": key.seal_json(who, f"share_opens:{open_id}:who"),
            "agent": opener.agent,
        }
        event = ShareOpened(
            resident_id=PydanticObjectId(raw["resident_id"]),
            share_id=PydanticObjectId(raw["_id"]),
            open_id=PydanticObjectId(open_id),
        )

        async def work(session: Session) -> None:
            # The last look at revocation and count is the one that counts.
            taken = await ShareLinkDocument.get_pymongo_collection().update_one(
                {
                    "_id": raw["_id"],
                    "revoked_at": None,
                    "expires_at": {"$gt": now},
                    "$expr": {"$lt": ["$opens", "$max_opens"]},
                },
                {"$inc": {"opens": 1}},
                session=session,
            )
            if taken.modified_count == 0:
                raise ShareLinkGone
            await ShareOpenDocument.get_pymongo_collection().insert_one(document, session=session)
            await self._core.outbox.publish(session, event)

        await self._core.store.transaction(work)


def _categories(raw: Raw) -> frozenset[Category]:
    return frozenset(map(Category, raw["categories"]))
