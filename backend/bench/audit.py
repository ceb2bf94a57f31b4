"""The log of who looked: how fast its chain verifies, and what it adds to a caregiver's home."""

from __future__ import annotations

import asyncio
import hashlib
import statistics
import time
from collections.abc import Iterable
from datetime import timedelta

from bson import ObjectId
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from backend.access.categories import Action, Category
from backend.access.log.anchoring import Anchoring
from backend.access.log.chain import START, linked
from backend.access.log.documents import AccessEntry
from backend.access.log.line import By, Line
from backend.access.log.service import AccessLog, pass_gate
from backend.access.log.verify import verify
from backend.access.relations import RelationKind
from backend.bench.home import Home
from backend.bench.household import Somebody
from backend.bench.measure import Ratio, compare
from backend.core.clock import Clock
from backend.identity.providers.demo import DemoName
from backend.identity.sessions import Device
from backend.identity.viewer import Role, Viewer
from backend.main import build_app
from backend.services import Services, build_services
from graphql_api.common.ids import encode

_CHAINS = 200
_LIMIT = 5.0


async def verify_ratio(clock: Clock, entries: int, rounds: int) -> Ratio:
    """Verifying the stored log against hashing the same bytes, which lie in memory."""
    await _fill(clock, entries)
    await Anchoring(clock).anchor()
    raw = AccessEntry.get_pymongo_collection().with_options(
        codec_options=CodecOptions(document_class=RawBSONDocument)
    )
    made = [bytes(each.raw) async for each in raw.find()]
    ours, base = [], []
    for _ in range(rounds):
        start = time.perf_counter()
        verdict = await verify(clock.now())
        ours.append((time.perf_counter() - start) * 1000)
        assert verdict.broken is None
        assert verdict.entries == len(made)
        base.append(await asyncio.to_thread(_hashed, made))
    ours_ms, base_ms = (statistics.median(each) for each in (ours, base))
    return Ratio("audit verify", ours_ms, base_ms, _LIMIT, rounds)


def _hashed(made: list[bytes]) -> float:
    """Milliseconds for the hashes alone."""
    start = time.perf_counter()
    for each in made:
        hashlib.sha256(each).digest()
    return (time.perf_counter() - start) * 1000


async def _fill(clock: Clock, entries: int) -> None:
    """Chains as a year of looks leaves them, written straight to the store."""
    collection = AccessEntry.get_pymongo_collection()
    each = entries // _CHAINS
    for _ in range(_CHAINS):
        resident_id, head = ObjectId(), START
        made = []
        for number in range(each):
            line = _line(clock, number)
            raw, head = linked(line.fields(), resident_id, head)
            made.append(RawBSONDocument(raw))
        await collection.insert_many(made)


def _line(clock: Clock, number: int) -> Line:
    by = By(kind="caregiver", why="granted", kinship="daughter", via=ObjectId())
    category = list(Category)[number % len(Category)]
    at = clock.now() - timedelta(minutes=number)
    return Line(ObjectId(), "caregiver", "app", category, Action.VIEW, by, at, ObjectId())


class Unlogged(AccessLog):
    """Nothing is written: the other side of the comparison, and nowhere else."""

    async def note(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        categories: Iterable[Category],
        action: Action,
        by: By,
    ) -> None:
        pass_gate(resident_id)


async def home_ratio(services: Services, who: Somebody, rounds: int) -> Ratio:
    """A daughter's home query on the same store, with the log and without."""
    name = "bench-daughter"
    await services.identity.create_demo_account(name, frozenset({Role.CAREGIVER}))
    tokens = await services.identity.sign_in(DemoName(name), Device())
    viewer = Viewer(account_id=tokens.account_id, roles=frozenset({Role.CAREGIVER}))
    await services.access.grant(
        resident_id=who.resident_id, account_id=tokens.account_id, kind=RelationKind.CAREGIVER
    )
    daughter = Somebody(viewer, who.resident_id, tokens.access_token)
    without = build_services(services.core)
    without.access.log = Unlogged(services.core.clock)
    relay_id = encode("Resident", who.resident_id)
    sides = [Home(each, build_app(each), daughter, relay_id) for each in (services, without)]
    entries = AccessEntry.get_pymongo_collection()
    before = await entries.count_documents({"account_id": tokens.account_id})
    ratio = await compare(
        "audit home", sides[0].graphql, sides[1].graphql, limit=1.1, rounds=rounds
    )
    noted = await entries.count_documents({"account_id": tokens.account_id}) - before
    assert noted >= 2 * rounds, "two categories a query"
    return ratio
