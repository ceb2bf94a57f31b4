"""The persons themselves: registering one, reading and changing the profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action, Category
from backend.access.consent.guardianship import check_may_consent
from backend.access.consent.writing import Accepted, check_first, write_first
from backend.access.errors import AccessDenied, RelationExists
from backend.access.log import By
from backend.access.relations import HOLDERS, Kinship, RelationKind
from backend.access.service import Access, is_console
from backend.archive.documents import ResidentDocument
from backend.archive.errors import ProfileIncomplete, ProfileMasked, ResidentExists
from backend.archive.events import ProfileChanged, ResidentRegistered
from backend.archive.masking import looks_masked, masked_profile
from backend.archive.sections import Precision, Profile
from backend.archive.sections.errors import DateInFuture, DateTooEarly
from backend.archive.sections.tables import EARLIEST_YEAR
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.errors import KangbanError
from backend.core.history import ChangedMeanwhile
from backend.core.keys import KeyDestroyed, OwnerKey
from backend.identity.viewer import Viewer

_CLOCKS_AHEAD = timedelta(days=1)
_ID_NUMBER = "urn:oid:1.2.156.112606.1.1"  # 居民身份证号码


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    id: ObjectId
    profile: Profile
    version: int
    created_at: datetime
    updated_at: datetime


def place(resident_id: ObjectId, field: str) -> str:
    """Where a sealed field of a resident belongs."""
    return f"residents:{resident_id}:{field}"


class Residents:
    """Persons and their profiles."""

    def __init__(self, core: Core, access: Access) -> None:
        self._core = core
        self._access = access

    async def register(
        self,
        viewer: Viewer,
        profile: Profile,
        *,
        kind: RelationKind,
        kinship: Kinship | None = None,
        accepted: Sequence[Accepted],
        idempotency_key: str,
    ) -> ObjectId:
        """A new person: the account's own record (``SELF``) or one it is guardian of.

        ``accepted`` are the notices agreed to, health data among them. Raises
        ``ProfileIncomplete``, ``ResidentExists`` (a second own record), ``ConsentMissing``,
        ``ConsentGuardianNeeded``, ``NoticeOutdated`` and what a birth date is refused with.
        """
        if not profile.name:
            raise ProfileIncomplete
        self._check_birth(profile)
        check_first(accepted)
        check_may_consent(kind, born_on(profile), self._core.clock.now())
        if kind is RelationKind.SELF:
            await self._refuse_second_own(viewer, idempotency_key)
        agreed = sorted((each.purpose, each.version) for each in accepted)
        arguments = ["register", kind, kinship, profile.model_dump(mode="json"), agreed]

        async def work(session: Session) -> Raw:
            resident_id = await self._insert(viewer, profile, kind, kinship, session)
            now = self._core.clock.now()
            await write_first(viewer, resident_id, kind, accepted, now, session)
            return {"resident_id": resident_id}

        answer = await self._core.idempotency.once(
            viewer.account_id, idempotency_key, arguments, work
        )
        viewer.memo.clear()
        resident_id: ObjectId = answer["resident_id"]
        return resident_id

    async def get(self, viewer: Viewer, resident_id: ObjectId, *, reveal: bool = False) -> Resident:
        """Name, phone and numbers masked for all but the person and guardians, or ``reveal``.

        Raises ``AccessDenied``, for who does not exist as well.
        """
        shows_all = await self._shows_all(viewer, resident_id, reveal)
        found = await self.load(resident_id)
        return found if shows_all else _masked(found)

    async def get_many(
        self, viewer: Viewer, resident_ids: Sequence[ObjectId], *, reveal: bool = False
    ) -> dict[ObjectId, Resident | KangbanError]:
        """Many persons in two reads, as ``get``; in the place of who may not be seen, why."""
        answers: dict[ObjectId, Resident | KangbanError] = {}
        plain: set[ObjectId] = set()
        for resident_id in resident_ids:
            try:
                if await self._shows_all(viewer, resident_id, reveal):
                    plain.add(resident_id)
            except AccessDenied as error:
                answers[resident_id] = error
        wanted = [each for each in dict.fromkeys(resident_ids) if each not in answers]
        for found in (await self.load_many(wanted)).values():
            answers[found.id] = found if found.id in plain else _masked(found)
        return {each: answers.get(each) or KeyDestroyed() for each in resident_ids}

    async def load(self, resident_id: ObjectId) -> Resident:
        """The person; the policy was asked before."""
        raw, key = await self._read(resident_id)
        return _from_raw(raw, key)

    async def load_many(self, resident_ids: Sequence[ObjectId]) -> dict[ObjectId, Resident]:
        """As ``load``, in two reads; who is gone is left out."""
        if not resident_ids:
            return {}
        keys = await self._core.keyring.keys(resident_ids)
        query = {"_id": {"$in": list(keys)}}
        rows = ResidentDocument.get_pymongo_collection().find(query)
        return {raw["_id"]: _from_raw(raw, keys[raw["_id"]]) async for raw in rows}

    async def update(
        self, viewer: Viewer, resident_id: ObjectId, profile: Profile, *, version: int
    ) -> Resident:
        """Put ``profile`` in place of the stored one; the old one stays in the history.

        Raises ``AccessDenied``, ``ProfileIncomplete``, ``ProfileMasked``,
        ``ChangedMeanwhile``.
        """
        await self._access.require(viewer, resident_id, Category.PROFILE, Action.MANAGE)
        if not profile.name:
            raise ProfileIncomplete
        if looks_masked(profile):
            raise ProfileMasked
        self._check_birth(profile)
        return await self.replace(viewer, resident_id, profile, version=version)

    async def replace(
        self, viewer: Viewer, resident_id: ObjectId, profile: Profile, *, version: int
    ) -> Resident:
        """``update`` after the policy was asked."""
        before, key = await self._read(resident_id)
        if before["version"] != version:
            raise ChangedMeanwhile
        changes: Raw = {
            **self._content(resident_id, profile, key),
            "updated_at": self._core.clock.now(),
        }

        async def work(session: Session) -> Raw:
            collection = ResidentDocument.get_pymongo_collection()
            after = await self._core.history.replace(
                collection, before, changes, by=viewer.account_id, session=session
            )
            event = ProfileChanged(resident_id=PydanticObjectId(resident_id))
            await self._core.outbox.publish(session, event)
            return after

        return _from_raw(await self._core.store.transaction(work), key)

    async def _shows_all(self, viewer: Viewer, resident_id: ObjectId, reveal: bool) -> bool:
        """Whether the person is shown unmasked; that somebody asked for it is noted."""
        relation = await self._access.require(viewer, resident_id, Category.PROFILE)
        if relation.kind in HOLDERS or is_console(viewer):
            return True
        if not reveal:
            return False
        if relation.kind is not RelationKind.DOCTOR:
            relation = await self._access.deciding(
                viewer, resident_id, Category.PROFILE, Action.MANAGE
            )
        by = By.relation(relation, "reveal")
        profile = (Category.PROFILE,)
        await self._access.log.note(viewer, resident_id, profile, Action.VIEW, by)
        return True

    async def birth_date(self, resident_id: ObjectId) -> date | None:
        """The day of birth where it is known to the day."""
        return born_on((await self.load(resident_id)).profile)

    async def _insert(
        self,
        viewer: Viewer,
        profile: Profile,
        kind: RelationKind,
        kinship: Kinship | None,
        session: Session,
    ) -> ObjectId:
        resident_id = ObjectId()
        key = await self._core.keyring.create(resident_id, session)
        now = self._core.clock.now()
        await ResidentDocument.get_pymongo_collection().insert_one(
            {
                "_id": resident_id,
                "resident_id": resident_id,
                **self._content(resident_id, profile, key),
                "created_at": now,
                "updated_at": now,
                "version": 1,
            },
            session=session,
        )
        try:
            await self._access.grant(
                resident_id=resident_id,
                account_id=viewer.account_id,
                kind=kind,
                kinship=kinship,
                session=session,
            )
        except (RelationExists, DuplicateKeyError) as error:
            raise ResidentExists from error
        event = ResidentRegistered(resident_id=PydanticObjectId(resident_id))
        await self._core.outbox.publish(session, event)
        return resident_id

    async def _refuse_second_own(self, viewer: Viewer, idempotency_key: str) -> None:
        relations = await self._access.relations(viewer)
        if any(each.kind is RelationKind.SELF for each in relations):
            if await self._core.idempotency.known(viewer.account_id, idempotency_key):
                return  # the same request again: it gets its first answer
            raise ResidentExists

    def _check_birth(self, profile: Profile) -> None:
        born = profile.birth_date
        if born is None:
            return
        if born.start() > self._core.clock.now() + _CLOCKS_AHEAD:
            raise DateInFuture(field="birthDate")
        if int(born.text[:4]) < EARLIEST_YEAR:
            raise DateTooEarly(field="birthDate", limit=EARLIEST_YEAR)

    def _content(self, resident_id: ObjectId, profile: Profile, key: OwnerKey) -> Raw:
        text = profile.model_dump_json(exclude_none=True).encode()
        id_number = next((each.value for each in profile.identifiers if is_id_number(each)), None)
        return {
            "profile": key.seal(text, place(resident_id, "profile")),
            "phone_index": self._blind("phone", profile.phone),
            "id_number_index": self._blind("id_number", id_number),
        }

    def _blind(self, field: str, value: str | None) -> bytes | None:
        return self._core.keyring.blind_index(field, value) if value else None

    async def _read(self, resident_id: ObjectId) -> tuple[Raw, OwnerKey]:
        raw = await ResidentDocument.get_pymongo_collection().find_one({"_id": resident_id})
        key = await self._core.keyring.key(resident_id)  # raises DATA_ERASED for who is gone
        if raw is None:  # erased by another process, whose key was open here for some seconds
            raise KeyDestroyed
        return raw, key


def born_on(profile: Profile) -> date | None:
    """The day of birth where it is known to the day."""
    born = profile.birth_date
    if born is None or born.precision not in (Precision.DAY, Precision.INSTANT):
        return None
    return date.fromisoformat(born.day)


def is_id_number(identifier: object) -> bool:
    """Whether an ``Identifier`` is the national ID number (居民身份证)."""
    return getattr(identifier, "system", None) == _ID_NUMBER


def _masked(resident: Resident) -> Resident:
    return replace(resident, profile=masked_profile(resident.profile))


def _from_raw(raw: Raw, key: OwnerKey) -> Resident:
    text = key.open(raw["profile"], place(raw["_id"], "profile"))
    return Resident(
        id=raw["_id"],
        profile=Profile.model_validate_json(text),
        version=raw["version"],
        created_at=raw["created_at"],
        updated_at=raw["updated_at"],
    )
