"""The household in a real store: once, again, a week later, after a crash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId, json_util
from click.testing import CliRunner

from backend.access.errors import AccessDenied
from backend.access.relations import RelationKind
from backend.archive.errors import EntryNotFound
from backend.archive.sections import Section
from backend.cli import main
from backend.core.clock import FixedClock
from backend.core.container import build_core
from backend.core.database import Store
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.demo import records
from backend.demo.command import logins_table
from backend.demo.household import household
from backend.demo.loading import Loaded, load_demo
from backend.demo.people import Household
from backend.demo.replay import ReplayClock
from backend.identity.errors import DemoUnavailable
from backend.identity.providers.client import ClientSecret
from backend.identity.providers.demo import DemoName
from backend.identity.sessions import Device
from backend.identity.viewer import Channel, Language, Role, Viewer
from backend.measurements.draft import Draft, Kind, Quantity
from backend.measurements.readings import ReadingFilter
from backend.measurements.thresholds import Level
from backend.services import Services, build_services

Load = Callable[[], Awaitable[Loaded]]
_EXPIRING = {"outbox", "idempotent_answers", "sign_in_attempts"}
"""MongoDB deletes their documents when their time is over."""


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
    """The household with little of its past; what was measured is what this is not about."""
    whole = household(anchor, panel_size=2)
    recent = anchor - timedelta(days=9)
    residents = tuple(replace(each, first_day=recent) for each in whole.residents)
    return replace(whole, residents=residents)


async def viewer_of(services: Services, login: str) -> Viewer:
    tokens = await services.identity.sign_in(DemoName(login), Device())
    return await services.identity.viewer_from_token(tokens.access_token, Channel.APP, Language.ZH)


async def resident_of(services: Services, viewer: Viewer, kind: RelationKind) -> ObjectId:
    found = [each for each in await services.access.relations(viewer) if each.kind is kind]
    assert len(found) == 1
    return found[0].resident_id


async def everything(store: Store) -> dict[str, list[str]]:
    """Every document of every collection that lasts, as text."""
    names = set(await store.db.list_collection_names()) - _EXPIRING
    return {
        name: sorted([json_util.dumps(each) async for each in store.db[name].find()])
        for name in names
    }


async def sizes(store: Store) -> dict[str, int]:
    return {name: len(found) for name, found in (await everything(store)).items()}


async def test_the_family_can_sign_in_and_sees_what_each_may_see(
    services: Services, load: Load
) -> None:
    await load()
    mother, daughter = [await viewer_of(services, each) for each in ("mother", "daughter")]
    mothers = await resident_of(services, mother, RelationKind.SELF)
    own = await services.entries.page(mother, mothers, Section.QUESTIONNAIRE, first=10)
    assert [each.body.title("zh") for each in own.items] == ["PHQ-9 抑郁自评（2026-10-12）"]
    hers = await services.entries.page(daughter, mothers, Section.QUESTIONNAIRE, first=10)
    assert hers.items == []
    with pytest.raises(EntryNotFound):
        await services.entries.get(daughter, mothers, own.items[0].id)
    relations = await services.access.relations(daughter)
    assert sorted(each.kind for each in relations) == ["caregiver", "caregiver", "guardian", "self"]


async def test_the_operator_sees_nobodys_record(services: Services, load: Load) -> None:
    await load()
    father = await resident_of(services, await viewer_of(services, "father"), RelationKind.SELF)
    operator = await viewer_of(services, "operator")
    assert await services.access.relations(operator) == []
    with pytest.raises(AccessDenied):
        await services.residents.get(operator, father)


async def test_the_last_days_have_raised_alerts(services: Services, load: Load) -> None:
    await load()
    father = await viewer_of(services, "father")
    resident = await resident_of(services, father, RelationKind.SELF)
    alerts = (await services.alerts.page(father, resident, first=50)).items
    high = next(each for each in alerts if "172/97" in each.reason.zh)
    assert (high.kind, high.level) == (Kind.BLOOD_PRESSURE, Level.HIGH)
    assert any("3.7" in each.reason.zh for each in alerts)
    mother = await viewer_of(services, "mother")
    mothers = await resident_of(services, mother, RelationKind.SELF)
    breathless = (await services.alerts.page(mother, mothers, first=50)).items
    assert any("86" in each.reason.zh and "王医生" in each.source.zh for each in breathless)


async def test_the_fever_was_noticed_by_the_mother_of_the_child(
    services: Services, load: Load
) -> None:
    await load()
    daughter = await viewer_of(services, "daughter")
    child = await resident_of(services, daughter, RelationKind.GUARDIAN)
    assert (await services.alerts.page(daughter, child, first=50)).items == []
    page = await services.alerts.page(daughter, child, first=50, open_only=False)
    fever = next(each for each in page.items if each.kind is Kind.TEMPERATURE)
    assert fever.acknowledged_at is not None
    assert fever.at < fever.acknowledged_at


async def test_a_second_start_changes_nothing(services: Services, store: Store, load: Load) -> None:
    first = await load()
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
    services: Services, store: Store, clock: FixedClock, load: Load
) -> None:
    await load()
    before = await sizes(store)
    clock.advance(timedelta(days=9))
    later = await load()
    after = await sizes(store)
    grown = {name for name in after if after[name] != before.get(name, 0)}
    assert grown == {"readings", "alerts"}
    assert after["readings"] - before["readings"] == later.new_readings > 50
    father = await viewer_of(services, "father")
    resident = await resident_of(services, father, RelationKind.SELF)
    days = await readings_by_day(services, father, resident, clock)
    assert len(days) == 10
    assert (await load()).new_readings == 0


async def readings_by_day(
    services: Services, viewer: Viewer, resident: ObjectId, clock: FixedClock
) -> set[str]:
    wanted = ReadingFilter(since=clock.now() - timedelta(days=9))
    page = await services.readings.page(viewer, resident, wanted, first=100)
    return {each.at.date().isoformat() for each in page.items}


async def test_what_a_visitor_did_stays_and_does_not_hide_the_days_since(
    services: Services, store: Store, clock: FixedClock, load: Load
) -> None:
    await load()
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
    assert (await sizes(store))["entries"] == planned


async def test_the_clinic_signs_in_with_what_is_printed(services: Services, load: Load) -> None:
    loaded = await load()
    clinic = loaded.clinic
    credential = ClientSecret(client_id=clinic.client_id, client_secret=clinic.client_secret)
    tokens = await services.identity.sign_in(credential, Device())
    assert tokens.account_id == clinic.account_id
    table = logins_table(loaded)
    assert clinic.client_id in table
    assert clinic.client_secret in table
    for login in ("father", "mother", "daughter", "doctor", "operator", "panel-01"):
        assert login in table


async def test_a_lost_secret_makes_a_new_clinic_with_the_same_grants(
    services: Services, load: Load, tmp_path: Path
) -> None:
    first = await load()
    (tmp_path / "clinic.json").unlink()
    second = await load()
    assert second.clinic.client_id != first.clinic.client_id
    assert second.new_readings == 0
    father = await resident_of(services, await viewer_of(services, "father"), RelationKind.SELF)
    clinic = Viewer(account_id=second.clinic.account_id, roles=frozenset({Role.INSTITUTION}))
    assert (await services.residents.get(clinic, father)).profile.name == "张建国"


async def test_the_clinics_secret_is_for_its_owners_eyes(load: Load, tmp_path: Path) -> None:
    await load()
    assert (tmp_path / "clinic.json").stat().st_mode & 0o777 == 0o600


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


@pytest.mark.slow
async def test_the_whole_demo_comes_up_with_forty_residents_and_a_year_of_readings(
    services: Services, replay: ReplayClock, tmp_path: Path
) -> None:
    said: list[str] = []
    loaded = await load_demo(services, replay, tmp_path / "clinic.json", say=said.append)
    assert loaded.new_readings > 5_000
    assert len(said) >= 6
    doctor = await viewer_of(services, "doctor")
    relations = await services.access.relations(doctor)
    assert len(relations) == 40
    levels: Counter[Level] = Counter()
    for relation in relations:
        page = await services.alerts.page(doctor, relation.resident_id, first=50)
        levels.update(each.level for each in page.items)
    assert levels[Level.NOTICE] > 5
    assert levels[Level.HIGH] > 5
    assert levels[Level.URGENT] >= 1
