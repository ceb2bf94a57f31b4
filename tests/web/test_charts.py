"""Charts by address: drawn from what is stored, opened by token or by signed link."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from bson import ObjectId
from PIL import Image

from backend.access.relations import Relation, RelationKind
from backend.core.clock import FixedClock
from backend.core.links import LIFE
from backend.identity.accounts import Account
from backend.identity.viewer import Viewer
from backend.measurements.charting import _buckets
from backend.measurements.draft import Kind
from backend.measurements.trends import Period, Trend
from backend.services import Services
from graphql_api.common import ids
from tests.api import Api, sign_in
from tests.conftest import NOW
from tests.databases import Databases
from tests.factories import a_resident, at, bp, glucose
from tests.houses import a_house, its_door

URL = """
query C($id: ID!, $kind: MeasurementKind!) { resident(id: $id) {
  trend(kind: $kind, since: "2026-11-01T00:00:00+08:00", until: "2026-11-21T00:00:00+08:00") {
    chartUrl } } }
"""


@pytest.fixture(scope="module")
def clock() -> FixedClock:
    """The house's: it only goes on, by ten minutes once."""
    return FixedClock(NOW)


@pytest.fixture(scope="module")
async def services(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, clock: FixedClock
) -> AsyncIterator[Services]:
    """One house for forty pictures, each of somebody of its own."""
    async with a_house(databases, tmp_path_factory.mktemp("charts"), clock) as services:
        yield services


@pytest.fixture(scope="module")
async def client(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    async with its_door(services) as client:
        yield client


async def a_person(services: Services, client: httpx.AsyncClient) -> tuple[Api, Viewer, ObjectId]:
    """With a fortnight of mornings and evenings."""
    api, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    drafts = [
        draft
        for day in range(1, 15)
        for draft in (
            bp(136 + day % 7, 84 + day % 4, at(f"2026-11-{day:02}", "07:10")),
            bp(131 + day % 5, 80 + day % 3, at(f"2026-11-{day:02}", "20:40")),
            glucose(6.1 + day % 4 / 5, at(f"2026-11-{day:02}", "06:30")),
        )
    ]
    await services.recording.record_batch(viewer, resident_id, drafts, idempotency_key=None)
    return api, viewer, resident_id


async def get(api: Api, resident: object, picture: str, **query: str) -> httpx.Response:
    return await api.client.get(
        f"/charts/{resident}/{picture}", params=query, headers=api.headers()
    )


def opened(response: httpx.Response) -> Image.Image:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "image/png"
    assert response.headers["cache-control"] == "private, no-store"
    return Image.open(BytesIO(response.content))


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


async def link(api: Api, resident_id: ObjectId, kind: str = "BLOOD_PRESSURE") -> str:
    """Path and query of a link that GraphQL gives."""
    answer = await api.ask(URL, id=ids.encode("Resident", resident_id), kind=kind)
    url = urlsplit(answer["resident"]["trend"]["chartUrl"])
    assert f"{url.scheme}://{url.netloc}" == "http://127.0.0.1:8000"
    return f"{url.path}?{url.query}"


def changed(address: str, **values: str) -> str:
    url = urlsplit(address)
    return f"{url.path}?{urlencode({**dict(parse_qsl(url.query)), **values})}"


async def test_a_chart_of_the_asked_size_with_a_token(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, _, resident_id = await a_person(services, client)
    image = opened(await get(api, resident_id, "blood_pressure.png", size="720x600"))
    assert (image.format, image.size) == ("PNG", (720, 600))
    plain = opened(await get(api, ids.encode("Resident", resident_id), "blood_pressure.png"))
    assert plain.size == (1080, 960)


async def test_the_picture_is_of_what_is_stored(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, viewer, resident_id = await a_person(services, client)
    before = (await get(api, resident_id, "blood_pressure.png")).content
    assert (await get(api, resident_id, "blood_pressure.png")).content == before
    await services.recording.record_batch(
        viewer, resident_id, [bp(182, 101, at("2026-11-16"))], idempotency_key=None
    )
    assert (await get(api, resident_id, "blood_pressure.png")).content != before


@pytest.mark.parametrize("kind", list(Kind))
async def test_every_kind_has_a_chart_even_without_readings(
    services: Services, client: httpx.AsyncClient, kind: Kind
) -> None:
    api, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    opened(await get(api, resident_id, f"{kind.value}.png", size="480x480"))


@pytest.mark.parametrize("period", ["day", "week", "month"])
async def test_every_period_is_drawn(
    services: Services, client: httpx.AsyncClient, period: str
) -> None:
    api, _, resident_id = await a_person(services, client)
    for kind in ("blood_pressure", "glucose"):
        opened(await get(api, resident_id, f"{kind}.png", period=period, size="600x600"))


async def test_a_link_from_graphql_opens_without_a_token(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, _, resident_id = await a_person(services, client)
    for kind in ("BLOOD_PRESSURE", "GLUCOSE"):
        opened(await client.get(await link(api, resident_id, kind)))


async def test_a_link_ends_after_ten_minutes(
    services: Services, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    api, _, resident_id = await a_person(services, client)
    address = await link(api, resident_id)
    clock.advance(LIFE - timedelta(seconds=1))
    opened(await client.get(address))
    clock.advance(timedelta(seconds=1))
    assert code(await client.get(address)) == (401, "LINK_EXPIRED")


async def test_no_part_of_a_link_can_be_changed(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, viewer, resident_id = await a_person(services, client)
    _, _, other_id = await a_person(services, client)
    address = await link(api, resident_id)
    query = dict(parse_qsl(urlsplit(address).query))
    forged = [
        changed(address, since="2020-01-01T00:00:00+08:00"),
        changed(address, account=str(ObjectId())),
        changed(address, expires=str(int(query["expires"]) + 1)),
        changed(address, expires="99999999999999999999"),
        changed(address, signature="0" * 64),
        changed(address, signature="é"),
        changed(address, more="1"),
        address + "&size=600x600",
        address + f"&account={viewer.account_id}",
        address + "&signature=" + query["signature"],
        address.replace("blood_pressure", "glucose"),
        address.replace(str(resident_id), str(other_id)),
    ]
    for each in forged:
        assert code(await client.get(each)) == (401, "LINK_INVALID"), each


async def test_an_order_of_parameters_changed_on_the_way_does_no_harm(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, _, resident_id = await a_person(services, client)
    url = urlsplit(await link(api, resident_id))
    backwards = urlencode(parse_qsl(url.query)[::-1])
    opened(await client.get(f"{url.path}?{backwards}"))


async def test_a_link_shows_no_more_than_its_maker_may_see_when_it_is_opened(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, _, resident_id = await a_person(services, client)
    daughter, viewer = await sign_in(services, client)
    await services.access.grant(
        resident_id=resident_id, account_id=viewer.account_id, kind=RelationKind.CAREGIVER
    )
    address = await link(daughter, resident_id)
    opened(await client.get(address))
    await Relation.find({"account_id": viewer.account_id}).update(
        {"$set": {"ended_at": services.core.clock.now()}}
    )
    assert code(await client.get(address)) == (403, "ACCESS_DENIED")


async def test_a_suspended_accounts_link_is_worth_nothing(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, viewer, resident_id = await a_person(services, client)
    address = await link(api, resident_id)
    await Account.find({"_id": viewer.account_id}).update({"$set": {"status": "suspended"}})
    answer = await client.get(address)
    assert code(answer)[1] == "ACCOUNT_SUSPENDED"


async def test_a_stranger_and_nobody_see_no_chart(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, _, resident_id = await a_person(services, client)
    stranger, _ = await sign_in(services, client)
    picture = "blood_pressure.png"
    assert code(await get(stranger, resident_id, picture)) == (403, "ACCESS_DENIED")
    assert code(await get(Api(client), resident_id, picture)) == (401, "TOKEN_MISSING")
    # A bad token is not made good by a link that is good.
    address = await link(api, resident_id)
    answer = await client.get(address, headers={"authorization": "Bearer nonsense"})
    assert code(answer) == (401, "TOKEN_INVALID")


@pytest.mark.parametrize(
    ("picture", "query", "expected"),
    [
        ("aura.png", {}, (404, "CHART_UNKNOWN")),
        ("glucose.jpg", {}, (404, "CHART_UNKNOWN")),
        ("glucose", {}, (404, "CHART_UNKNOWN")),
        ("glucose.png", {"period": "year"}, (400, "CHART_QUERY_INVALID")),
        ("glucose.png", {"since": "yesterday"}, (400, "CHART_QUERY_INVALID")),
        ("glucose.png", {"until": "2026-11-21T00:00:00"}, (400, "CHART_QUERY_INVALID")),
        ("glucose.png", {"meals": "elevenses"}, (400, "CHART_QUERY_INVALID")),
        ("glucose.png", {"size": "big"}, (400, "CHART_QUERY_INVALID")),
        ("glucose.png", {"language": "tlh"}, (400, "CHART_QUERY_INVALID")),
        ("glucose.png", {"size": "479x960"}, (400, "CHART_SIZE_INVALID")),
        ("glucose.png", {"size": "99999x99999"}, (400, "CHART_SIZE_INVALID")),
        ("glucose.png", {"since": "1990-01-01T00:00:00+08:00"}, (400, "TREND_SPAN_INVALID")),
        ("glucose.png", {"until": "0001-01-01T00:00:00+00:00"}, (400, "CHART_QUERY_INVALID")),
    ],
)
async def test_what_cannot_be_drawn_is_refused_with_its_own_code(
    services: Services,
    client: httpx.AsyncClient,
    picture: str,
    query: dict[str, str],
    expected: tuple[int, str],
) -> None:
    api, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    assert code(await get(api, resident_id, picture, **query)) == expected


async def test_mornings_and_evenings_are_apart_unless_a_noon_would_pass_for_either(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)

    async def trend() -> Trend:
        return await services.trends.trend(
            viewer,
            resident_id,
            Kind.BLOOD_PRESSURE,
            period=Period.DAY,
            since=at("2026-11-01"),
            until=at("2026-11-21"),
        )

    halves = list(_buckets(await trend()))
    assert len(halves) == 27  # the first morning lies before 08:00
    assert {each.part and each.part.value for each in halves} == {"morning", "evening"}
    starts = [each.start for each in sorted(halves, key=lambda each: each.start)]
    assert [start.hour for start in starts] == [20] + [8, 20] * 13
    noon = bp(150, 92, at("2026-11-05", "13:00"))
    await services.recording.record_batch(viewer, resident_id, [noon], idempotency_key=None)
    whole = list(_buckets(await trend()))
    assert [each.part for each in whole] == [None] * 14
    assert sum(each.count for each in whole) == 28
