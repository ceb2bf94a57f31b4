"""Types of the care circle: links, invitations, guardians' requests."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.access import limits
from backend.access.categories import Action, Category
from backend.access.circle import guardians, invitations, links
from backend.access.circle.codes import qr_svg, shown
from backend.access.circle.documents import Invitation, InvitationState
from backend.access.circle.renewal import waits
from backend.access.policy import actions_at
from backend.access.relations import Kinship, Relation, RelationKind
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.scalars import Node, global_id

enum(Category)
enum(Action, name="AccessRight")
enum(Kinship)
enum(RelationKind)
enum(InvitationState)


@strawberry.type(description="A choice of categories and rights to offer with one tap.")
class CirclePreset:
    name: str
    label: str
    categories: list[Category]
    rights: list[Action]
    proposed: bool


@strawberry.type(description="How a link was until somebody changed it.")
class PastLink:
    categories: list[Category]
    rights: list[Action]
    valid_until: datetime | None
    version: int
    until: datetime
    changed_by_me: bool


@strawberry.type(description="Somebody's access to a resident's record.")
class CircleLink(Node):
    kind: RelationKind
    kinship: Kinship | None
    holder_name: str | None = strawberry.field(description="A person's own name for themselves.")
    team: bool = strawberry.field(description="Held by whoever is in a team of doctors.")
    mine: bool
    categories: list[Category]
    rights: list[Action] = strawberry.field(description="As they are now.")
    since: datetime
    valid_until: datetime | None
    renewal_until: datetime | None = strawberry.field(
        description="Only looking until then, and nothing afterwards, unless it is renewed."
    )
    last_used_at: datetime | None = strawberry.field(
        description="When somebody last looked or recorded by it; in lists of the resident's."
    )
    version: int
    resident_key: strawberry.Private[ObjectId]
    key: strawberry.Private[ObjectId]

    @strawberry.field(description="How it was before, newest first.")
    async def history(self, info: Info) -> list[PastLink] | None:
        context = info.context
        found = await context.services.circle.links.history(
            context.viewer, self.resident_key, self.key
        )
        return [
            PastLink(
                categories=sorted(each.categories),
                rights=sorted(each.actions),
                valid_until=each.valid_until,
                version=each.version,
                until=each.until,
                changed_by_me=each.changed_by == context.viewer.account_id,
            )
            for each in found
        ]


@strawberry.type
class CircleLinkPayload:
    link: CircleLink


@strawberry.type(description="An invitation; its code as long as somebody may take it.")
class CircleInvitation(Node):
    state: InvitationState
    own_account: bool
    kinship: Kinship | None
    categories: list[Category]
    rights: list[Action]
    valid_until: datetime | None
    expires_at: datetime
    confirm_until: datetime | None
    code: str | None
    qr_svg: str | None
    accepted_by: str | None = strawberry.field(description="Whom to confirm, by their own name.")


@strawberry.type(description="What a code offers, and from whom: names are masked.")
class InvitationOffer(Node):
    resident_name: str
    inviter_name: str
    own_account: bool
    kinship: Kinship | None
    categories: list[Category]
    rights: list[Action]
    valid_until: datetime | None
    expires_at: datetime
    confirm_until: datetime | None


@strawberry.type(description="Somebody asks to act for an adult who cannot manage.")
class GuardianshipRequest(Node):
    applicant_name: str | None
    kinship: Kinship | None
    reason: str
    document_id: strawberry.ID | None
    asked_at: datetime
    answer_until: datetime
    valid_until: datetime


def presets(language: str) -> list[CirclePreset]:
    return [
        CirclePreset(
            name=each.name,
            label=each.label(language),
            categories=sorted(each.categories),
            rights=sorted(each.actions),
            proposed=each.default,
        )
        for each in limits.PRESETS
    ]


def link_of(
    relation: Relation,
    holder_name: str | None,
    info: Info,
    last_used_at: datetime | None = None,
) -> CircleLink:
    context = info.context
    now = context.services.core.clock.now()
    left = waits(relation, now)
    return CircleLink(
        id=global_id("CareLink", relation.resident_id, relation.id),
        kind=relation.kind,
        kinship=relation.kinship,
        holder_name=holder_name,
        team=relation.team_id is not None,
        mine=relation.account_id == context.viewer.account_id,
        categories=sorted(relation.categories),
        rights=sorted(actions_at(relation, now)),
        since=relation.valid_from,
        valid_until=relation.valid_until,
        renewal_until=None if left is None else now + left,
        last_used_at=last_used_at,
        version=relation.version,
        resident_key=relation.resident_id,
        key=relation.id,
    )


def listed_link(link: links.Link, info: Info) -> CircleLink:
    return link_of(link.relation, link.holder_name, info, link.last_used_at)


async def invitation_of(invitation: Invitation, info: Info) -> CircleInvitation:
    context = info.context
    service = context.services.circle.invitations
    code = service.code(invitation)
    address = f"{context.services.core.settings.public_url}/invite#{code}"
    return CircleInvitation(
        id=global_id("Invitation", invitation.resident_id, invitation.id),
        state=invitation.state,
        own_account=invitation.kind is RelationKind.SELF,
        kinship=invitation.kinship,
        categories=sorted(invitation.categories),
        rights=sorted(invitation.actions),
        valid_until=invitation.valid_until,
        expires_at=invitation.expires_at,
        confirm_until=invitation.confirm_until,
        code=None if code is None else shown(code),
        qr_svg=None if code is None else qr_svg(address),
        accepted_by=await service.guest_name(invitation),
    )


def offer_of(offer: invitations.Offer) -> InvitationOffer:
    invitation = offer.invitation
    return InvitationOffer(
        id=global_id("Invitation", invitation.resident_id, invitation.id),
        resident_name=offer.resident_name,
        inviter_name=offer.inviter_name,
        own_account=invitation.kind is RelationKind.SELF,
        kinship=invitation.kinship,
        categories=sorted(invitation.categories),
        rights=sorted(invitation.actions),
        valid_until=invitation.valid_until,
        expires_at=invitation.expires_at,
        confirm_until=invitation.confirm_until,
    )


def request_of(asked: guardians.Asked) -> GuardianshipRequest:
    request = asked.request
    document = request.document_id
    return GuardianshipRequest(
        id=global_id("GuardianshipRequest", request.resident_id, request.id),
        applicant_name=asked.applicant_name,
        kinship=request.kinship,
        reason=asked.reason,
        document_id=None if document is None else global_id("Entry", request.resident_id, document),
        asked_at=request.asked_at,
        answer_until=request.answer_until,
        valid_until=request.valid_until,
    )
