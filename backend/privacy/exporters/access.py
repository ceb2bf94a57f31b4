"""Who may see the record, who looked, and what was agreed to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

from bson import ObjectId
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from backend.access.categories import Category
from backend.access.consent.notices import notice
from backend.access.consent.service import Consents
from backend.access.log.documents import AccessAnchor, AccessCheckpoint, AccessEntry, AccessRoot
from backend.access.relations import Relation
from backend.access.service import Access
from backend.identity.viewer import Viewer
from backend.privacy.exporters.record import json_of
from backend.privacy.exporting import ExportFile


class ConsentExporter:
    name = "consents"

    def __init__(self, consents: Consents) -> None:
        self._consents = consents

    async def files(self, viewer: Viewer, resident_id: ObjectId) -> AsyncIterator[ExportFile]:
        found = await self._consents.history(viewer, resident_id)
        listed = [
            {
                "purpose": each.purpose.value,
                "given": each.given,
                "at": each.at.isoformat(),
                "relation": each.relation.value,
                "channel": each.channel.value,
                "version": each.version,
                "sha256_of_text": each.digest,
                "text": _text(notice(each.purpose, each.version).text(each.language)),
            }
            for each in found
        ]
        yield ExportFile(
            path="consents.json",
            content=json_of(listed),
            zh="同意与撤回的记录，以及当时看到的告知书",
            en="What was agreed to and withdrawn, with the notices shown",
            count=len(listed),
        )


class PeopleExporter:
    name = "people"

    def __init__(self, access: Access) -> None:
        self._access = access

    async def files(self, viewer: Viewer, resident_id: ObjectId) -> AsyncIterator[ExportFile]:
        await self._access.require(viewer, resident_id, Category.PROFILE)
        found = await Relation.find({"resident_id": resident_id}).sort("valid_from").to_list()
        listed = [
            {
                "kind": each.kind.value,
                "kinship": each.kinship.value if each.kinship else None,
                "categories": sorted(each.categories),
                "actions": sorted(each.actions),
                "since": each.valid_from.isoformat(),
                "until": each.valid_until.isoformat() if each.valid_until else None,
                "ended_at": each.ended_at.isoformat() if each.ended_at else None,
            }
            for each in found
        ]
        yield ExportFile(
            path="people.json",
            content=json_of(listed),
            zh="谁可以（或曾经可以）查看这份档案",
            en="Who may, or could once, see this record",
            count=len(listed),
        )


class AccessLogExporter:
    """Twice: to read, and byte for byte as hashed (``backend/access/log/chain.py``)."""

    name = "access_log"

    def __init__(self, access: Access) -> None:
        self._access = access

    async def files(self, viewer: Viewer, resident_id: ObjectId) -> AsyncIterator[ExportFile]:
        await self._access.require(viewer, resident_id, Category.PROFILE)
        collection = AccessEntry.get_pymongo_collection()
        raw = collection.with_options(
            codec_options=CodecOptions(document_class=RawBSONDocument, tz_aware=True)
        )
        entries = await raw.find({"resident_id": resident_id}).sort("seq", 1).to_list()
        yield ExportFile(
            path="access_log.json",
            content=json_of([_plain(each) for each in entries]),
            zh="谁看过、改过这份档案",
            en="Who looked at or changed this record",
            count=len(entries),
        )
        yield ExportFile(
            path="access_log_proof/entries.bson",
            content=b"".join(each.raw for each in entries),
            zh="同上，按原字节保存，可逐条核对哈希链（SHA-256）",
            en="The same byte for byte: each entry's SHA-256 and link can be checked",
            count=len(entries),
        )
        yield ExportFile(
            path="access_log_proof/anchors.json",
            content=json_of(await _anchors(resident_id)),
            zh="哈希链的锚点",
            en="The anchors of the chain",
        )


async def _anchors(resident_id: ObjectId) -> dict[str, Any]:
    query = {"resident_id": resident_id}
    anchors = await AccessAnchor.get_pymongo_collection().find(query).sort("root", 1).to_list()
    checkpoint = await AccessCheckpoint.get_pymongo_collection().find_one(query)
    numbers = [each["root"] for each in anchors]
    roots = AccessRoot.get_pymongo_collection().find({"number": {"$in": numbers}})
    return {
        "anchors": [_plain(each) for each in anchors],
        "checkpoint": _plain(checkpoint) if checkpoint else None,
        "roots": [_plain(each) for each in await roots.sort("number", 1).to_list()],
    }


def _plain(raw: Any) -> dict[str, Any]:
    return dict(_pairs(raw))


def _pairs(raw: Any) -> Iterator[tuple[str, Any]]:
    for name, value in raw.items():
        if isinstance(value, bytes):
            yield name, value.hex()
        elif isinstance(value, datetime):
            yield name, value.isoformat()
        elif isinstance(value, ObjectId):
            yield name, str(value)
        else:
            yield name, value


def _text(text: Any) -> dict[str, Any]:
    return {
        "title": text.title,
        "paragraphs": list(text.paragraphs),
        "covers": list(text.covers),
        "stops": list(text.stops),
    }
