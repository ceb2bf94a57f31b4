"""What was talked: listed, rated, given out, deleted; for the account that talked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from backend.access.categories import Category
from backend.access.consent.errors import ConsentMissing
from backend.access.errors import AccessDenied
from backend.access.service import NOTHING, Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Viewer
from bot.assistant.stored.circle import FAMILY
from bot.assistant.stored.documents import Conversation, Rating, Turn
from bot.assistant.stored.errors import ConversationNotFound, RatingUnfit, TurnNotFound
from bot.assistant.stored.turn import Said, opened


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation in a list: has its place by when it was last gone on with."""

    conversation: Conversation

    @property
    def at(self) -> datetime:
        return self.conversation.last_at

    @property
    def id(self) -> ObjectId:
        return self.conversation.id


class Conversations:
    """One's own talks only: a resident does not read what their daughter asked, nor she theirs."""

    def __init__(self, core: Core, access: Access) -> None:
        self._core = core
        self._access = access

    async def page(
        self, viewer: Viewer, resident_id: ObjectId, *, first: int, after: Cursor | None = None
    ) -> Page[Talk]:
        """Beside this resident's record, the last gone on with first. Raises ``AccessDenied``."""
        size = page_size(first)
        await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        query: Raw = {"resident_id": resident_id, "account_id": viewer.account_id}
        if after is not None:
            query["$and"] = [after.older_than("last_at")]
        found = Conversation.find(query).sort("-last_at", "-_id").limit(size + 1)
        return Page.of([Talk(each) async for each in found], size)

    async def get(
        self, viewer: Viewer, resident_id: ObjectId, conversation_id: ObjectId
    ) -> Conversation:
        """Raises ``AccessDenied`` and ``ConversationNotFound``."""
        await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        found = await Conversation.find_one(
            {
                "_id": conversation_id,
                "resident_id": resident_id,
                "account_id": viewer.account_id,
            }
        )
        if found is None:
            raise ConversationNotFound
        return found

    async def turns(
        self,
        viewer: Viewer,
        conversation: Conversation,
        *,
        first: int,
        after: Cursor | None = None,
    ) -> Page[Said]:
        """Newest first. Without words where a category is not granted any more; of persons
        whose record the viewer left, nothing.
        """
        size = page_size(first)
        granted = await self._granted(viewer, conversation.resident_id)
        query: Raw = {
            "resident_id": {"$in": list(granted)},
            "conversation_id": conversation.id,
            "account_id": viewer.account_id,
        }
        if after is not None:
            query["$and"] = [after.older_than()]
        rows = await Turn.find(query).sort("-at", "-_id").limit(size + 1).to_list()
        return Page.of(await self._opened(rows, granted), size)

    async def turn(self, viewer: Viewer, resident_id: ObjectId, turn_id: ObjectId) -> Said:
        """Raises ``AccessDenied`` and ``TurnNotFound``."""
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        found = await Turn.find_one(
            {"_id": turn_id, "resident_id": resident_id, "account_id": viewer.account_id}
        )
        if found is None:
            raise TurnNotFound
        return (await self._opened([found], {resident_id: allowed}))[0]

    async def rate(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        turn_id: ObjectId,
        *,
        helpful: bool,
        citation: int | None = None,
    ) -> Said:
        """Helpful, or wrong and which citation. Raises ``TurnNotFound`` and ``RatingUnfit``."""
        said = await self.turn(viewer, resident_id, turn_id)
        count = len(said.words.citations) if said.words else 0
        if citation is not None and not 0 <= citation < count:
            raise RatingUnfit(citation=citation)
        rating = Rating(helpful=helpful, citation=citation, at=self._core.clock.now())
        await Turn.get_pymongo_collection().update_one(
            {"_id": turn_id, "resident_id": resident_id, "account_id": viewer.account_id},
            {"$set": {"rating": rating.model_dump()}},
        )
        return await self.turn(viewer, resident_id, turn_id)

    async def delete(
        self, viewer: Viewer, resident_id: ObjectId, conversation_id: ObjectId
    ) -> None:
        """For good. What reached the doctor stays with the doctor. Raises as ``get``."""
        await self.get(viewer, resident_id, conversation_id)
        granted = await self._granted(viewer, resident_id)

        async def work(session: Session) -> None:
            mine = {"conversation_id": conversation_id, "account_id": viewer.account_id}
            await Turn.get_pymongo_collection().delete_many(
                {"resident_id": {"$in": list(granted)}, **mine}, session=session
            )
            await Conversation.get_pymongo_collection().delete_one(
                {"_id": conversation_id, "resident_id": resident_id}, session=session
            )

        await self._core.store.transaction(work)

    async def everything(self, viewer: Viewer, resident_id: ObjectId) -> list[Said]:
        """All that the viewer asked about the resident, oldest first, for a download."""
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        query = {"resident_id": resident_id, "account_id": viewer.account_id}
        rows = await Turn.find(query).sort("at", "_id").to_list()
        return await self._opened(rows, {resident_id: allowed})

    async def _granted(self, viewer: Viewer, here: ObjectId) -> dict[ObjectId, frozenset[Category]]:
        """Everybody whom turns of the conversation may be about, with what is granted now."""
        relations = await self._access.relations(viewer)
        found: dict[ObjectId, frozenset[Category]] = {}
        family = {each.resident_id for each in relations if each.kind in FAMILY}
        for resident_id in {here} | family:
            try:
                found[resident_id] = await self._access.categories(
                    viewer, resident_id, looks_at=NOTHING
                )
            except (AccessDenied, ConsentMissing):
                continue
        return found

    async def _opened(
        self, rows: Iterable[Turn], granted: dict[ObjectId, frozenset[Category]]
    ) -> list[Said]:
        turns = list(rows)
        keys = await self._core.keyring.keys([each.resident_id for each in turns])
        return [
            opened(
                each,
                keys.get(each.resident_id),
                shown=each.categories <= granted.get(each.resident_id, frozenset()),
            )
            for each in turns
        ]
