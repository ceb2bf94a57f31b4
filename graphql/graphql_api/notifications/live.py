"""The inbox, live."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from datetime import datetime

import strawberry
from bson import ObjectId

from backend.core.database import Raw
from backend.notifications.errors import InboxItemNotFound
from graphql_api.common.context import Info
from graphql_api.common.listening import still_signed_in
from graphql_api.notifications.types import InboxItem, item_of


@strawberry.type
class InboxSubscription:
    @strawberry.subscription(description="What this account is told, as it is told and read.")
    async def inbox_changed(self, info: Info) -> AsyncGenerator[InboxItem, None]:
        context = info.context
        viewer = context.viewer
        wanted: dict[str, Raw] = {
            "inbox_items": {"account_id": viewer.account_id},
            "sessions": {"_id": viewer.session_id},
        }
        shown: dict[ObjectId, datetime | None] = {}
        with context.streams.one_more(viewer.account_id):
            async with context.services.core.changes.listen_to(wanted) as feed:
                async for name, raw in feed:
                    await still_signed_in(info)
                    # How far its push got is nothing new.
                    if name != "inbox_items" or shown.get(raw["_id"], raw) == raw["read_at"]:
                        continue
                    with contextlib.suppress(InboxItemNotFound):
                        found = await context.services.notifications.inbox.get(viewer, raw["_id"])
                        shown[raw["_id"]] = raw["read_at"]
                        yield item_of(found, info)
