"""Who practises where, and in which team: entered by operators, seen by everybody signed in."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.circle.persons import display_names
from backend.access.contract.documents import CareTeam, Doctor
from backend.access.contract.errors import DoctorNotFound, DoctorUnfit, TeamExists
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.paging import Cursor, Page, page_size
from backend.identity.accounts import Account
from backend.identity.operators import require_operator
from backend.identity.viewer import Role, Viewer

_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class ListedDoctor:
    doctor: Doctor
    name: str | None
    institution_name: str | None

    @property
    def at(self) -> datetime:
        return self.doctor.entered_at

    @property
    def id(self) -> ObjectId:
        return self.doctor.id


@dataclass(frozen=True, slots=True)
class ListedTeam:
    team: CareTeam
    institution_name: str | None
    members: tuple[tuple[ObjectId, str | None], ...]

    @property
    def at(self) -> datetime:
        return self.team.made_at

    @property
    def id(self) -> ObjectId:
        return self.team.id


class DoctorRegistry:
    """What changes it is for operators only (``OperatorRequired``)."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def enter(
        self,
        viewer: Viewer,
        account_id: ObjectId,
        *,
        institution_id: ObjectId,
        title: str,
        emergency_duty: bool = False,
    ) -> Doctor:
        """Enter a doctor, or change how they are entered. Raises ``DoctorUnfit``."""
        require_operator(viewer)
        title = _named(title, "title")
        await _check_account(account_id, Role.FAMILY_DOCTOR, "account")
        await _check_account(institution_id, Role.INSTITUTION, "institution")
        doctor = Doctor(
            id=PydanticObjectId(account_id),
            institution_id=PydanticObjectId(institution_id),
            title=title,
            emergency_duty=emergency_duty,
            entered_by=PydanticObjectId(viewer.account_id),
            entered_at=self._core.clock.now(),
        )
        raw = doctor.to_raw()
        await Doctor.get_pymongo_collection().replace_one({"_id": account_id}, raw, upsert=True)
        return doctor

    async def leave(self, viewer: Viewer, account_id: ObjectId) -> None:
        """The doctor practises there no more: out of every team, no emergencies any more.

        Raises ``DoctorNotFound``.
        """
        require_operator(viewer)
        now = self._core.clock.now()

        async def work(session: Session) -> None:
            done = await Doctor.get_pymongo_collection().update_one(
                {"_id": account_id, "left_at": None}, {"$set": {"left_at": now}}, session=session
            )
            if done.matched_count == 0:
                raise DoctorNotFound
            await CareTeam.get_pymongo_collection().update_many(
                {"members": account_id}, {"$pull": {"members": account_id}}, session=session
            )

        await self._core.store.transaction(work)

    async def make_team(
        self,
        viewer: Viewer,
        *,
        institution_id: ObjectId,
        name: str,
        members: list[ObjectId],
        idempotency_key: str,
    ) -> CareTeam:
        """Raises ``DoctorUnfit`` or ``TeamExists``."""
        require_operator(viewer)
        name = _named(name, "name")
        await _check_account(institution_id, Role.INSTITUTION, "institution")
        await self._check_members(institution_id, members)
        team = CareTeam(
            institution_id=PydanticObjectId(institution_id),
            name=name,
            members=[PydanticObjectId(each) for each in dict.fromkeys(members)],
            made_by=PydanticObjectId(viewer.account_id),
            made_at=self._core.clock.now(),
        )

        async def work(session: Session) -> Raw:
            await CareTeam.get_pymongo_collection().insert_one(team.to_raw(), session=session)
            return {"id": team.id}

        arguments = ["team", str(institution_id), name, [str(each) for each in members]]
        try:
            answer = await self._core.idempotency.once(
                viewer.account_id, idempotency_key, arguments, work
            )
        except DuplicateKeyError as error:
            raise TeamExists from error
        return await self.team(answer["id"])

    async def set_members(
        self, viewer: Viewer, team_id: ObjectId, members: list[ObjectId]
    ) -> CareTeam:
        """The contracts stay; who joined sees the panel with their next request, who left no more.

        Raises ``DoctorNotFound`` or ``DoctorUnfit``.
        """
        require_operator(viewer)
        team = await self.team(team_id)
        await self._check_members(team.institution_id, members)
        team.members = [PydanticObjectId(each) for each in dict.fromkeys(members)]
        await CareTeam.get_pymongo_collection().update_one(
            {"_id": team_id}, {"$set": {"members": team.members}}
        )
        return team

    async def doctor(self, account_id: ObjectId) -> Doctor:
        """Who practises now. Raises ``DoctorNotFound``."""
        found = await Doctor.find_one({"_id": account_id, "left_at": None})
        if found is None:
            raise DoctorNotFound
        return found

    async def team(self, team_id: ObjectId) -> CareTeam:
        """Raises ``DoctorNotFound``."""
        found = await CareTeam.find_one({"_id": team_id, "ended_at": None})
        if found is None:
            raise DoctorNotFound
        return found

    async def doctors(self, *, first: int, after: Cursor | None = None) -> Page[ListedDoctor]:
        """Those who practise now, newest entered first."""
        size = page_size(first)
        found = Doctor.find(_page({"left_at": None}, "entered_at", after))
        rows = await found.sort("-entered_at", "-_id").limit(size + 1).to_list()
        names = await display_names(
            self._core.keyring, [i for each in rows for i in (each.id, each.institution_id)]
        )
        listed = [
            ListedDoctor(each, names.get(each.id), names.get(each.institution_id)) for each in rows
        ]
        return Page.of(listed, size)

    async def teams(self, *, first: int, after: Cursor | None = None) -> Page[ListedTeam]:
        """Newest first, with their members."""
        size = page_size(first)
        found = CareTeam.find(_page({"ended_at": None}, "made_at", after))
        rows = await found.sort("-made_at", "-_id").limit(size + 1).to_list()
        wanted = {i for each in rows for i in (each.institution_id, *each.members)}
        names = await display_names(self._core.keyring, wanted)
        listed = [
            ListedTeam(
                each,
                names.get(each.institution_id),
                tuple((member, names.get(member)) for member in each.members),
            )
            for each in rows
        ]
        return Page.of(listed, size)

    async def _check_members(self, institution_id: ObjectId, members: list[ObjectId]) -> None:
        wanted = set(members)
        query = {
            "_id": {"$in": list(wanted)},
            "institution_id": institution_id,
            "left_at": None,
        }
        if not wanted or await Doctor.find(query).count() != len(wanted):
            raise DoctorUnfit(field="members")


def _page(query: Raw, field: str, after: Cursor | None) -> Raw:
    return query if after is None else {**query, "$and": [after.older_than(field)]}


def _named(text: str, field: str) -> str:
    text = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(each)[0] == "C" for each in text):
        raise DoctorUnfit(field=field)
    if not 1 <= len(text) <= _LONGEST_NAME:
        raise DoctorUnfit(field=field)
    return text


async def _check_account(account_id: ObjectId, role: Role, field: str) -> None:
    collection: Any = Account.get_pymongo_collection()
    if await collection.find_one({"_id": account_id, "roles": role}, {"_id": 1}) is None:
        raise DoctorUnfit(field=field)
