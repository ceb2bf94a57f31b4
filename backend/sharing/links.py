"""Share links for those who manage them: made, listed with every open, ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.access.service import NOTHING, Access
from backend.access.sharing.documents import ShareLinkDocument
from backend.archive.residents import Residents
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.idempotency import IdempotencyKeyReused
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Language, Viewer
from backend.measurements.readings import Readings
from backend.sharing.choice import ShareChoice
from backend.sharing.documents import ShareOpenDocument, SharePayloadDocument
from backend.sharing.errors import ShareLinkNotFound, ShareTooLarge, TooManyShareLinks
from backend.sharing.limits import share_limits
from backend.sharing.link import ShareLink, ShareOpen, from_raw, new_raw, open_from_raw, place
from backend.sharing.secrets import LinkSecrets, SecretMaker
from backend.sharing.shlink import encrypted, manifest_url, qr_svg, shlink, viewer_url
from backend.sharing.snapshot import Snapshots

_TITLE = {Language.ZH: "康伴健康档案", Language.EN: "Kangban health record"}
_RUNNING = {"revoked_at": None, "pin_attempts_left": {"$gt": 0}}


@dataclass(frozen=True, slots=True, repr=False)
class MadeShareLink:
    """``url`` opens in a browser, ``shlink`` in a SMART Health Links reader; the server can
    say them again only to whoever repeats the request."""

    link: ShareLink
    url: str
    shlink: str
    qr_svg: str


class ShareLinks:
    """For the resident, and for whoever may see and manage every category of a link."""

    def __init__(
        self, core: Core, access: Access, residents: Residents, readings: Readings
    ) -> None:
        self._core = core
        self._access = access
        self._secrets = SecretMaker(core.keyring)
        self._snapshots = Snapshots(core, residents, readings)

    async def create(
        self, viewer: Viewer, resident_id: ObjectId, choice: ShareChoice, *, idempotency_key: str
    ) -> MadeShareLink:
        """Take what is chosen as it is now, encrypt it, and forget the key.

        Raises ``AccessDenied`` for a category that the viewer may not both see and manage,
        and what ``ShareChoice.check`` raises; ``ShareTooLarge``, ``TooManyShareLinks``.
        """
        await self._require(viewer, resident_id, choice.categories)
        choice.check(self._core.clock.now())
        secrets = self._secrets.secrets(viewer.account_id, idempotency_key)
        known = await self._core.idempotency.known(viewer.account_id, secrets.once)
        documents = None if known else await self._documents(viewer, resident_id, choice, secrets)

        async def work(session: Session) -> Raw:
            assert documents is not None, "a known key is answered from its record"
            link, payload = documents
            await self._refuse_too_many(resident_id, session)
            await ShareLinkDocument.get_pymongo_collection().insert_one(link, session=session)
            await SharePayloadDocument.get_pymongo_collection().insert_one(payload, session=session)
            return {"share_id": link["_id"]}

        arguments = ["create_share_link", resident_id, *choice.as_arguments()]
        try:
            answer = await self._core.idempotency.once(
                viewer.account_id, secrets.once, arguments, work
            )
        except DuplicateKeyError as error:  # a key whose record is forgotten, but not its link
            raise IdempotencyKeyReused from error
        link = await self._link(resident_id, answer["share_id"])
        return self._made(link, secrets, viewer.language)

    async def page(
        self, viewer: Viewer, resident_id: ObjectId, *, first: int, after: Cursor | None = None
    ) -> Page[ShareLink]:
        """Links all of whose categories the viewer may manage, the newest first."""
        own = await self._managed(viewer, resident_id)
        size = page_size(first)
        query: Raw = {
            "resident_id": resident_id,
            "categories": {"$not": {"$elemMatch": {"$nin": sorted(own)}}},
        }
        if after is not None:
            query["$and"] = [after.older_than("made_at")]
        found = ShareLinkDocument.get_pymongo_collection().find(query)
        rows = await found.sort([("made_at", -1), ("_id", -1)]).limit(size + 1).to_list()
        key, now = await self._core.keyring.key(resident_id), self._core.clock.now()
        return Page.of([from_raw(raw, key, now) for raw in rows], size)

    async def get(self, viewer: Viewer, resident_id: ObjectId, share_id: ObjectId) -> ShareLink:
        """Raises ``ShareLinkNotFound``, also for a link that the viewer may not manage."""
        own = await self._managed(viewer, resident_id)
        link = await self._link(resident_id, share_id)
        if not link.categories <= own:
            raise ShareLinkNotFound
        return link

    async def opens(
        self, resident_id: ObjectId, share_ids: Sequence[ObjectId]
    ) -> dict[ObjectId, list[ShareOpen]]:
        """Every open of these links, the newest first; for links that ``page`` or ``get`` gave."""
        query = {"resident_id": resident_id, "share_id": {"$in": list(share_ids)}}
        found = ShareOpenDocument.get_pymongo_collection().find(query).sort([("at", -1)])
        key = await self._core.keyring.key(resident_id)
        opens: dict[ObjectId, list[ShareOpen]] = {each: [] for each in share_ids}
        async for raw in found:
            opens[raw["share_id"]].append(open_from_raw(raw, key))
        return opens

    async def revoke(self, viewer: Viewer, resident_id: ObjectId, share_id: ObjectId) -> ShareLink:
        """From now on nothing can be opened, and what it held is gone; once more does nothing."""
        link = await self.get(viewer, resident_id, share_id)
        for category in sorted(link.categories) or [Category.PROFILE]:
            await self._access.require(
                viewer, resident_id, category, Action.MANAGE, purpose="share_link"
            )
        change = {"revoked_at": self._core.clock.now(), "revoked_by": viewer.account_id}

        async def work(session: Session) -> None:
            await ShareLinkDocument.get_pymongo_collection().find_one_and_update(
                {"_id": share_id, "resident_id": resident_id, "revoked_at": None},
                {"$set": change},
                session=session,
                return_document=ReturnDocument.AFTER,
            )
            await SharePayloadDocument.get_pymongo_collection().delete_one(
                {"_id": share_id, "resident_id": resident_id}, session=session
            )

        await self._core.store.transaction(work)
        return await self._link(resident_id, share_id)

    async def _require(
        self, viewer: Viewer, resident_id: ObjectId, categories: Iterable[Category]
    ) -> None:
        # Without a category there is still somebody to ask about: nothing may be told apart.
        for category in sorted(categories) or [Category.PROFILE]:
            await self._access.require(viewer, resident_id, category, Action.VIEW)
            await self._access.require(
                viewer, resident_id, category, Action.MANAGE, purpose="share_link"
            )

    async def _managed(self, viewer: Viewer, resident_id: ObjectId) -> frozenset[Category]:
        # A list of links shows nothing of the record.
        own = await self._access.categories(viewer, resident_id, Action.MANAGE, looks_at=NOTHING)
        if not own & share_limits().shareable:
            raise AccessDenied(action=Action.MANAGE.value)
        return own

    async def _documents(
        self, viewer: Viewer, resident_id: ObjectId, choice: ShareChoice, secrets: LinkSecrets
    ) -> tuple[Raw, Raw]:
        share_id = ObjectId()
        snapshot = await self._snapshots.take(resident_id, choice, share_id)
        jwe = encrypted(snapshot.bundle, secrets.key).encode()
        if len(jwe) > share_limits().largest_bytes:
            raise ShareTooLarge
        key = await self._core.keyring.key(resident_id)
        pin_mark = self._secrets.pin_mark(share_id, choice.pin) if choice.pin else None
        link = new_raw(
            choice,
            share_id=share_id,
            resident_id=resident_id,
            made_by=viewer.account_id,
            token_index=self._secrets.token_index(secrets.token),
            pin_mark=pin_mark,
            key=key,
            now=self._core.clock.now(),
            resources=snapshot.resources,
        )
        payload = {
            "_id": share_id,
            "resident_id": resident_id,
            "jwe": key.seal(jwe, place(share_id, "jwe")),
            "expires_at": choice.expires_at,
        }
        return link, payload

    async def _refuse_too_many(self, resident_id: ObjectId, session: Session) -> None:
        limit = share_limits().most_running
        running = await ShareLinkDocument.get_pymongo_collection().count_documents(
            {
                "resident_id": resident_id,
                **_RUNNING,
                "expires_at": {"$gt": self._core.clock.now()},
                "$expr": {"$lt": ["$opens", "$max_opens"]},
            },
            session=session,
        )
        if running >= limit:
            raise TooManyShareLinks(limit=limit)

    async def _link(self, resident_id: ObjectId, share_id: ObjectId) -> ShareLink:
        raw = await ShareLinkDocument.get_pymongo_collection().find_one(
            {"_id": share_id, "resident_id": resident_id}
        )
        if raw is None:
            raise ShareLinkNotFound
        key = await self._core.keyring.key(resident_id)
        return from_raw(raw, key, self._core.clock.now())

    def _made(self, link: ShareLink, secrets: LinkSecrets, language: Language) -> MadeShareLink:
        public_url = self._core.settings.public_url
        text = shlink(
            manifest_url(public_url, secrets.token),
            secrets.key,
            expires_at=link.expires_at,
            pin=link.has_pin,
            label=_TITLE[language],
        )
        url = viewer_url(public_url, text)
        return MadeShareLink(link=link, url=url, shlink=text, qr_svg=qr_svg(url))
