"""Giving consent and taking it back, one as easy as the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action, Category
from backend.access.consent.documents import ConsentRecord
from backend.access.consent.errors import ConsentNotYours
from backend.access.consent.events import ConsentChanged
from backend.access.consent.guardianship import check_may_consent
from backend.access.consent.notices import Notice, current, notice
from backend.access.consent.purpose import ConsentState, Purpose
from backend.access.consent.states import ConsentStates, state_of
from backend.access.consent.writing import Accepted, check_shown, record_of
from backend.access.relations import RelationKind
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.history import ChangedMeanwhile
from backend.identity.viewer import Viewer


class Births(Protocol):
    """Implemented by the archive, handed in by the composition root."""

    async def birth_date(self, resident_id: ObjectId) -> date | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """How it stands with one purpose. ``given`` is the notice agreed to, where one was."""

    purpose: Purpose
    state: ConsentState
    notice: Notice
    agreed: Notice | None
    since: datetime | None


class Consents:
    """``states`` is what others ask; the rest is for the resident and their guardian."""

    def __init__(self, core: Core, access: Access, births: Births) -> None:
        self._core = core
        self._access = access
        self._births = births
        self.states = ConsentStates()

    async def require(self, resident_id: ObjectId, purpose: Purpose) -> None:
        """For background work and channels. Raises ``ConsentMissing``."""
        await self.states.require(resident_id, purpose)

    async def current(self, viewer: Viewer, resident_id: ObjectId) -> list[Consent]:
        """Every purpose, in order, for who may see the profile."""
        await self._access.require(viewer, resident_id, Category.PROFILE)
        return _standing(await self._records(resident_id))

    async def history(self, viewer: Viewer, resident_id: ObjectId) -> list[ConsentRecord]:
        """Everything ever given or withdrawn, oldest first; for the resident and guardians."""
        await self._relation(viewer, resident_id, Action.VIEW)
        return await self.records(resident_id)

    async def records(self, resident_id: ObjectId) -> list[ConsentRecord]:
        """``history`` for the download, which asked the policy."""
        return await ConsentRecord.find({"resident_id": resident_id}).sort("at", "_id").to_list()

    async def change(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        accepted: Accepted,
        *,
        given: bool,
        idempotency_key: str,
    ) -> Consent:
        """Give (``given``) or withdraw; what is so already stays as it is.

        Raises ``AccessDenied``, ``ConsentNotYours``, ``ConsentGuardianNeeded``,
        ``NoticeUnknown``, ``NoticeOutdated`` (giving only) and ``ChangedMeanwhile``.
        """
        kind = await self._relation(viewer, resident_id, Action.MANAGE)
        check_may_consent(kind, await self._births.birth_date(resident_id), self._core.clock.now())
        purpose = accepted.purpose
        shown = check_shown(accepted) if given else notice(purpose, accepted.version)
        arguments = ["change_consent", resident_id, purpose, accepted.version, given]

        async def work(session: Session) -> Raw:
            return await self._append(viewer, resident_id, kind, shown, given, session)

        try:
            await self._core.idempotency.once(viewer.account_id, idempotency_key, arguments, work)
        except DuplicateKeyError as error:
            raise ChangedMeanwhile from error
        viewer.memo.clear()
        standing = _standing(await self._records(resident_id))
        return next(each for each in standing if each.purpose is purpose)

    async def _append(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        kind: RelationKind,
        shown: Notice,
        given: bool,
        session: Session,
    ) -> Raw:
        last = await ConsentRecord.get_pymongo_collection().find_one(
            {"resident_id": resident_id, "purpose": shown.purpose.value},
            sort=[("sequence", -1)],
            session=session,
        )
        if _says_so_already(last, shown, given):
            return {"changed": False}
        number = 1 if last is None else last["sequence"] + 1
        now = self._core.clock.now()
        record = record_of(viewer, resident_id, kind, shown, given=given, now=now, sequence=number)
        await record.insert(session=session)
        event = ConsentChanged(
            resident_id=PydanticObjectId(resident_id), purpose=shown.purpose, given=given
        )
        await self._core.outbox.publish(session, event)
        return {"changed": True}

    async def _relation(
        self, viewer: Viewer, resident_id: ObjectId, action: Action
    ) -> RelationKind:
        relation = await self._access.require(
            viewer, resident_id, Category.PROFILE, action, purpose="consent"
        )
        if relation.kind not in (RelationKind.SELF, RelationKind.GUARDIAN):
            raise ConsentNotYours
        return relation.kind

    async def _records(self, resident_id: ObjectId) -> dict[Purpose, ConsentRecord]:
        found = ConsentRecord.find({"resident_id": resident_id}).sort("sequence")
        return {each.purpose: each async for each in found}


def _standing(last: dict[Purpose, ConsentRecord]) -> list[Consent]:
    return [_consent(purpose, last.get(purpose)) for purpose in Purpose]


def _consent(purpose: Purpose, record: ConsentRecord | None) -> Consent:
    raw = None if record is None else {"given": record.given, "version": record.version}
    return Consent(
        purpose=purpose,
        state=state_of(purpose, raw),
        notice=current(purpose),
        agreed=notice(purpose, record.version) if record and record.given else None,
        since=record.at if record else None,
    )


def _says_so_already(last: Raw | None, shown: Notice, given: bool) -> bool:
    if last is None:
        return not given
    if not given:
        return not last["given"]
    return bool(last["given"]) and last["version"] == shown.version
