"""A family whose members invite each other."""

from __future__ import annotations

from datetime import timedelta

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.circle.documents import Invitation
from backend.access.circle.invitations import Terms
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.limits import DAILY_CARE
from backend.access.relations import Kinship, Relation, RelationKind
from backend.core.outbox import OutboxEntry
from backend.identity.viewer import Role, Viewer
from backend.services import Services
from tests.factories import a_key, a_profile, a_viewer

DAUGHTER = Terms(Kinship.DAUGHTER, DAILY_CARE.categories, DAILY_CARE.actions)
READINGS_ONLY = Terms(
    Kinship.SON, frozenset({Category.READINGS}), frozenset({Action.VIEW, Action.RECEIVE_ALERTS})
)


async def invited(
    services: Services, viewer: Viewer, resident_id: ObjectId, terms: Terms = DAUGHTER
) -> tuple[Invitation, str]:
    """An open invitation and its code."""
    invitation = await services.circle.invitations.invite(
        viewer, resident_id, terms, idempotency_key=a_key()
    )
    code = services.circle.invitations.code(invitation)
    assert code is not None
    return invitation, code


async def joined(
    services: Services, viewer: Viewer, resident_id: ObjectId, terms: Terms = DAUGHTER
) -> tuple[Viewer, Relation]:
    """Somebody who came in by an invitation that both confirmed."""
    guest = a_viewer(Role.CAREGIVER)
    invitation, code = await invited(services, viewer, resident_id, terms)
    await services.circle.invitations.accept(guest, code)
    relation = await services.circle.invitations.confirm(viewer, resident_id, invitation.id)
    return guest, relation


async def a_child(
    services: Services, born: str, guardian: Viewer | None = None
) -> tuple[Viewer, ObjectId, Relation]:
    """A record that a guardian keeps, and the guardian's link, its days set."""
    guardian = guardian or a_viewer()
    resident_id = await services.residents.register(
        guardian,
        a_profile("张小满", born),
        kind=RelationKind.GUARDIAN,
        kinship=Kinship.MOTHER,
        accepted=accepted_now(Purpose.HEALTH_DATA),
        idempotency_key=a_key(),
    )
    await settled(services)
    return guardian, resident_id, await link_of(guardian, resident_id)


async def settled(services: Services) -> None:
    """What the outbox's subscribers do."""
    from backend.main import build_dispatcher

    await build_dispatcher(services).drain()


async def link_of(viewer: Viewer, resident_id: ObjectId) -> Relation:
    viewer.memo.clear()
    found = await Relation.find_one(
        {"account_id": viewer.account_id, "resident_id": resident_id, "ended_at": None}
    )
    assert found is not None
    return found


async def events(name: str) -> int:
    return await OutboxEntry.find({"name": name}).count()


A_MINUTE = timedelta(minutes=1)
