"""Thousands of readings, a hundred documents: how much an answer asks of the store. How long it
takes over ten thousand and five hundred says ``kangban bench ask``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from backend.access.categories import ALL_CATEGORIES
from backend.archive.documents import EntryDocument
from backend.archive.entry import EntrySource, Provenance, to_raw
from backend.archive.sections import PartialDate
from backend.archive.sections.document import Attachment, DocumentBody
from backend.core.clock import FixedClock
from backend.core.container import build_core
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.measurements.documents import ReadingDocument
from backend.services import Services, build_services
from bot.assistant.stored.archives import Archives
from tests.assistant.stored.people import a_person, ask
from tests.databases import Databases
from tests.factories import a_key, at, bp
from tests.graphql_api.commands import Commands

READINGS, DOCUMENTS = 2_000, 100
MOST_COMMANDS = 21  # consent, rights, what changed, the turn with its key, its event, its count
QUESTIONS = (
    "最近一次血压是多少？", "最近三个月血压平均多少？", "今年血压最高是多少？",
    "上个月血压测了几次？", "血压超过140/90的有几次？", "血压这半年变化怎么样？",
)  # fmt: skip


async def filled(services: Services) -> Any:
    viewer, resident_id = await a_person(services)
    made = await services.recording.record(
        viewer, resident_id, bp(139, 85, at("2026-11-20")), idempotency_key=a_key()
    )
    collection = ReadingDocument.get_pymongo_collection()
    first = await collection.find_one({"_id": made.reading_id})
    assert first is not None
    rows = []
    for index in range(READINGS):
        when = first["at"] - timedelta(minutes=260 * (index + 1))
        values = {"systolic": 120.0 + index % 40, "diastolic": 70.0 + index % 20}
        row = {**first, "at": when, "values": values, "fingerprint": str(index).encode()}
        row["entered"] = {name: [value, "mmHg"] for name, value in values.items()}
        row["source"] = {**first["source"], "id": None}
        del row["_id"]
        rows.append(row)
    await collection.insert_many(rows)
    await _documents(services, viewer, resident_id)
    return viewer, resident_id


async def _documents(services: Services, viewer: Any, resident_id: Any) -> None:
    key = await services.core.keyring.key(resident_id)
    by = Provenance(
        account_id=viewer.account_id, relation="self", kinship=None, channel="app",
        source=EntrySource.SELF,
    )  # fmt: skip
    rows = []
    for index in range(DOCUMENTS):
        body = DocumentBody(
            description=f"第{index}份小结：轻度脂肪肝，建议清淡饮食，定期复查。",
            attachments=(Attachment(title=f"门诊小结{index}"),),
            dated=PartialDate(f"20{10 + index % 16}-03-0{1 + index % 9}"),
        )
        now = services.core.clock.now()
        rows.append(to_raw(body, resident_id=resident_id, provenance=by, key=key, now=now))
    await EntryDocument.get_pymongo_collection().insert_many(rows)


async def test_a_big_archive_is_answered_from_with_few_reads(
    databases: Databases, settings: Settings, master_key: LocalMasterKey, clock: FixedClock
) -> None:
    commands = Commands()
    async with databases.heard(commands) as store:
        services = build_services(build_core(settings, store, master_key, clock))
        await _measured(services, commands, clock)


async def _measured(services: Services, commands: Commands, clock: FixedClock) -> None:
    viewer, resident_id = await filled(services)
    archives = Archives(services.core, services.residents)
    await archives.snapshot(resident_id, ALL_CATEGORIES)
    with commands.counted() as seen:  # all of it was stamped a moment ago
        await archives.snapshot(resident_id, ALL_CATEGORIES)
    assert not {"find readings", "find entries"} & set(seen), seen
    clock.advance(timedelta(minutes=10))
    for _ in range(2):
        with commands.counted() as seen:
            await archives.snapshot(resident_id, ALL_CATEGORIES)
        assert len(seen) <= 5, seen
    await ask(services, viewer, resident_id, QUESTIONS[0])  # asks for the index of words
    for question in QUESTIONS:
        with commands.counted() as seen:
            said = await ask(services, viewer, resident_id, question)
        assert said.words is not None
        assert said.words.facts
        assert len(seen) <= MOST_COMMANDS, (question, seen)
