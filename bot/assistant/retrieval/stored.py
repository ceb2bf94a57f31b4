"""The stored index: vectors per resident, made from the outbox, read through the policy."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from bson import ObjectId

from backend.access.categories import Category
from backend.archive.documents import EntryDocument
from backend.archive.events import EntriesAdded, EntryChanged
from backend.core.container import Core
from backend.core.database import Raw
from backend.core.keys import KeyDestroyed, OwnerKey
from backend.core.rounds import woken_rounds
from bot.assistant.retrieval.documents import PassageDocument, PassageIndex
from bot.assistant.retrieval.embedding import Embedder, Vectors, embedder
from bot.assistant.retrieval.errors import EmbeddingModelMissing
from bot.assistant.retrieval.hybrid import HybridIndex, give_index, has_index
from bot.assistant.retrieval.passages import Passage, of_entries, passages
from bot.assistant.retrieval.reranking import Reranker
from bot.assistant.stored.items import counts, item_of_entry
from bot.assistant.view import ArchiveView

log = structlog.get_logger(__name__)

_SECONDS = 300.0
_NONE_YET = ""
_CHUNK = 100  # entries embedded between two looks at the store
_WHILE_ASKED = 8  # passages embedded while somebody waits, about 30 ms each; the index follows


class StoredPassages:
    """Keeps the index of every resident; ``model`` is what new indexes are made with."""

    def __init__(self, core: Core, model: Embedder, reranker: Reranker | None = None) -> None:
        self._core = core
        self._model = model
        self._reranker = reranker
        self._put_off = asyncio.Event()

    async def on_added(self, event: EntriesAdded, _: ObjectId) -> None:
        """Outbox subscriber; idempotent."""
        await self._follow(event.resident_id, event.entry_ids)

    async def on_changed(self, event: EntryChanged, _: ObjectId) -> None:
        """Outbox subscriber; a withdrawn entry's passages go."""
        await self._follow(event.resident_id, [event.entry_id])

    async def give(
        self, resident_id: ObjectId, allowed: frozenset[Category], view: ArchiveView
    ) -> None:
        """Hang the index on the view, which holds only what ``allowed`` shows. Once per view.

        Until a new model's index is whole the old one's vectors answer. Of what has no vector
        yet the newest are embedded while asked; the others are found by their words.
        """
        if has_index(view):
            return
        serving = await self._serving(resident_id)
        if serving is None:
            await self.later(resident_id)
        serving = serving or self._model.name
        vectors = await self._vectors(resident_id, allowed, serving)
        rows = passages(view)
        index = await asyncio.to_thread(
            HybridIndex,
            rows,
            embedder(serving),
            vectors=vectors,
            reranker=self._reranker,
            embed_at_once=_WHILE_ASKED,
        )
        give_index(view, index)

    async def later(self, resident_id: ObjectId) -> None:
        """Leave the index to ``rebuild_outdated``: for who adds a thousand entries at once."""
        await PassageIndex.get_pymongo_collection().update_one(
            {"resident_id": resident_id},
            {
                "$setOnInsert": {
                    "_id": ObjectId(),
                    "model": _NONE_YET,
                    "built_at": self._core.clock.now(),
                }
            },
            upsert=True,
        )
        self._put_off.set()

    async def run(self) -> None:
        """Work until cancelled: indexes of another model, and at once those put off here."""
        await woken_rounds("passages", self._round, self._put_off, _SECONDS)

    async def _round(self) -> None:
        try:
            await self.rebuild_outdated()
        except EmbeddingModelMissing:
            log.info("no embedding model, words only")

    async def rebuild_outdated(self) -> int:
        """Make the index of everyone whose index is of another model, or missing; how many."""
        done = 0
        query = {"model": {"$ne": self._model.name}}
        rows = await PassageIndex.get_pymongo_collection().find(query).to_list()
        for row in rows:
            try:
                await self.build(row["resident_id"])
            except KeyDestroyed:
                continue
            done += 1
        return done

    async def build(self, resident_id: ObjectId) -> None:
        """The whole index under the current model; then it answers, and others' passages go.

        Raises ``EmbeddingModelMissing`` and ``KeyDestroyed``.
        """
        entries = EntryDocument.get_pymongo_collection()
        query = {"resident_id": resident_id}
        ids = [raw["_id"] for raw in await entries.find(query, {"_id": 1}).to_list()]
        for start in range(0, len(ids), _CHUNK):
            await self._index(resident_id, ids[start : start + _CHUNK])
        await PassageIndex.get_pymongo_collection().update_one(
            query,
            {
                "$set": {"model": self._model.name, "built_at": self._core.clock.now()},
                "$setOnInsert": {"_id": ObjectId()},
            },
            upsert=True,
        )
        others = {"resident_id": resident_id, "model": {"$ne": self._model.name}}
        await PassageDocument.get_pymongo_collection().delete_many(others)

    async def _follow(self, resident_id: ObjectId, entry_ids: Sequence[ObjectId]) -> None:
        try:
            if await self._serving(resident_id) == self._model.name:
                await self._index(resident_id, entry_ids)
            else:
                await self.build(resident_id)
        except EmbeddingModelMissing:
            log.info("no embedding model, words only", model=self._model.name)
        except KeyDestroyed:
            log.info("event of an erased resident passed by")

    async def _index(self, resident_id: ObjectId, entry_ids: Iterable[ObjectId]) -> None:
        key = await self._core.keyring.key(resident_id)
        found = EntryDocument.get_pymongo_collection().find(
            {"resident_id": resident_id, "_id": {"$in": list(entry_ids)}}
        )
        for raw in await found.to_list():
            document = await asyncio.to_thread(self._document, raw, key)
            await self._put(raw, document)

    async def _put(self, raw: Raw, document: Raw | None) -> None:
        collection = PassageDocument.get_pymongo_collection()
        place = {"resident_id": raw["resident_id"], "entry_id": raw["_id"]}
        if document is None:
            await collection.delete_many(place)
            return
        # An older event that comes late must not put the old words back.
        mine = {**place, "model": self._model.name}
        known = await collection.find_one(mine, {"entry_version": 1})
        if known is None:
            await collection.update_one(
                mine, {"$set": document, "$setOnInsert": {"_id": ObjectId()}}, upsert=True
            )
        else:
            newer = {**mine, "entry_version": {"$lte": raw["version"]}}
            await collection.update_one(newer, {"$set": document})

    def _document(self, raw: Raw, key: OwnerKey) -> Raw | None:
        """None where the entry says nothing that is searched, or no more."""
        if not counts("entries", raw):
            return None
        item = item_of_entry(raw, key)
        rows = of_entries(item.said.entries)
        if not rows:
            return None
        vectors = self._model.passages([row.text for row in rows]).astype("float16")
        return {
            "category": raw["category"],
            "at": raw["at"],
            "source": item.ref,
            "words": key.seal_json(_words(rows), _place(raw["_id"], "words")),
            "vectors": key.seal(vectors.tobytes(), _place(raw["_id"], "vectors")),
            "entry_version": raw["version"],
        }

    async def _serving(self, resident_id: ObjectId) -> str | None:
        row = await PassageIndex.get_pymongo_collection().find_one({"resident_id": resident_id})
        return None if row is None else str(row["model"])

    async def _vectors(
        self, resident_id: ObjectId, allowed: frozenset[Category], model: str
    ) -> Mapping[str, Vectors]:
        key = await self._core.keyring.key(resident_id)
        query = {
            "resident_id": resident_id,
            "model": model,
            "category": {"$in": sorted(allowed)},
        }
        rows = await PassageDocument.get_pymongo_collection().find(query).to_list()
        return await asyncio.to_thread(_opened, rows, key)


def _opened(rows: Sequence[Raw], key: OwnerKey) -> dict[str, Vectors]:
    import numpy as np

    found: dict[str, Vectors] = {}
    for raw in rows:
        words: list[dict[str, Any]] = key.open_json(raw["words"], _place(raw["entry_id"], "words"))
        packed = key.open(raw["vectors"], _place(raw["entry_id"], "vectors"))
        matrix = np.frombuffer(packed, dtype=np.float16).reshape(len(words), -1)
        vectors = matrix.astype(np.float32)
        found.update((row["digest"], vectors[i]) for i, row in enumerate(words))
    return found


def _words(rows: Sequence[Passage]) -> list[dict[str, str]]:
    return [{"digest": row.digest, "text": row.text} for row in rows]


def _place(entry_id: ObjectId, field: str) -> str:
    return f"passages:{entry_id}:{field}"
