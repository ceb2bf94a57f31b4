"""A batch, sorted out before it is written: new, known, the same from elsewhere, refused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bson import ObjectId

from backend.core.database import Raw
from backend.core.errors import CATALOGUE, KangbanError
from backend.core.keys import OwnerKey
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Draft, Kind
from backend.measurements.errors import NeedsConfirmation
from backend.measurements.last_values import last_values
from backend.measurements.normalise import Normal, fingerprint, normalise
from backend.measurements.own_values import (
    Doubt,
    Last,
    last_of,
    marked,
    question,
    slow_kinds,
)
from backend.measurements.reading import RecordedBy, to_raw
from backend.measurements.write_errors import SourceIdReused


class Outcome(StrEnum):
    """What became of one item."""

    RECORDED = "recorded"
    UNCHANGED = "unchanged"  # this source sent this very reading before
    DUPLICATE = "duplicate"  # another device or entry has the same reading
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOutcome:
    """One item's answer; ``reading_id`` is the reading that counts, None when refused."""

    outcome: Outcome
    reading_id: ObjectId | None = None
    error: KangbanError | None = None

    def to_raw(self) -> Raw:
        return {
            "outcome": self.outcome.value,
            "reading_id": self.reading_id,
            "code": self.error.code if self.error else None,
            "data": self.error.data if self.error else None,
        }

    @classmethod
    def from_raw(cls, raw: Raw) -> ItemOutcome:
        error = CATALOGUE[raw["code"]](**raw["data"]) if raw["code"] else None
        return cls(outcome=Outcome(raw["outcome"]), reading_id=raw["reading_id"], error=error)


_LETTERS = {outcome: outcome.value[0] for outcome in Outcome}  # r, u, d; refused has its own
_LETTERS[Outcome.REFUSED] = "x"
_OUTCOMES = {letter: outcome for outcome, letter in _LETTERS.items()}
_ID_BYTES = 12
_AT_A_STRETCH = 50  # documents made before others have their turn
_NO_ID = bytes(_ID_BYTES)


def packed(outcomes: Sequence[ItemOutcome]) -> Raw:
    """A batch's answer as it is kept: a letter and twelve bytes an item, refusals apart.

    As one document an item it would be half as large as the readings themselves.
    """
    return {
        "outcomes": "".join(_LETTERS[each.outcome] for each in outcomes),
        "ids": b"".join(each.reading_id.binary if each.reading_id else _NO_ID for each in outcomes),
        "refused": [
            [index, each.error.code, _kept(each.error).data]
            for index, each in enumerate(outcomes)
            if each.error is not None
        ],
    }


def _kept(error: KangbanError) -> KangbanError:
    return error.without_values() if isinstance(error, NeedsConfirmation) else error


def unpacked(raw: Raw) -> list[ItemOutcome]:
    """What ``packed`` was given, its questions without the values they name."""
    ids, refused = bytes(raw["ids"]), {index: (code, data) for index, code, data in raw["refused"]}
    outcomes = []
    for index, letter in enumerate(raw["outcomes"]):
        if index in refused:
            code, data = refused[index]
            outcomes.append(ItemOutcome(outcome=_OUTCOMES[letter], error=CATALOGUE[code](**data)))
            continue
        start = index * _ID_BYTES
        reading_id = ObjectId(ids[start : start + _ID_BYTES])
        outcomes.append(ItemOutcome(outcome=_OUTCOMES[letter], reading_id=reading_id))
    return outcomes


Item = Draft | KangbanError
"""A draft, or why the sender's item did not even become one."""


@dataclass(slots=True)
class Plan:
    """What to insert, and the answer to each item in the order they came."""

    outcomes: list[ItemOutcome]
    documents: list[Raw] = field(default_factory=list)

    @property
    def recorded_ids(self) -> tuple[ObjectId, ...]:
        return tuple(each["_id"] for each in self.documents if each["state"] == "live")


class OwnValues:
    """One resident's last values of the slow kinds, those of the batch among them as they come."""

    def __init__(
        self, lasts: dict[Kind, list[Last]], birth_date: date | None, doubt: Doubt
    ) -> None:
        self._lasts = lasts
        self._birth_date = birth_date
        self._doubt = doubt

    def judge(self, normal: Normal, document: Raw) -> NeedsConfirmation | None:
        """What to ask before ``document`` is stored; where nobody can be asked it is marked."""
        if self._doubt is Doubt.TAKE or normal.kind not in slow_kinds():
            return None
        lasts = self._lasts.setdefault(normal.kind, [])
        asked = question(normal, lasts, self._birth_date)
        if asked is not None and self._doubt is Doubt.ASK:
            return asked
        if asked is not None:
            document["attributes"] = marked(document["attributes"])
        lasts.append(last_of(normal, document["_id"], doubted=asked is not None))
        return None


class Planner:
    """Sorts out one resident's batch against what is stored."""

    def __init__(
        self, resident_id: ObjectId, key: OwnerKey, recorded_by: RecordedBy, now: datetime
    ) -> None:
        self._resident_id = resident_id
        self._key = key
        self._recorded_by = recorded_by
        self._now = now

    async def plan(
        self,
        items: Sequence[Item],
        *,
        birth_date: date | None,
        confirmed: bool,
        doubt: Doubt,
        fhir: Sequence[bytes | None] = (),
    ) -> Plan:
        """Normalise every item and classify it. Nothing is written.

        ``doubt``: what is done about one that is far from the resident's own last values.
        """
        normals = [self._normal(item, birth_date, confirmed) for item in items]
        good = [each for each in normals if isinstance(each, Normal)]
        marks = [self._key.token(fingerprint(each)) for each in good]
        received = [
            fhir[position] if fhir else None
            for position, each in enumerate(normals)
            if isinstance(each, Normal)
        ]
        # While the store looks, the documents are made that will most likely be needed.
        known, live, own, documents = await asyncio.gather(
            self._known_sources(good),
            self._live(marks),
            self._own_values(good, birth_date, doubt),
            self._documents(good, marks, received),
        )
        plan, made = Plan([]), iter(documents)
        for normal in normals:
            if isinstance(normal, KangbanError):
                plan.outcomes.append(ItemOutcome(outcome=Outcome.REFUSED, error=normal))
            else:
                plan.outcomes.append(_classify(normal, next(made), known, live, own, plan))
        return plan

    async def _documents(
        self, normals: Sequence[Normal], marks: Sequence[bytes], fhir: Sequence[bytes | None]
    ) -> list[Raw]:
        by, documents = self._recorded_by.to_raw(), []
        for position, (normal, mark, received) in enumerate(zip(normals, marks, fhir, strict=True)):
            if position % _AT_A_STRETCH == 0:
                await asyncio.sleep(0)
            documents.append(
                to_raw(
                    normal,
                    resident_id=self._resident_id,
                    recorded_by=by,
                    key=self._key,
                    now=self._now,
                    mark=mark,
                    fhir=received,
                )
            )
        return documents

    def _normal(
        self, item: Item, birth_date: date | None, confirmed: bool
    ) -> Normal | KangbanError:
        if isinstance(item, KangbanError):
            return item
        try:
            return normalise(item, now=self._now, birth_date=birth_date, confirmed=confirmed)
        except KangbanError as error:
            return error

    async def _own_values(
        self, normals: Sequence[Normal], birth_date: date | None, doubt: Doubt
    ) -> OwnValues:
        lasts = {} if doubt is Doubt.TAKE else await last_values(self._resident_id, normals)
        return OwnValues(lasts, birth_date, doubt)

    async def _known_sources(self, normals: Sequence[Normal]) -> dict[tuple[str, str], Raw]:
        by_system: dict[str, list[str]] = {}
        for each in normals:
            if each.source.id is not None:
                by_system.setdefault(each.source.system, []).append(each.source.id)
        known: dict[tuple[str, str], Raw] = {}
        for system, ids in by_system.items():
            known |= {
                (system, raw["source"]["id"]): raw
                async for raw in ReadingDocument.get_pymongo_collection().find(
                    {
                        "resident_id": self._resident_id,
                        "source.system": system,
                        # Without the type the planner does not see that the partial index
                        # holds all of them, and reads everything this person has.
                        "source.id": {"$in": ids, "$type": "string"},
                    },
                    {"source.id": 1, "fingerprint": 1, "duplicate_of": 1, "state": 1, "version": 1},
                )
            }
        return known

    async def _live(self, marks: list[bytes]) -> dict[bytes, ObjectId]:
        if not marks:
            return {}
        found = ReadingDocument.get_pymongo_collection().find(
            {"resident_id": self._resident_id, "fingerprint": {"$in": marks}, "state": "live"},
            {"fingerprint": 1},
        )
        return {bytes(raw["fingerprint"]): raw["_id"] async for raw in found}


def _classify(
    normal: Normal,
    document: Raw,
    known: dict[tuple[str, str], Raw],
    live: dict[bytes, ObjectId],
    own: OwnValues,
    plan: Plan,
) -> ItemOutcome:
    mark: bytes = document["fingerprint"]
    source = (normal.source.system, normal.source.id or "")
    if normal.source.id is not None and source in known:
        return _seen_before(known[source], mark)
    twin = live.get(mark)
    if twin is not None and normal.source.id is None:
        return ItemOutcome(outcome=Outcome.DUPLICATE, reading_id=twin)
    if twin is not None:
        document |= {"state": "duplicate", "duplicate_of": twin}
    else:
        asked = own.judge(normal, document)
        if asked is not None:
            return ItemOutcome(outcome=Outcome.REFUSED, error=asked)
    plan.documents.append(document)
    live.setdefault(mark, document["_id"])
    if normal.source.id is not None:
        known[source] = document
    outcome = Outcome.DUPLICATE if twin is not None else Outcome.RECORDED
    return ItemOutcome(outcome=outcome, reading_id=twin or document["_id"])


def _seen_before(stored: dict[str, Any], mark: bytes) -> ItemOutcome:
    # A withdrawn or corrected reading stays as it is: the phone sending it again is no news.
    changed_here = stored.get("version", 1) > 1 or stored["state"] == "withdrawn"
    if not changed_here and bytes(stored["fingerprint"]) != mark:
        return ItemOutcome(outcome=Outcome.REFUSED, error=SourceIdReused())
    reading_id = stored["duplicate_of"] or stored["_id"]
    return ItemOutcome(outcome=Outcome.UNCHANGED, reading_id=reading_id)
