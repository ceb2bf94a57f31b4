"""The demo's father and mother in a store, with a year of measurements."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from bson import ObjectId

from backend.access.relations import RelationKind
from backend.core.clock import FixedClock
from backend.core.container import build_core
from backend.core.database import Store
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.demo.household import household
from backend.demo.loading import load_demo
from backend.demo.people import Household
from backend.demo.replay import ReplayClock
from backend.identity.viewer import Viewer
from backend.services import Services, build_services
from tests.demo.visitors import resident_of, viewer_of


@dataclass(frozen=True)
class Family:
    services: Services
    father: Viewer
    father_id: ObjectId


def only_father(anchor: date) -> Household:
    whole = household(anchor, panel_size=0)
    fathers = tuple(each for each in whole.residents if each.key == "father")
    return replace(whole, residents=fathers)


@pytest.fixture
async def family(
    store: Store, settings: Settings, master_key: LocalMasterKey, clock: FixedClock, tmp_path: Path
) -> Family:
    replay = ReplayClock(clock)
    services = build_services(build_core(settings, store, master_key, replay))
    await load_demo(services, replay, tmp_path / "clinic.json", plan=only_father)
    father = await viewer_of(services, "father")
    return Family(services, father, await resident_of(services, father, RelationKind.SELF))
