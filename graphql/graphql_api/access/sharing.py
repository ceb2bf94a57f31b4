"""Share links: made, listed with every open, ended."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.access.categories import Category
from backend.sharing import link as domain
from backend.sharing.choice import ShareChoice
from backend.sharing.limits import agent_label
from backend.sharing.link import ShareState
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.paging import Connection, connection
from graphql_api.common.paging import after as cursor
from graphql_api.common.scalars import Node, global_id

enum(ShareState)


@strawberry.type(description="One time that somebody opened a link.")
class ShareOpen:
    at: datetime
    recipient: str = strawberry.field(description="As they said it.")
    network: str = strawberry.field(description="Where from, no nearer than their network.")
    program: str


@strawberry.type(description="A part of the record, given to whoever has the link.")
class ShareLink(Node):
    label: str = strawberry.field(description="Whom it is for.")
    state: ShareState
    categories: list[Category]
    since: datetime | None
    until: datetime | None
    include_name: bool
    has_pin: bool
    pin_attempts_left: int
    resources: int = strawberry.field(description="How many entries it holds.")
    made_at: datetime
    mine: bool
    expires_at: datetime
    max_opens: int
    open_count: int
    opens: list[ShareOpen] = strawberry.field(description="The newest first.")
    revoked_at: datetime | None


@strawberry.input(
    description="What is shared is as it is now. `since` inclusive, `until` exclusive."
)
class CreateShareLinkInput:
    resident_id: strawberry.ID
    idempotency_key: str = strawberry.field(
        description="Random, of 122 bits or more (a UUID): the link's secrets come from it."
    )
    categories: list[Category]
    label: str
    expires_at: datetime
    max_opens: int
    since: datetime | None = None
    until: datetime | None = None
    pin: str | None = None
    include_name: bool = False

    def to_domain(self) -> ShareChoice:
        return ShareChoice(
            categories=frozenset(self.categories),
            label=self.label,
            expires_at=self.expires_at,
            max_opens=self.max_opens,
            since=self.since,
            until=self.until,
            pin=self.pin,
            include_name=self.include_name,
        )


@strawberry.type(
    description="`url` opens in a browser, `shlink` in readers of SMART Health Links. Both hold "
    "the key, which the server forgets: keep them on the phone."
)
class CreateShareLinkPayload:
    share_link: ShareLink
    url: str
    shlink: str
    qr_svg: str


@strawberry.input
class RevokeShareLinkInput:
    id: strawberry.ID


@strawberry.type
class RevokeShareLinkPayload:
    share_link: ShareLink


@strawberry.type
class SharingMutation:
    @strawberry.mutation(description="Only what the viewer may both see and manage can be shared.")
    async def create_share_link(
        self, info: Info, input: CreateShareLinkInput
    ) -> CreateShareLinkPayload:
        context = info.context
        made = await context.services.share_links.create(
            context.viewer,
            ids.resident_id(input.resident_id),
            input.to_domain(),
            idempotency_key=input.idempotency_key,
        )
        [link] = await _with_opens([made.link], info)
        return CreateShareLinkPayload(
            share_link=link, url=made.url, shlink=made.shlink, qr_svg=made.qr_svg
        )

    @strawberry.mutation(description="At once and for good; what it held is deleted.")
    async def revoke_share_link(
        self, info: Info, input: RevokeShareLinkInput
    ) -> RevokeShareLinkPayload:
        context = info.context
        resident_id, share_id = ids.decode(input.id, "ShareLink")
        ended = await context.services.share_links.revoke(context.viewer, resident_id, share_id)
        [link] = await _with_opens([ended], info)
        return RevokeShareLinkPayload(share_link=link)


async def share_links_of(
    resident_id: ObjectId, info: Info, first: int, after: str | None
) -> Connection[ShareLink]:
    """The resident's links that the viewer may manage, with their opens, in two reads."""
    context = info.context
    page = await context.services.share_links.page(
        context.viewer, resident_id, first=first, after=cursor(after)
    )
    shown = {
        each.id: link
        for each, link in zip(page.items, await _with_opens(page.items, info), strict=True)
    }
    return connection(page, lambda each: shown[each.id])


async def share_link(info: Info, resident_id: ObjectId, share_id: ObjectId) -> ShareLink:
    context = info.context
    found = await context.services.share_links.get(context.viewer, resident_id, share_id)
    [link] = await _with_opens([found], info)
    return link


async def _with_opens(links: list[domain.ShareLink], info: Info) -> list[ShareLink]:
    if not links:
        return []
    opens = await info.context.services.share_links.opens(
        links[0].resident_id, [each.id for each in links]
    )
    return [_link_of(each, opens[each.id], info) for each in links]


def _link_of(link: domain.ShareLink, opens: list[domain.ShareOpen], info: Info) -> ShareLink:
    context = info.context
    return ShareLink(
        id=global_id("ShareLink", link.resident_id, link.id),
        label=link.label,
        state=link.state,
        categories=sorted(link.categories),
        since=link.since,
        until=link.until,
        include_name=link.include_name,
        has_pin=link.has_pin,
        pin_attempts_left=link.pin_attempts_left,
        resources=link.resources,
        made_at=link.at,
        mine=link.made_by == context.viewer.account_id,
        expires_at=link.expires_at,
        max_opens=link.max_opens,
        open_count=link.opens,
        opens=[
            ShareOpen(
                at=each.at,
                recipient=each.recipient,
                network=each.address,
                program=agent_label(each.agent, context.language),
            )
            for each in opens
        ],
        revoked_at=link.revoked_at,
    )
