"""Binding a young person's own account to the record that a guardian has kept for them."""

from __future__ import annotations

from bson import ObjectId

from backend.access.circle.documents import CircleTurn
from backend.access.circle.errors import GuardiansInCircle, OwnAccountBound, TooYoung
from backend.access.errors import RelationExists
from backend.access.limits import AGE_OF_CONSENT
from backend.access.relations import Relation, RelationKind
from backend.core.database import Session

_TURN = ObjectId("000000000000000000000001")


async def check_own_account(resident_id: ObjectId, age: int | None) -> None:
    """It is bound from 14 on, and once. Raises ``TooYoung`` or ``OwnAccountBound``."""
    if age is None or age < AGE_OF_CONSENT:
        raise TooYoung(age=AGE_OF_CONSENT)
    bound = {"resident_id": resident_id, "kind": RelationKind.SELF, "ended_at": None}
    if await Relation.find_one(bound) is not None:
        raise OwnAccountBound


async def check_free(account_id: ObjectId, resident_id: ObjectId, session: Session) -> None:
    """Whether the account may become this resident's own.

    Raises ``RelationExists`` where it has a record of its own, ``OwnAccountBound`` where somebody
    was quicker, ``GuardiansInCircle`` where it is guardian of one of its own guardians.
    """
    await take_turn(session)
    own = {"account_id": account_id, "kind": RelationKind.SELF, "ended_at": None}
    if await Relation.find_one(own, session=session) is not None:
        raise RelationExists
    bound = {"resident_id": resident_id, "kind": RelationKind.SELF, "ended_at": None}
    if await Relation.find_one(bound, session=session) is not None:
        raise OwnAccountBound
    guardians = await _accounts([resident_id], RelationKind.GUARDIAN, session)
    if guardians & await guarded_accounts(account_id, session):
        raise GuardiansInCircle


async def check_no_circle(account_id: ObjectId, resident_id: ObjectId, session: Session) -> None:
    """Whether the account may become the resident's guardian. Raises ``GuardiansInCircle``."""
    await take_turn(session)
    own = await _accounts([resident_id], RelationKind.SELF, session)
    for each in own:
        if each == account_id or account_id in await guarded_accounts(each, session):
            raise GuardiansInCircle


async def guarded_accounts(account_id: ObjectId, session: Session) -> set[ObjectId]:
    """The own accounts of everybody whom this account guards, directly or through others."""
    seen: set[ObjectId] = set()
    ring = {account_id}
    while ring:
        wards = Relation.find(
            {
                "account_id": {"$in": list(ring)},
                "kind": RelationKind.GUARDIAN,
                "ended_at": None,
            },
            session=session,
        )
        residents = [each.resident_id async for each in wards]
        ring = await _accounts(residents, RelationKind.SELF, session) - seen
        seen |= ring
    return seen


async def take_turn(session: Session) -> None:
    """Make guardians' transactions meet: of two at once the second reads what the first did."""
    await CircleTurn.get_pymongo_collection().update_one(
        {"_id": _TURN}, {"$inc": {"turn": 1}}, upsert=True, session=session
    )


async def _accounts(
    residents: list[ObjectId], kind: RelationKind, session: Session
) -> set[ObjectId]:
    found = Relation.find(
        {"resident_id": {"$in": residents}, "kind": kind, "ended_at": None}, session=session
    )
    return {each.account_id async for each in found}
