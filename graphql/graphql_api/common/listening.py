"""Listening to one resident's changes, for as long as one may."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

from bson import ObjectId

from backend.access.categories import Category
from backend.core.changes import Heard
from backend.core.database import Raw
from backend.identity.viewer import Role
from backend.measurements.granted import granted_kinds
from graphql_api.common.context import Info

Right = Category | Callable[[], Awaitable[None]] | None
"""What a listener must be allowed: a category, something of their own, or any measurement."""


@contextlib.asynccontextmanager
async def heard(
    info: Info, collection: str, subject: ObjectId, right: Right = None
) -> AsyncIterator[AsyncIterator[Raw]]:
    """Documents of the resident that change in the collection; ends with the right to listen."""
    context = info.context
    await check(info, subject, right)
    with context.streams.one_more(context.viewer.account_id):
        wanted: dict[str, Raw] = {
            collection: {"resident_id": subject},
            "relations": {"resident_id": subject},
            "consents": {"resident_id": subject},
            "sessions": {"_id": context.viewer.session_id},
        }
        if context.viewer.has(Role.FAMILY_DOCTOR):
            wanted["care_teams"] = {}  # who left a team is no more in what changed
        async with (
            context.services.core.changes.listen_to(wanted) as feed,
            contextlib.aclosing(_of(collection, feed, info, subject, right)) as heard,
        ):
            yield heard


async def _of(
    collection: str,
    feed: AsyncIterator[Heard],
    info: Info,
    subject: ObjectId,
    right: Right,
) -> AsyncGenerator[Raw, None]:
    """What changed in ``collection``; what changes who may listen is only asked about."""
    async for name, document in feed:
        if name == collection:
            yield document
        else:
            await check(info, subject, right)


async def check(info: Info, resident_id: ObjectId, right: Right = None) -> None:
    """Raises what the session, the policy or ``right`` raises."""
    # Asked anew for every event: a grant that ended ends the stream, a session too.
    await still_signed_in(info)
    context = info.context
    viewer = context.viewer
    if right is None:
        await granted_kinds(context.services.access, viewer, resident_id)
    elif isinstance(right, Category):
        await context.services.access.require(viewer, resident_id, right)
    else:
        await right()


async def still_signed_in(info: Info) -> None:
    """Raises ``SESSION_ENDED`` where the viewer's session is over."""
    context = info.context
    context.viewer.memo.clear()
    await context.services.access.log.again()
    await context.services.identity.still_signed_in(context.viewer)
