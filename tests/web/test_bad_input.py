"""Bad input through the front door: each has its own code, and nothing is half-written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from backend.core.clock import FixedClock
from backend.services import Services
from graphql_api.common import ids
from tests.api import Api, sign_in
from tests.conftest import NOW
from tests.databases import Databases
from tests.factories import a_key, a_resident
from tests.houses import a_house, its_door

RECORD = """mutation M($input: RecordReadingInput!) {
  recordReading(input: $input) { outcome reading { id note values { quantity { value } } } } }"""
BATCH = """mutation M($input: RecordReadingsInput!) {
  recordReadings(input: $input) { items { outcome error { code } } } }"""
ADD = "mutation A($input: AddEntryInput!) { addEntry(input: $input) { entry { id title } } }"
WRITTEN = ("readings", "entries", "alerts", "outbox", "idempotent_answers", "versions")


@pytest.fixture(scope="module")
async def services(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Services]:
    """One house for ninety requests, most of which never get to the store."""
    async with a_house(databases, tmp_path_factory.mktemp("bad"), FixedClock(NOW)) as services:
        yield services


@pytest.fixture(scope="module")
async def client(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    async with its_door(services) as client:
        yield client


@pytest.fixture
async def home(services: Services, client: httpx.AsyncClient) -> tuple[Api, str]:
    """Somebody signed in, and their own resident id."""
    api, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    return api, ids.encode("Resident", resident_id)


async def counts(services: Services) -> dict[str, int]:
    db = services.core.store.db
    return {name: await db[name].count_documents({}) for name in WRITTEN}


def code_of(response: httpx.Response) -> str:
    body = response.json()
    errors = body["errors"] if "errors" in body else [body["error"]]
    found: str = (errors[0].get("extensions") or errors[0])["code"]
    return found


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{", JSON, 400, "JSON_INVALID"),
        (b"", JSON, 400, "JSON_INVALID"),
        (b"\xff\xfe", JSON, 400, "JSON_INVALID"),
        (b'{"query": "{ me { id } }", "variables": {"a": NaN}}', JSON, 400, "JSON_INVALID"),
        (b'{"query": "{ me { id } }", "variables": {"a": Infinity}}', JSON, 400, "JSON_INVALID"),
        (b'{"query": "{ me { id } }", "variables": {"a": 1e999}}', JSON, 400, "JSON_INVALID"),
        (b'{"query": "{ me { id } }", "variables": {"a": "\\ud800"}}', JSON, 400, "JSON_INVALID"),
        (b"[" * 5_000, JSON, 400, "JSON_INVALID"),
        (b"7", JSON, 400, "REQUEST_INVALID"),
        (b'"a"', JSON, 400, "REQUEST_INVALID"),
        (b"null", JSON, 400, "REQUEST_INVALID"),
        (b'{"query": 7}', JSON, 400, "REQUEST_INVALID"),
        (b'{"query": "{ me { id } }", "variables": []}', JSON, 400, "REQUEST_INVALID"),
        (b'{"query": "{ me { id } }", "operationName": 7}', JSON, 400, "REQUEST_INVALID"),
        (b"{}", JSON, 400, "OPERATION_MISSING"),
        (b'{"query": "fragment F on Me { id }"}', JSON, 400, "OPERATION_UNKNOWN"),
        (b"a=b", {"content-type": "application/x-www-form-urlencoded"}, 415,
         "CONTENT_TYPE_UNSUPPORTED"),
        (b"{ me { id } }", {"content-type": "application/graphql"}, 415,
         "CONTENT_TYPE_UNSUPPORTED"),
        (b"{}", {}, 415, "CONTENT_TYPE_UNSUPPORTED"),
        (b'"' + b"x" * 7_000_000 + b'"', JSON, 413, "BODY_TOO_LARGE"),
    ],
)  # fmt: skip
async def test_what_is_no_request_is_refused(
    client: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    response = await client.post("/graphql", content=content, headers=headers)
    assert (response.status_code, code_of(response)) == (status, code)


@pytest.mark.parametrize(("method", "path", "status", "code"), [
    ("GET", "/nothing", 404, "ROUTE_NOT_FOUND"),
    ("DELETE", "/graphql", 405, "METHOD_NOT_ALLOWED"),
    ("POST", "/health", 405, "METHOD_NOT_ALLOWED"),
])  # fmt: skip
async def test_ways_that_are_not_there_have_codes_in_both_languages(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    chinese = await client.request(method, path)
    assert (chinese.status_code, code_of(chinese)) == (status, code)
    english = await client.request(method, path, headers={"accept-language": "en"})
    assert code_of(english) == code
    assert chinese.json()["error"]["message"] != english.json()["error"]["message"]


def reading(**more: Any) -> dict[str, Any]:
    return {
        "kind": "GLUCOSE",
        "at": "2026-11-20T06:30:00+08:00",
        "meal": "FASTING",
        "values": [{"component": "glucose", "value": 6.1, "unit": "mmol/L"}],
        **more,
    }


def glucose(value: object, unit: str = "mmol/L") -> dict[str, Any]:
    return reading(values=[{"component": "glucose", "value": value, "unit": unit}])


BAD_READINGS = [
    (glucose(140), "PLAUSIBILITY_IMPOSSIBLE"),  # mg/dL sent as mmol/L
    (glucose(0), "PLAUSIBILITY_IMPOSSIBLE"),
    (glucose(-6.1), "VALUE_NEGATIVE"),
    (glucose(1e308), "PLAUSIBILITY_IMPOSSIBLE"),
    (glucose(6.1, "mmHg"), "UNIT_UNFIT"),
    (glucose(6.1, "furlong"), "UNIT_UNKNOWN"),
    (reading(values=[]), "COMPONENT_MISSING"),
    (reading(values=[{"component": "x", "value": 1, "unit": "mmol/L"}]), "COMPONENT_UNKNOWN"),
    (reading(at="2026-11-21T10:30:00+08:00"), "TIME_IN_FUTURE"),
    (reading(at="2099-01-01T00:00:00+08:00"), "TIME_IN_FUTURE"),
    (reading(at="1850-01-01T00:00:00+08:00"), {"TIME_TOO_OLD", "TIME_BEFORE_BIRTH"}),
    (reading(at="0001-01-01T00:00:00+14:00"), "DATE_DOES_NOT_EXIST"),
    (reading(at="9999-12-31T23:59:59-12:00"), "DATE_DOES_NOT_EXIST"),
    (reading(at="2026-11-20T24:00:00+08:00"), "DATE_HOUR_TWENTY_FOUR"),
    (reading(at="2026-02-29T08:00:00+08:00"), "DATE_DOES_NOT_EXIST"),
    (reading(at="2026-11-31T08:00:00+08:00"), "DATE_DOES_NOT_EXIST"),
    (reading(at="2026-11-20T08:00:00"), "TIME_WITHOUT_OFFSET"),
    (reading(at="2026-11-20T08:00:00+23:00"), "TIME_OFFSET_INVALID"),
    (reading(at="yesterday"), "DATE_TIME_INVALID"),
    (reading(at=1763600000), "DATE_TIME_INVALID"),
    (reading(note="a\x00b"), "TEXT_NULL_BYTE"),
    (reading(note="a\x07b"), "TEXT_CONTROL_CHARACTER"),
    (reading(note="咳" * 100_000), "TEXT_TOO_LONG"),
    (reading(kind="NOTHING"), "VARIABLES_INVALID"),
    (reading(kind="HEART_RATE"), {"MEAL_UNFIT", "COMPONENT_UNKNOWN"}),
    (reading(values=[{"component": "glucose", "value": "6.1", "unit": "mmol/L"}]),
     "VARIABLES_INVALID"),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "code"), BAD_READINGS)
async def test_a_bad_reading_is_refused_for_what_is_wrong_with_it(
    services: Services, home: tuple[Api, str], bad: dict[str, Any], code: str | set[str]
) -> None:
    api, resident = home
    before = await counts(services)
    key = a_key()
    found = await api.refusal(
        RECORD, input={"residentId": resident, "idempotencyKey": key, "reading": bad}
    )
    assert found in ({code} if isinstance(code, str) else code)
    after = await counts(services)
    # That it was refused may be remembered under its key; nothing else is written.
    assert {**after, "idempotent_answers": 0} == {**before, "idempotent_answers": 0}


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        ("头晕😵‍💫", "头晕😵‍💫"),
        ("𠮷野家拉面", "𠮷野家拉面"),
        ("שלום", "שלום"),
        ("é" * 500, "é" * 500),
        ("  两边有空格  ", "两边有空格"),
        # Marks that turn the writing round would turn round what stands beside the note.
        ("\u202e倒着写\u202c", "倒着写"),
    ],
)
async def test_any_honest_text_comes_back(home: tuple[Api, str], note: str, kept: str) -> None:
    api, resident = home
    data = await api.ask(
        RECORD,
        input={"residentId": resident, "idempotencyKey": a_key(), "reading": reading(note=note)},
    )
    assert data["recordReading"]["reading"]["note"] == kept


async def test_a_leap_day_is_a_day(home: tuple[Api, str]) -> None:
    api, resident = home
    given = reading(at="2024-02-29T08:00:00+08:00")
    data = await api.ask(
        RECORD, input={"residentId": resident, "idempotencyKey": a_key(), "reading": given}
    )
    assert data["recordReading"]["outcome"] == "RECORDED"


async def test_one_bad_item_among_a_thousand_is_the_only_one_refused(
    services: Services, home: tuple[Api, str]
) -> None:
    api, resident = home
    before = await counts(services)
    many = [
        reading(at=f"2026-{1 + n // 600:02}-{1 + n % 25:02}T{n // 25 % 24:02}:00:00+08:00")
        for n in range(1_000)
    ]
    many = [{**each, "source": {"system": "phone", "id": f"r{n}"}} for n, each in enumerate(many)]
    many[500] = {**glucose(140), "source": {"system": "phone", "id": "r500"}}
    data = await api.ask(
        BATCH, input={"residentId": resident, "idempotencyKey": a_key(), "readings": many}
    )
    items = data["recordReadings"]["items"]
    assert len(items) == 1_000
    assert items[500] == {"outcome": "REFUSED", "error": {"code": "PLAUSIBILITY_IMPOSSIBLE"}}
    assert [n for n, each in enumerate(items) if each["error"]] == [500]
    assert (await counts(services))["readings"] - before["readings"] == 999


async def test_a_batch_with_a_time_that_is_none_is_refused_whole_and_writes_nothing(
    services: Services, home: tuple[Api, str]
) -> None:
    api, resident = home
    before = await counts(services)
    many = [reading(), reading(at="2026-11-20T24:00:00+08:00")]
    given = {"residentId": resident, "idempotencyKey": a_key(), "readings": many}
    assert await api.refusal(BATCH, input=given) == "DATE_HOUR_TWENTY_FOUR"
    too_many = {**given, "readings": [reading()] * 1_001}
    assert await api.refusal(BATCH, input=too_many) == "BATCH_TOO_LARGE"
    assert await counts(services) == before


@pytest.mark.parametrize(
    "bad",
    ["1000000000", 1_000_000_000, "", " ", "x" * 10_000, "UmVzaWRlbnQ6", "é", "😵", "\x00",
     "UmVzaWRlbnQ6MDAw", "Resident:000000000000000000000000"],
)  # fmt: skip
async def test_an_id_that_is_none_is_told_so(home: tuple[Api, str], bad: object) -> None:
    api, _ = home
    for query in (
        "query Q($id: ID!) { resident(id: $id) { name } }",
        "query Q($id: ID!) { node(id: $id) { id } }",
    ):
        assert await api.refusal(query, id=bad) == "ID_INVALID"


async def test_a_billion_source_ids_is_only_a_number(home: tuple[Api, str]) -> None:
    api, resident = home
    given = reading(source={"system": "phone", "id": str(10**9)})
    data = await api.ask(
        RECORD, input={"residentId": resident, "idempotencyKey": a_key(), "reading": given}
    )
    assert data["recordReading"]["outcome"] == "RECORDED"


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ("readings(first: 0) { edges { cursor } }", "PAGE_SIZE_INVALID"),
        ("readings(first: -1) { edges { cursor } }", "PAGE_SIZE_INVALID"),
        ("readings(first: 101) { edges { cursor } }", "PAGE_SIZE_INVALID"),
        ("readings(first: 3000000000) { edges { cursor } }", "GRAPHQL_INVALID"),
        ('readings(after: "x") { edges { cursor } }', "CURSOR_INVALID"),
        ('readings(after: "😵") { edges { cursor } }', "CURSOR_INVALID"),
        ('readings(after: "f_________8AAAAAAAAAAAAAAAAA") { edges { cursor } }', "CURSOR_INVALID"),
        ('readings(since: "2026-11-20T24:00:00Z") { edges { cursor } }', "DATE_HOUR_TWENTY_FOUR"),
        ('search(text: "") { edges { cursor } }', "SEARCH_EMPTY"),
        ('trend(kind: GLUCOSE, since: "2026-11-20T00:00:00Z", until: "2026-11-01T00:00:00Z") {'
         " period }", "TREND_SPAN_INVALID"),
        ('trend(kind: GLUCOSE, since: "0001-01-03T00:00:00Z", until: "9999-12-28T00:00:00Z") {'
         " period }", "TREND_SPAN_INVALID"),
        ('trend(kind: GLUCOSE, until: "0001-01-02T00:00:00Z") { period }', "TREND_SPAN_INVALID"),
    ],
)  # fmt: skip
async def test_arguments_out_of_range_have_codes(
    home: tuple[Api, str], argument: str, code: str
) -> None:
    api, resident = home
    answer = await api.post(f'{{ resident(id: "{resident}") {{ {argument} }} }}')
    assert {each["extensions"]["code"] for each in answer["errors"]} == {code}


@pytest.mark.parametrize(
    ("onset", "code"),
    [
        ("2015-13", "DATE_DOES_NOT_EXIST"),
        ("2015-02-29", "DATE_DOES_NOT_EXIST"),
        ("2031", "DATE_IN_FUTURE"),
        ("1700", "DATE_TOO_EARLY"),
        ("15-01-01", "DATE_MALFORMED"),
        (2015.5, "DATE_MALFORMED"),
        ("2015-01-01T24:00:00+08:00", "DATE_HOUR_TWENTY_FOUR"),
    ],
)
async def test_an_entry_with_a_bad_date_writes_nothing(
    services: Services, home: tuple[Api, str], onset: object, code: str
) -> None:
    api, resident = home
    before = await counts(services)
    content = {"condition": {"name": {"text": "高血压"}, "onset": onset}}
    given = {"residentId": resident, "idempotencyKey": a_key(), "content": content}
    assert await api.refusal(ADD, input=given) == code
    assert await counts(services) == before


async def test_keys_and_contents_that_are_none(services: Services, home: tuple[Api, str]) -> None:
    api, resident = home
    before = await counts(services)
    name = {"condition": {"name": {"text": "高血压"}}}
    given = {"residentId": resident, "idempotencyKey": "", "content": name}
    assert await api.refusal(ADD, input=given) == "IDEMPOTENCY_KEY_INVALID"
    given["idempotencyKey"] = "k" * 201
    assert await api.refusal(ADD, input=given) == "IDEMPOTENCY_KEY_INVALID"
    given |= {"idempotencyKey": a_key(), "content": {}}
    assert await api.refusal(ADD, input=given) == "VARIABLES_INVALID"
    assert await counts(services) == before
