"""Inviting somebody into the circle: both sides confirm before anything is granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import ALL_ACTIONS, ALL_CATEGORIES, Action, Category
from backend.access.circle.attempts import Attempts
from backend.access.circle.authority import Authority, check_grant
from backend.access.circle.binding import check_free, check_own_account
from backend.access.circle.codes import Codes
from backend.access.circle.documents import Invitation, InvitationState
from backend.access.circle.errors import (
    InvitationInvalid,
    InvitationNotFound,
    InvitationSettled,
    TooManyInvitations,
)
from backend.access.circle.events import InvitationAccepted, LinkGranted
from backend.access.circle.persons import Persons, display_names, masked
from backend.access.errors import AccessDenied, RelationExists
from backend.access.limits import CONFIRM_WITHIN, INVITATION_LIFE, MOST_INVITATIONS
from backend.access.log.service import pass_gate
from backend.access.relations import Kinship, Relation, RelationKind
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.identity.viewer import Viewer

_KEY_TRIES = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """What who holds the code sees before accepting: names masked, rights in full."""

    invitation: Invitation
    resident_name: str
    inviter_name: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What the link would allow. ``own``: it binds the resident's own account."""

    kinship: Kinship | None = None
    categories: frozenset[Category] = ALL_CATEGORIES
    actions: frozenset[Action] = ALL_ACTIONS
    valid_until: datetime | None = None
    own: bool = False


class Invitations:
    def __init__(self, core: Core, access: Access, authority: Authority, persons: Persons) -> None:
        self._core = core
        self._access = access
        self._authority = authority
        self._persons = persons
        self._codes = Codes(core.keyring, "invitation")
        self._attempts = Attempts(core.keyring, core.clock)

    def code(self, invitation: Invitation) -> str | None:
        """The code to show, as long as it is good."""
        good = invitation.state is InvitationState.OPEN
        good = good and invitation.expires_at > self._core.clock.now()
        return self._codes.of(invitation.id) if good else None

    async def invite(
        self, viewer: Viewer, resident_id: ObjectId, terms: Terms, *, idempotency_key: str
    ) -> Invitation:
        """Raises ``AccessDenied``, ``GrantUnfit``, ``GrantBeyondOwn``, ``TooManyInvitations``,
        and where a young person's own account is to be bound ``TooYoung`` or ``OwnAccountBound``.
        """
        if terms.own:
            await self._authority.keeper(viewer, resident_id)
            await check_own_account(resident_id, await self._authority.age(resident_id))
            terms = Terms(own=True)
        else:
            speaker = await self._authority.speaker(viewer, resident_id)
            check_grant(
                speaker, terms.categories, terms.actions, terms.valid_until, self._core.clock.now()
            )
        arguments = ["invite", str(resident_id), _plain(terms)]

        async def work(session: Session) -> Raw:
            return {"id": await self._insert(viewer, resident_id, terms, session)}

        for left in reversed(range(_KEY_TRIES)):
            try:
                answer = await self._core.idempotency.once(
                    viewer.account_id, idempotency_key, arguments, work
                )
                break
            except DuplicateKeyError:  # another open invitation has this very code
                if not left:
                    raise
        return await _get(resident_id, answer["id"])

    async def of_resident(self, viewer: Viewer, resident_id: ObjectId) -> list[Invitation]:
        """Those that are open or wait for the resident, newest first."""
        await self._host(viewer, resident_id, only_looks=True)
        now = self._core.clock.now()
        found = Invitation.find({"resident_id": resident_id, "$or": _waiting(now)})
        return await found.sort("-invited_at", "-_id").to_list()

    async def of_guest(self, viewer: Viewer) -> list[Invitation]:
        """Those the viewer accepted and nobody confirmed yet."""
        now = self._core.clock.now()
        query = {
            "accepted_by": viewer.account_id,
            "state": InvitationState.ACCEPTED,
            "confirm_until": {"$gt": now},
        }
        return await Invitation.find(query).sort("-accepted_at", "-_id").to_list()

    async def look(self, viewer: Viewer, code: str, *, address: str | None = None) -> Offer:
        """What is offered. Raises ``InvitationInvalid`` or ``CodeTriedTooOften``."""
        await self._attempts.count(viewer.account_id, address)
        raw = await Invitation.get_pymongo_collection().find_one(self._good(viewer, code))
        if raw is None:
            raise InvitationInvalid
        return await self._offer(Invitation.model_validate(raw))

    async def accept(self, viewer: Viewer, code: str, *, address: str | None = None) -> Offer:
        """Take the offer; it waits for the resident. Of two at once one gets it.

        Raises ``InvitationInvalid``, ``CodeTriedTooOften``, or ``RelationExists`` where the
        viewer stands in this relation to the resident already.
        """
        await self._attempts.count(viewer.account_id, address)
        collection = Invitation.get_pymongo_collection()
        good = self._good(viewer, code)

        async def work(session: Session) -> Invitation:
            raw = await collection.find_one(good, session=session)
            if raw is None:
                raise InvitationInvalid
            invitation: Invitation = Invitation.model_validate(raw)
            await self._check_new(viewer.account_id, invitation, session)
            now = self._core.clock.now()
            invitation.state = InvitationState.ACCEPTED
            invitation.accepted_by = PydanticObjectId(viewer.account_id)
            invitation.accepted_at, invitation.confirm_until = now, now + CONFIRM_WITHIN
            done = await collection.replace_one(
                {"_id": invitation.id, "state": InvitationState.OPEN},
                invitation.to_raw(),
                session=session,
            )
            if done.matched_count == 0:
                raise InvitationInvalid
            event = InvitationAccepted(
                resident_id=invitation.resident_id, invitation_id=invitation.id
            )
            await self._core.outbox.publish(session, event)
            return invitation

        return await self._offer(await self._core.store.transaction(work))

    async def confirm(
        self, viewer: Viewer, resident_id: ObjectId, invitation_id: ObjectId
    ) -> Relation:
        """Grant the link to who accepted. Raises ``AccessDenied``, ``InvitationNotFound``,
        ``InvitationSettled``, ``RelationExists`` or what ``invite`` refuses.
        """
        await self._host(viewer, resident_id)
        invitation = await _get(resident_id, invitation_id)
        now = self._core.clock.now()
        if invitation.kind is RelationKind.SELF:
            await self._authority.keeper(viewer, resident_id)
            await check_own_account(resident_id, await self._authority.age(resident_id))
        else:
            speaker = await self._authority.speaker(viewer, resident_id)
            until = invitation.valid_until
            check_grant(speaker, invitation.categories, invitation.actions, until, now)
        if invitation.accepted_by == viewer.account_id:
            raise AccessDenied(action=Action.MANAGE.value)

        async def work(session: Session) -> Relation:
            settled = await self._settle(viewer, invitation, InvitationState.CONFIRMED, session)
            assert settled.accepted_by is not None
            await self._check_new(settled.accepted_by, settled, session)
            relation = await self._access.grant(
                resident_id=resident_id,
                account_id=settled.accepted_by,
                kind=settled.kind,
                kinship=settled.kinship,
                categories=settled.categories,
                actions=settled.actions,
                valid_until=settled.valid_until,
                basis_id=settled.id,
                session=session,
            )
            event = LinkGranted(resident_id=PydanticObjectId(resident_id), relation_id=relation.id)
            await self._core.outbox.publish(session, event)
            return relation

        return await self._core.store.transaction(work)

    async def refuse(self, viewer: Viewer, resident_id: ObjectId, invitation_id: ObjectId) -> None:
        """The resident takes it back, or does not know who accepted; or the guest steps back.

        Raises ``AccessDenied``, ``InvitationNotFound`` or ``InvitationSettled``.
        """
        raw = await Invitation.get_pymongo_collection().find_one(
            {"_id": invitation_id, "resident_id": resident_id, "accepted_by": viewer.account_id}
        )
        if raw is not None:
            invitation, state = Invitation.model_validate(raw), InvitationState.WITHDRAWN
        else:
            await self._host(viewer, resident_id)
            invitation = await _get(resident_id, invitation_id)
            accepted = invitation.state is InvitationState.ACCEPTED
            state = InvitationState.REFUSED if accepted else InvitationState.WITHDRAWN

        async def work(session: Session) -> None:
            await self._settle(viewer, invitation, state, session)

        await self._core.store.transaction(work)

    async def guest_name(self, invitation: Invitation) -> str | None:
        """Whom the resident is about to confirm, by the name they gave themselves."""
        if invitation.accepted_by is None:
            return None
        names = await display_names(self._core.keyring, [invitation.accepted_by])
        return names.get(invitation.accepted_by)

    async def _host(
        self, viewer: Viewer, resident_id: ObjectId, *, only_looks: bool = False
    ) -> None:
        """Raises ``AccessDenied`` for who is not of the resident's side."""
        try:
            await self._authority.speaker(viewer, resident_id, only_looks=only_looks)
        except AccessDenied:
            await self._authority.keeper(viewer, resident_id)

    async def _insert(
        self, viewer: Viewer, resident_id: ObjectId, terms: Terms, session: Session
    ) -> ObjectId:
        now = self._core.clock.now()
        open_now = {"resident_id": resident_id, "$or": _waiting(now)}
        collection = Invitation.get_pymongo_collection()
        if await collection.count_documents(open_now, session=session) >= MOST_INVITATIONS:
            raise TooManyInvitations(limit=MOST_INVITATIONS)
        invitation_id = ObjectId()
        invitation = Invitation(
            id=PydanticObjectId(invitation_id),
            resident_id=PydanticObjectId(resident_id),
            code_hash=self._codes.hash(self._codes.of(invitation_id)),
            kind=RelationKind.SELF if terms.own else RelationKind.CAREGIVER,
            kinship=terms.kinship,
            categories=terms.categories,
            actions=terms.actions,
            valid_until=terms.valid_until,
            invited_by=PydanticObjectId(viewer.account_id),
            invited_at=now,
            expires_at=now + INVITATION_LIFE,
        )
        await collection.insert_one(invitation.to_raw(), session=session)
        return invitation_id

    def _good(self, viewer: Viewer, code: str) -> Raw:
        # One look-up with all conditions: wrong, used, old and own codes cost and answer the same.
        return {
            "code_hash": self._codes.hash(code),
            "state": InvitationState.OPEN,
            "expires_at": {"$gt": self._core.clock.now()},
            "invited_by": {"$ne": viewer.account_id},
        }

    async def _check_new(
        self, account_id: ObjectId, invitation: Invitation, session: Session
    ) -> None:
        """Raises ``RelationExists`` for who needs no such link, or has one."""
        now = self._core.clock.now()
        found = Relation.find(
            {
                "resident_id": invitation.resident_id,
                "account_id": account_id,
                "kind": {"$in": _CLOSER[invitation.kind]},
                "ended_at": None,
            },
            session=session,
        )
        if any([each.runs_at(now) async for each in found]):
            raise RelationExists
        if invitation.kind is RelationKind.SELF:
            await check_free(account_id, invitation.resident_id, session)

    async def _settle(
        self, viewer: Viewer, invitation: Invitation, state: InvitationState, session: Session
    ) -> Invitation:
        now = self._core.clock.now()
        expected: Raw = {"_id": invitation.id, "state": InvitationState.ACCEPTED}
        if state is InvitationState.CONFIRMED:
            expected["confirm_until"] = {"$gt": now}
        elif invitation.state is InvitationState.OPEN:
            expected["state"] = InvitationState.OPEN
        raw = await Invitation.get_pymongo_collection().find_one_and_update(
            expected,
            {"$set": {"state": state, "settled_by": viewer.account_id, "settled_at": now}},
            session=session,
            return_document=True,
        )
        if raw is None:
            raise InvitationSettled
        settled: Invitation = Invitation.model_validate(raw)
        return settled

    async def _offer(self, invitation: Invitation) -> Offer:
        # The code is the right to see whose record it is about, masked.
        pass_gate(invitation.resident_id)
        names = await display_names(self._core.keyring, [invitation.invited_by])
        return Offer(
            invitation=invitation,
            resident_name=masked(await self._persons.name(invitation.resident_id)),
            inviter_name=masked(names.get(invitation.invited_by)),
        )


_CLOSER = {
    RelationKind.CAREGIVER: [RelationKind.SELF, RelationKind.GUARDIAN, RelationKind.CAREGIVER],
    RelationKind.SELF: [RelationKind.SELF, RelationKind.GUARDIAN],
}


def _waiting(now: datetime) -> list[Raw]:
    return [
        {"state": InvitationState.OPEN, "expires_at": {"$gt": now}},
        {"state": InvitationState.ACCEPTED, "confirm_until": {"$gt": now}},
    ]


def _plain(terms: Terms) -> Raw:
    return {
        "kinship": terms.kinship,
        "categories": sorted(terms.categories),
        "actions": sorted(terms.actions),
        "valid_until": None if terms.valid_until is None else terms.valid_until.isoformat(),
        "own": terms.own,
    }


async def _get(resident_id: ObjectId, invitation_id: ObjectId) -> Invitation:
    found = await Invitation.find_one({"_id": invitation_id, "resident_id": resident_id})
    if found is None:
        raise InvitationNotFound
    return found
