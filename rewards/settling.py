"""What is deserved now, compared with what was credited.

Nothing is counted up by events. Something happened to a reading: its evidence is read anew,
and the days that it touches are settled until the ledger says what the evidence does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from bson import ObjectId
from pymongo import DeleteOne, InsertOne

from backend.core.clock import SHANGHAI
from backend.core.database import Raw, Session
from rewards.evidence.documents import EvidenceDocument
from rewards.evidence.source import EvidenceSource
from rewards.ledger.documents import TransferDocument
from rewards.ledger.folio import Folio
from rewards.ledger.transfer import Draft, TransferKind, reversal
from rewards.rules.book import Rulebook
from rewards.rules.deserving import deserved
from rewards.rules.rule import Award, Each, Evidence, EvidenceKind, Rule

Days = dict[EvidenceKind, set[date]]


def taking(
    source: EvidenceSource, ids: Sequence[ObjectId], book: Rulebook
) -> Callable[[Folio], Awaitable[None]]:
    """Work for a folio: the evidence as it is now, and what it deserves, credited or reversed."""

    async def work(folio: Folio) -> None:
        # Read with the account's turn in hand: whoever changes the same things later
        # settles later.
        now = counting(await source.read(folio.session, folio.resident_id, ids), book)
        before = await known(folio.session, folio.resident_id, source, ids)
        for kind, days in (await _store(folio, before, now)).items():
            await _settle(folio, kind, days, book)

    return work


def counting(found: Iterable[Evidence], book: Rulebook) -> list[Evidence]:
    """What came early enough for one rule at least."""
    return [each for each in found if each.late <= book.longest_back(each.kind)]


async def known(
    session: Session | None,
    resident_id: ObjectId,
    source: EvidenceSource,
    ids: Sequence[ObjectId],
) -> list[Raw]:
    """What the source gave of these things before."""
    query = {
        "resident_id": resident_id,
        "kind": {"$in": sorted(source.kinds)},
        "ref": {"$in": [str(each) for each in ids]},
    }
    found = EvidenceDocument.get_pymongo_collection().find(query, session=session)
    rows: list[Raw] = await found.to_list()
    return rows


async def _store(folio: Folio, before: list[Raw], now: list[Evidence]) -> Days:
    """Put the evidence as it is now; the days that changed, by kind."""
    old = {(raw["kind"], raw["ref"]): raw for raw in before}
    new = {(each.kind.value, each.ref): _document(folio, each) for each in now}
    gone = [raw for key, raw in old.items() if _without_id(raw) != new.get(key)]
    come = [raw for key, raw in new.items() if raw != _without_id(old.get(key, {}))]
    changes: list[Any] = [DeleteOne({"_id": raw["_id"]}) for raw in gone]
    changes += [InsertOne({"_id": ObjectId(), **raw}) for raw in come]
    if changes:
        await EvidenceDocument.get_pymongo_collection().bulk_write(changes, session=folio.session)
    touched: Days = defaultdict(set)
    for raw in (*gone, *come):
        touched[EvidenceKind(raw["kind"])].add(date.fromisoformat(raw["day"]))
    return touched


@dataclass(frozen=True, slots=True)
class _Credited:
    """The running award of each slot (earned, not reversed), and how often each was earned."""

    running: dict[str, Raw]
    times: Counter[str]


async def _settle(folio: Folio, kind: EvidenceKind, days: set[date], book: Rulebook) -> None:
    versions: dict[str, list[Rule]] = defaultdict(list)
    for rule in book.about([kind]):
        versions[rule.key].append(rule)
    months = {str(day)[:7] for day in days}
    whole: list[Evidence] | None = None
    for key, rules in sorted(versions.items()):
        if all(each.each is Each.DAY for each in rules):
            evidence, scope = await _evidence(folio, kind, months), months
        else:
            whole = await _evidence(folio, kind, None) if whole is None else whole
            evidence, scope = whole, None
        credited = await _credited(folio, key, scope)
        _correct(folio, key, credited, _awards(rules, evidence, book, credited.running))


def _awards(
    versions: list[Rule], evidence: list[Evidence], book: Rulebook, credited: dict[str, Raw]
) -> dict[str, Award]:
    found: dict[str, Award] = {}
    for rule in versions:
        more = deserved(rule, evidence, book.campaigns, credited.keys())
        # What earns once and for all is not given again by the rule's next version.
        found |= {slot: each for slot, each in more.items() if slot not in found}
    return found


def _correct(folio: Folio, rule: str, credited: _Credited, awards: dict[str, Award]) -> None:
    running = credited.running
    # What is earned comes first, so that a correction in between owes nothing.
    for slot, award in sorted(awards.items()):
        if slot not in running or running[slot]["points"] != award.points:
            folio.post(_earn(folio, rule, award, credited.times[slot]))
    for slot, raw in sorted(running.items()):
        if slot not in awards or awards[slot].points != raw["points"]:
            folio.post(reversal(raw, f"reverse:{raw['_id']}", raw["evidence"]))


def _earn(folio: Folio, rule: str, award: Award, before: int) -> Draft:
    return Draft(
        kind=TransferKind.EARN,
        points=award.points,
        key=f"earn:{rule}:{award.slot}:{before}",
        evidence=award.evidence,
        rule=rule,
        slot=award.slot,
        day=str(award.day),
        year=folio.now.astimezone(SHANGHAI).year,
    )


async def _evidence(folio: Folio, kind: EvidenceKind, months: set[str] | None) -> list[Evidence]:
    query: Raw = {"resident_id": folio.resident_id, "kind": kind.value, **_within(months)}
    found = EvidenceDocument.get_pymongo_collection().find(query, session=folio.session)
    return [
        Evidence(
            kind=kind,
            ref=raw["ref"],
            day=date.fromisoformat(raw["day"]),
            subject=raw["subject"],
            late=raw["late"],
        )
        async for raw in found
    ]


async def _credited(folio: Folio, rule: str, months: set[str] | None) -> _Credited:
    query: Raw = {"resident_id": folio.resident_id, "rule": rule, **_within(months)}
    found = TransferDocument.get_pymongo_collection().find(query, session=folio.session)
    rows: list[Raw] = await found.sort("seq", 1).to_list()
    undone = {raw["reverses"] for raw in rows}
    earned = [raw for raw in rows if raw["kind"] == TransferKind.EARN.value]
    return _Credited(
        {raw["slot"]: raw for raw in earned if raw["_id"] not in undone},
        Counter(raw["slot"] for raw in earned),
    )


def _within(months: set[str] | None) -> Raw:
    if months is None:
        return {}
    ranges = [{"day": {"$gte": f"{each}-01", "$lte": f"{each}-31"}} for each in sorted(months)]
    return {"$or": ranges}


def _document(folio: Folio, evidence: Evidence) -> Raw:
    fields = asdict(evidence)
    return {
        "resident_id": folio.resident_id,
        **fields,
        "kind": evidence.kind.value,
        "day": str(evidence.day),
    }


def _without_id(raw: Raw) -> Raw:
    return {name: value for name, value in raw.items() if name != "_id"}
