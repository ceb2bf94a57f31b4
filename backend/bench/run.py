"""``kangban bench [NAME]``: an embedded MongoDB in a temporary directory, then the ratios."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from litestar import Litestar

from backend.bench.ask import ask
from backend.bench.audit import home_ratio, verify_ratio
from backend.bench.batch import batch
from backend.bench.choosing import choosing
from backend.bench.home import Home
from backend.bench.household import Somebody, crowd, drafts, somebody
from backend.bench.ledger import storm, transfers
from backend.bench.measure import Ratio
from backend.bench.policy import policy_ratios
from backend.bench.reminders import reminders
from backend.bench.size import size_ratios
from backend.bench.years import fhir_year
from backend.core.embedded import EmbeddedMongo
from backend.core.settings import Settings
from backend.main import assemble, build_app, prepare, settle_memory
from backend.services import Services
from graphql_api.common.ids import encode

_HISTORY = 3_600  # a year of about ten readings a day


class Bench:
    """The store, the app and somebody with a year of readings."""

    def __init__(self, services: Services, app: Litestar, who: Somebody) -> None:
        self.services = services
        self.app = app
        self.who = who
        self.relay_id = encode("Resident", who.resident_id)

    def home(self) -> Home:
        return Home(self.services, self.app, self.who, self.relay_id)


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    with tempfile.TemporaryDirectory() as folder, EmbeddedMongo(Path(folder)) as uri:
        settings = Settings(
            graphql_points=10**12,  # measured is the work, not the patience
            environment="test",
            data_dir=Path(folder),
            mongodb_uri=uri,
            demo=True,
            background=False,
        )
        services = assemble(settings)
        await prepare(services.core)
        who = await somebody(services, "bench")
        made = drafts(_HISTORY, services.core.clock.now(), system="phone")
        for start in range(0, len(made), 1_000):
            await services.recording.record_batch(
                who.viewer,
                who.resident_id,
                made[start : start + 1_000],
                idempotency_key=None,
                confirmed=True,
            )
        settle_memory()
        try:
            yield Bench(services, build_app(services), who)
        finally:
            await services.core.close()


async def run_home(quick: bool) -> list[Ratio]:
    async with bench() as here:
        return [await here.home().ratio(30 if quick else 200)]


async def run_batch(quick: bool) -> list[Ratio]:
    async with bench() as here:
        rounds = 6 if quick else 25
        return await batch(here.services, here.app, here.who, here.relay_id, rounds)


async def run_scale(quick: bool) -> list[Ratio]:
    """The home query with 10,000 readings in the store, then with many more."""
    residents, each = (200, 50) if quick else (2_000, 500)
    rounds = 30 if quick else 150
    async with bench() as here:
        await crowd(here.services, 13, 500)  # with the year of the one who asks: 10,000
        before = await here.home().ratio(rounds)
        await crowd(here.services, residents, each)
        after = await here.home().ratio(rounds)
        return [Ratio("scale", after.ours_ms, before.ours_ms, 1.3, rounds)]


async def run_fhir(quick: bool) -> list[Ratio]:
    async with bench() as here:
        return [await fhir_year(here.services, here.who, 3 if quick else 10)]


async def run_audit(quick: bool) -> list[Ratio]:
    """A caregiver's home with the log and without; then the chains, verified."""
    async with bench() as here:
        home = await home_ratio(here.services, here.who, 30 if quick else 200)
        clock = here.services.core.clock
        return [home, await verify_ratio(clock, 100_000, 3 if quick else 7)]


async def run_policy(quick: bool) -> list[Ratio]:
    """A caregiver's home against the resident's own."""
    async with bench() as here:
        return await policy_ratios(here.services, here.who, 40 if quick else 300)


async def run_ledger(quick: bool) -> list[Ratio]:
    """Every invariant of the points' ledger under 16 tasks, after the speed of one transfer."""
    async with bench() as here:
        speed = await transfers(here.services, 60 if quick else 500)
        return [speed, await storm(here.services, 2_000 if quick else 100_000)]


async def run_ask(quick: bool) -> list[Ratio]:
    async with bench() as here:
        return [await ask(here.services, here.who, 3 if quick else 12)]


async def run_choosing(quick: bool) -> list[Ratio]:
    async with bench() as here:
        return [await choosing(here.services, here.who, 20 if quick else 200)]


async def run_reminders(quick: bool) -> list[Ratio]:
    """Handed over by two worker processes, one killed on the way; twice or lost raises."""
    async with bench() as here:
        return [await reminders(here.services, 300 if quick else 10_000)]


async def run_size(quick: bool) -> list[Ratio]:
    return await size_ratios()


BENCHES: dict[str, Callable[[bool], Awaitable[list[Ratio]]]] = {
    "home": run_home,
    "batch": run_batch,
    "scale": run_scale,
    "fhir": run_fhir,
    "size": run_size,
    "ledger": run_ledger,
    "policy": run_policy,
    "audit": run_audit,
    "ask": run_ask,
    "reminders": run_reminders,
    "choosing": run_choosing,
}
