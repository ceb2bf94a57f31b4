"""The household in a real store: once, again, a week later, after a crash."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId, json_util
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from click.testing import CliRunner

from backend.access.relations import RelationKind
from backend.appointments.services import ServiceKind
from backend.archive.sections import Section
from backend.cli import main
from backend.core.clock import SHANGHAI, FixedClock
from backend.core.container import build_core
from backend.core.database import Store
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.demo import records
from backend.demo.household import household
from backend.demo.loading import Loaded, load_demo
from backend.demo.people import Household
from backend.demo.replay import ReplayClock
from backend.demo.tables import table
from backend.identity.errors import DemoUnavailable
from backend.identity.viewer import Role, Viewer
from backend.measurements.draft import Draft, Kind, Quantity
from backend.measurements.readings import ReadingFilter
from backend.services import Services, build_services
from tests.conftest import NOW
from tests.databases import Databases
from tests.demo.visitors import resident_of, viewer_of

Load = Callable[[], Awaitable[Loaded]]
_AS_STORED = CodecOptions(document_class=RawBSONDocument)
_EXPIRING = {"outbox", "idempotent_answers", "sign_in_attempts"}
"""MongoDB deletes their documents when their time is over."""
_POINTS = {"point_transfers", "point_evidence", "point_accounts"}
_WEEKLY = {"care_days", "care_plan_weeks", "care_plan_revisions", "versions", "care_tickets"}
"""What plans write when a Monday is among the days."""
_LOG = "access_log"
"""Every start looks, and sends again what is there: that is noted each time."""


@dataclass(frozen=True)
class Once:
    """What a first start leaves: its documents, its clinic's secret, the key they are under."""

    loaded: Loaded
    documents: dict[str, list[RawBSONDocument]]
    clinic_file: Path
    key_file: Path


@pytest.fixture(scope="module")
async def once(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Loaded once: that is ten seconds of work, and most tests are about the start after it."""
    folder, store = tmp_path_factory.mktemp("once"), await databases.lend()
    replay = ReplayClock(FixedClock(NOW))
    settings = Settings(environment="test", data_dir=folder, demo=True, _env_file=None)
    key = LocalMasterKey.from_file(folder / "master.key", create=True)
    services = build_services(build_core(settings, store, key, replay))
    loaded = await load_demo(services, replay, folder / "clinic.json", plan=short)
    documents = {
        name: await store.db.get_collection(name, codec_options=_AS_STORED).find().to_list()
        for name in await store.db.list_collection_names()
    }
    await services.core.changes.close()
    await databases.take_back(store)
    return Once(loaded, documents, folder / "clinic.json", folder / "master.key")


@pytest.fixture
def master_key(once: Once) -> LocalMasterKey:
    return LocalMasterKey.from_file(once.key_file)


@pytest.fixture
async def first(once: Once, store: Store, tmp_path: Path) -> Loaded:
    """A first start, in this test's database."""
    for name, documents in once.documents.items():
        if documents:
            await store.db[name].insert_many(documents)
    (tmp_path / "clinic.json").write_bytes(once.clinic_file.read_bytes())
    return once.loaded


@pytest.fixture
def replay(clock: FixedClock) -> ReplayClock:
    return ReplayClock(clock)


@pytest.fixture
def services(
    store: Store, settings: Settings, master_key: LocalMasterKey, replay: ReplayClock
) -> Services:
    return build_services(build_core(settings, store, master_key, replay))


@pytest.fixture
def load(services: Services, replay: ReplayClock, tmp_path: Path) -> Load:
    async def go() -> Loaded:
        return await load_demo(services, replay, tmp_path / "clinic.json", plan=short)

    return go


def short(anchor: date) -> Household:
    """The household with little of its past; what was measured is what this is not about,
    nor the report's photo, which the walk through reports looks at."""
    whole = household(anchor, panel_size=2)
    recent = anchor - timedelta(days=9)
    residents = tuple(replace(each, first_day=recent, papers=()) for each in whole.residents)
    return replace(whole, residents=residents)


async def everything(store: Store) -> dict[str, list[str]]:
    """Every document of every collection that lasts, as text."""
    names = set(await store.db.list_collection_names()) - _EXPIRING - {_LOG}
    return {
        name: sorted([json_util.dumps(each) async for each in store.db[name].find()])
        for name in names
    }


async def sizes(store: Store) -> dict[str, int]:
    return {name: len(found) for name, found in (await everything(store)).items()}


async def test_a_second_start_changes_nothing(first: Loaded, store: Store, load: Load) -> None:
    before = await everything(store)
    second = await load()
    assert first.new_readings > 100
    assert second.new_readings == 0
    assert second.household == first.household
    assert (second.clinic.client_id, second.clinic.client_secret) == (
        first.clinic.client_id,
        first.clinic.client_secret,
    )
    assert await everything(store) == before


async def test_a_start_nine_days_later_adds_these_days_and_nothing_else(
    first: Loaded, services: Services, store: Store, clock: FixedClock, load: Load
) -> None:
    before = await sizes(store)
    clock.advance(timedelta(days=9))
    later = await load()
    after = await sizes(store)
    grown = {name for name in after if after[name] != before.get(name, 0)}
    assert grown - _WEEKLY == {"readings", "alerts", "inbox_items", "appointment_slots"} | _POINTS
    assert after["readings"] - before["readings"] == later.new_readings > 50
    father = await viewer_of(services, "father")
    resident = await resident_of(services, father, RelationKind.SELF)
    days = await readings_by_day(services, father, resident, clock)
    assert len(days) == 10
    assert (await load()).new_readings == 0


async def starts(services: Services, kind: ServiceKind) -> list[datetime]:
    page = await services.appointments.looking.slots(kind, first=100, free=False)
    assert not page.has_next
    return [each.start.astimezone(SHANGHAI) for each in page.items]


async def test_the_father_books_a_time_that_stays_while_later_starts_add_days(
    first: Loaded, services: Services, clock: FixedClock, load: Load
) -> None:
    looking, bookings = services.appointments.looking, services.appointments.bookings
    begin = await starts(services, ServiceKind.FOLLOW_UP)
    assert all(each.isoweekday() < 6 for each in begin)
    assert {each.date() for each in begin} == {
        day
        for day in (NOW.date() + timedelta(days=number) for number in range(1, 15))
        if day.isoweekday() < 6
    }
    assert all([await starts(services, kind) for kind in ServiceKind])
    father = await viewer_of(services, "father")
    resident = await resident_of(services, father, RelationKind.SELF)
    slot = (await looking.slots(ServiceKind.FOLLOW_UP, first=1)).items[0]
    assert slot.schedule.institution_id == first.clinic.account_id
    booked = await bookings.book(father, resident, slot.id, idempotency_key="visitor")

    clock.advance(timedelta(days=1))
    await load()
    [mine] = (await looking.page(father, resident, first=5)).items
    assert (mine.id, mine.slot_id) == (booked, slot.id)
    clock.advance(timedelta(days=8))
    await load()

    today = clock.now().astimezone(SHANGHAI).date()
    later = [each for each in await starts(services, ServiceKind.FOLLOW_UP) if each.date() > today]
    assert len(set(later)) == len(later) == len(begin)  # two weeks of workdays, each once
    assert max(later).date() == today + timedelta(days=14)


async def readings_by_day(
    services: Services, viewer: Viewer, resident: ObjectId, clock: FixedClock
) -> set[str]:
    wanted = ReadingFilter(since=clock.now() - timedelta(days=9))
    page = await services.readings.page(viewer, resident, wanted, first=100)
    return {each.at.date().isoformat() for each in page.items}


async def test_what_a_visitor_did_stays_and_does_not_hide_the_days_since(
    first: Loaded, services: Services, store: Store, clock: FixedClock, load: Load
) -> None:
    father = await viewer_of(services, "father")
    resident = await resident_of(services, father, RelationKind.SELF)
    conditions = await services.entries.page(father, resident, Section.CONDITION, first=10)
    gone = conditions.items[0]
    await services.entries.mark_entered_in_error(father, resident, gone.id, version=gone.version)
    clock.advance(timedelta(days=3))
    draft = Draft(
        kind=Kind.WEIGHT,
        at=clock.now() - timedelta(minutes=5),
        values={"weight": Quantity(74, "kg")},
    )
    await services.recording.record(father, resident, draft, idempotency_key="visitor")
    entries = (await sizes(store))["entries"]
    assert (await load()).new_readings > 20
    assert (await sizes(store))["entries"] == entries
    left = await services.entries.page(father, resident, Section.CONDITION, first=10)
    assert gone.id not in {each.id for each in left.items}


async def test_an_interrupted_load_goes_on_where_it_was(
    services: Services, store: Store, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = records.Records._add
    left = 60

    async def dies(self: records.Records, *arguments: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise ConnectionError("killed")
        await added(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(records.Records, "_add", dies)
        with pytest.raises(BaseExceptionGroup):
            await load()
    assert (await sizes(store))["readings"] == 0
    whole = await load()
    assert whole.new_readings > 100
    planned = sum(len(each.entries) for each in whole.household.residents)
    assert (await sizes(store))["entries"] == planned + len(table("plans")["plan"])


async def test_a_lost_secret_makes_a_new_clinic_with_the_same_grants(
    first: Loaded, services: Services, load: Load, tmp_path: Path
) -> None:
    (tmp_path / "clinic.json").unlink()
    second = await load()
    assert second.clinic.client_id != first.clinic.client_id
    assert second.new_readings == 0
    father = await resident_of(services, await viewer_of(services, "father"), RelationKind.SELF)
    clinic = Viewer(account_id=second.clinic.account_id, roles=frozenset({Role.INSTITUTION}))
    assert (await services.residents.get(clinic, father)).profile.name == "张*国"


async def test_without_the_demo_switch_nothing_is_made(
    store: Store,
    settings: Settings,
    master_key: LocalMasterKey,
    replay: ReplayClock,
    tmp_path: Path,
) -> None:
    off = settings.model_copy(update={"demo": False})
    services = build_services(build_core(off, store, master_key, replay))
    with pytest.raises(DemoUnavailable):
        await load_demo(services, replay, tmp_path / "clinic.json", plan=short)
    assert not (tmp_path / "clinic.json").exists()
    assert not any((await sizes(store)).values())


def test_the_command_refuses_where_the_demo_is_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # no .env of the machine's
    monkeypatch.delenv("KANGBAN_DEMO", raising=False)
    result = CliRunner().invoke(main, ["demo", "--data-dir", str(tmp_path / "data")])
    assert result.exit_code == 1
    assert "演示" in result.output
    assert not (tmp_path / "data").exists()
