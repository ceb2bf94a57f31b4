"""The care circle: who has access, inviting, changing, ending."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.access.categories import ALL_ACTIONS, ALL_CATEGORIES, Action, Category
from backend.access.circle.invitations import Terms
from backend.access.circle.links import Change
from backend.access.limits import DAILY_CARE
from backend.access.relations import Kinship
from graphql_api.access.circle_types import (
    CircleInvitation,
    CircleLink,
    CircleLinkPayload,
    CirclePreset,
    InvitationOffer,
    invitation_of,
    link_of,
    listed_link,
    offer_of,
    presets,
)
from graphql_api.access.guardians import (
    GuardianMutation,
    GuardianQuery,
    ResidentGuardians,
)
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor


@strawberry.type
class ResidentCircle(ResidentGuardians):
    """Fields of ``Resident`` about who has access."""

    @strawberry.field(description="Who has access to this record; for the resident's side only.")
    async def care_circle(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[CircleLink] | None:
        context = info.context
        page = await context.services.circle.links.page(
            context.viewer, self.key, first=first, after=cursor(after)
        )
        return connection(page, lambda each: listed_link(each, info))

    @strawberry.field(description="Open, or waiting to be confirmed.")
    async def invitations(self, info: Info) -> list[CircleInvitation] | None:
        context = info.context
        found = await context.services.circle.invitations.of_resident(context.viewer, self.key)
        return [await invitation_of(each, info) for each in found]


@strawberry.type
class CircleQuery(GuardianQuery):
    @strawberry.field(description="Choices to offer when inviting somebody.")
    async def circle_presets(self, info: Info) -> list[CirclePreset]:
        return presets(info.context.language)

    @strawberry.field(description="What the viewer accepted and the resident has not confirmed.")
    async def accepted_invitations(self, info: Info) -> list[CircleInvitation]:
        context = info.context
        found = await context.services.circle.invitations.of_guest(context.viewer)
        return [await invitation_of(each, info) for each in found]


@strawberry.input(
    description="Without categories and rights: daily care. `ownAccount` binds a young person's "
    "own account to the record, and needs neither."
)
class InviteToCircleInput:
    resident_id: strawberry.ID
    idempotency_key: str
    kinship: Kinship | None = None
    categories: list[Category] | None = None
    rights: list[Action] | None = None
    valid_until: datetime | None = None
    own_account: bool = False

    def to_domain(self) -> Terms:
        if self.own_account:
            return Terms(None, ALL_CATEGORIES, ALL_ACTIONS, None, own=True)
        given = self.categories
        rights = self.rights
        return Terms(
            kinship=self.kinship,
            categories=DAILY_CARE.categories if given is None else frozenset(given),
            actions=DAILY_CARE.actions if rights is None else frozenset(rights),
            valid_until=self.valid_until,
        )


@strawberry.type
class InviteToCirclePayload:
    invitation: CircleInvitation


@strawberry.input(description="As typed or scanned; case, spaces and hyphens do not matter.")
class InvitationCodeInput:
    code: str


@strawberry.type
class InvitationOfferPayload:
    offer: InvitationOffer


@strawberry.input
class InvitationInput:
    id: strawberry.ID


@strawberry.type
class RefuseInvitationPayload:
    id: strawberry.ID


@strawberry.input(
    description="The whole of the link as it shall be. Its holder can only give up, never add."
)
class ChangeLinkInput:
    id: strawberry.ID
    version: int
    categories: list[Category]
    rights: list[Action]
    valid_until: datetime | None = None


@strawberry.input
class EndLinkInput:
    id: strawberry.ID


@strawberry.type
class EndLinkPayload:
    id: strawberry.ID


@strawberry.input(description="The young person's own choice, from 14 and from 18 on.")
class RenewLinkInput:
    id: strawberry.ID
    categories: list[Category]
    rights: list[Action]


@strawberry.type
class CircleMutation(GuardianMutation):
    @strawberry.mutation(description="By the resident or a guardian. The code is good once.")
    async def invite_to_circle(
        self, info: Info, input: InviteToCircleInput
    ) -> InviteToCirclePayload:
        context = info.context
        made = await context.services.circle.invitations.invite(
            context.viewer,
            ids.resident_id(input.resident_id),
            input.to_domain(),
            idempotency_key=input.idempotency_key,
        )
        return InviteToCirclePayload(invitation=await invitation_of(made, info))

    @strawberry.mutation(description="What a code offers. Attempts are counted.")
    async def look_at_invitation(
        self, info: Info, input: InvitationCodeInput
    ) -> InvitationOfferPayload:
        context = info.context
        offer = await context.services.circle.invitations.look(
            context.viewer, input.code, address=context.address
        )
        return InvitationOfferPayload(offer=offer_of(offer))

    @strawberry.mutation(description="Take the offer; the resident then confirms who took it.")
    async def accept_invitation(
        self, info: Info, input: InvitationCodeInput
    ) -> InvitationOfferPayload:
        context = info.context
        offer = await context.services.circle.invitations.accept(
            context.viewer, input.code, address=context.address
        )
        return InvitationOfferPayload(offer=offer_of(offer))

    @strawberry.mutation(description="By the resident's side: yes, it is them.")
    async def confirm_invitation(self, info: Info, input: InvitationInput) -> CircleLinkPayload:
        context = info.context
        where = ids.decode(input.id, "Invitation")
        relation = await context.services.circle.invitations.confirm(context.viewer, *where)
        return CircleLinkPayload(link=link_of(relation, None, info))

    @strawberry.mutation(description="By either side, before it is confirmed.")
    async def refuse_invitation(
        self, info: Info, input: InvitationInput
    ) -> RefuseInvitationPayload:
        context = info.context
        where = ids.decode(input.id, "Invitation")
        await context.services.circle.invitations.refuse(context.viewer, *where)
        return RefuseInvitationPayload(id=input.id)

    @strawberry.mutation
    async def change_link(self, info: Info, input: ChangeLinkInput) -> CircleLinkPayload:
        context = info.context
        change = Change(frozenset(input.categories), frozenset(input.rights), input.valid_until)
        relation = await context.services.circle.links.change(
            context.viewer, *ids.decode(input.id, "CareLink"), change, version=input.version
        )
        return CircleLinkPayload(link=link_of(relation, None, info))

    @strawberry.mutation(description="By either side, at once.")
    async def end_link(self, info: Info, input: EndLinkInput) -> EndLinkPayload:
        context = info.context
        await context.services.circle.links.end(context.viewer, *ids.decode(input.id, "CareLink"))
        return EndLinkPayload(id=input.id)

    @strawberry.mutation(description="By the young person's own account.")
    async def renew_link(self, info: Info, input: RenewLinkInput) -> CircleLinkPayload:
        context = info.context
        relation = await context.services.circle.renewals.renew(
            context.viewer,
            *ids.decode(input.id, "CareLink"),
            frozenset(input.categories),
            frozenset(input.rights),
        )
        return CircleLinkPayload(link=link_of(relation, None, info))
