"""The whole demo in a real store: what each of the family, and the doctor, finds there."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from backend.access.errors import AccessDenied
from backend.access.relations import RelationKind
from backend.archive.errors import EntryNotFound
from backend.archive.sections import Section
from backend.core.clock import FixedClock
from backend.core.container import build_core
from backend.core.database import connect
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.demo.command import logins_table
from backend.demo.loading import Loaded, load_demo
from backend.demo.replay import ReplayClock
from backend.documents import DOCUMENTS
from backend.identity.providers.client import ClientSecret
from backend.identity.sessions import Device
from backend.measurements.draft import Kind
from backend.measurements.thresholds import Level
from backend.services import Services, build_services
from tests.conftest import NOW
from tests.demo.visitors import resident_of, viewer_of


@dataclass(frozen=True)
class Demo:
    services: Services
    loaded: Loaded
    said: list[str]
    clinic_file: Path


@pytest.fixture(scope="module")
async def demo(mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """Loaded once for this module, whose tests only look."""
    folder = tmp_path_factory.mktemp("demo")
    store = await connect(mongodb_uri, f"t{uuid4().hex[:12]}")
    await store.prepare(DOCUMENTS)
    clock = ReplayClock(FixedClock(NOW))
    settings = Settings(environment="test", data_dir=folder, demo=True, _env_file=None)
    master = LocalMasterKey.from_file(folder / "master.key", create=True)
    services = build_services(build_core(settings, store, master, clock))
    said: list[str] = []
    loaded = await load_demo(services, clock, folder / "clinic.json", say=said.append)
    yield Demo(services, loaded, said, folder / "clinic.json")
    await services.core.changes.close()
    await store.client.drop_database(store.db.name)
    await store.close()


@pytest.fixture
def services(demo: Demo) -> Services:
    return demo.services


async def test_the_family_can_sign_in_and_sees_what_each_may_see(services: Services) -> None:
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


async def test_the_operator_sees_nobodys_record(services: Services) -> None:
    father = await resident_of(services, await viewer_of(services, "father"), RelationKind.SELF)
    operator = await viewer_of(services, "operator")
    assert await services.access.relations(operator) == []
    with pytest.raises(AccessDenied):
        await services.residents.get(operator, father)


async def test_the_last_days_have_raised_alerts(services: Services) -> None:
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


async def test_the_fever_was_noticed_by_the_mother_of_the_child(services: Services) -> None:
    daughter = await viewer_of(services, "daughter")
    child = await resident_of(services, daughter, RelationKind.GUARDIAN)
    assert (await services.alerts.page(daughter, child, first=50)).items == []
    page = await services.alerts.page(daughter, child, first=50, open_only=False)
    fever = next(each for each in page.items if each.kind is Kind.TEMPERATURE)
    assert fever.acknowledged_at is not None
    assert fever.at < fever.acknowledged_at


async def test_the_clinic_signs_in_with_what_is_printed(demo: Demo, services: Services) -> None:
    clinic = demo.loaded.clinic
    credential = ClientSecret(client_id=clinic.client_id, client_secret=clinic.client_secret)
    tokens = await services.identity.sign_in(credential, Device())
    assert tokens.account_id == clinic.account_id
    table = logins_table(demo.loaded)
    assert clinic.client_id in table
    assert clinic.client_secret in table
    for login in ("father", "mother", "daughter", "doctor", "operator", "panel-01"):
        assert login in table


async def test_the_clinics_secret_is_for_its_owners_eyes(demo: Demo) -> None:
    assert demo.clinic_file.stat().st_mode & 0o777 == 0o600


async def test_the_whole_demo_comes_up_with_forty_residents_and_a_year_of_readings(
    demo: Demo, services: Services
) -> None:
    assert demo.loaded.new_readings > 5_000
    assert len(demo.said) >= 6
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
