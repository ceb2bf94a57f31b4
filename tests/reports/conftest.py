"""The real engine, started once for all tests of the room."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from backend.core.container import Core
from backend.reports.engines import Engines
from backend.reports.reader import ReportReader
from backend.services import Services, build_services
from tests.ocr import pages
from tests.reports.papers import SANDBOX
from tests.reports.people import Person, a_person


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    if pages.font(20) is None:
        pytest.skip("no Chinese font on this machine")
    engines = Engines()
    yield engines
    engines.close()


@pytest.fixture
def services(core: Core) -> Services:
    """All services, looking at files in the process that all tests share."""
    services = build_services(core)
    for room in (services.reports.reports, services.reports.intake):
        room._sandbox = SANDBOX
    return services


@pytest.fixture
def reader(core: Core, engines: Engines) -> ReportReader:
    """The worker's side, drained by the test."""
    return ReportReader(core, engines)


@pytest.fixture
async def person(services: Services, client: httpx.AsyncClient) -> Person:
    return await a_person(services, client)
