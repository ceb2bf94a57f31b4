"""Live updates over real sockets, from two server processes on one database."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from bson import ObjectId
from websockets.exceptions import InvalidStatus

from backend.access.categories import Category
from backend.access.circle.links import Change
from backend.access.contract.documents import CareTeam, Verdict
from backend.access.contract.terms import Terms
from backend.access.relations import Relation, RelationKind
from backend.care.documents import Ticket
from backend.core.clock import FixedClock, SystemClock
from backend.core.container import build_core
from backend.core.database import connect
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.documents import DOCUMENTS
from backend.identity.viewer import Role, Viewer
from backend.services import Services, build_services
from graphql_api.common import ids
from graphql_api.schema import build_schema
from mobile_contract import operation
from tests.access.contract.practice import a_practice
from tests.api import Api
from tests.factories import a_key, a_resident
from tests.graphql_api.household import granted, signed_in
from tests.graphql_api.live import Socket, codes, opened, server
from tests.graphql_api.test_authorization import DOCTORS_ONLY

READINGS = """subscription R($id: ID!) {
  readingRecorded(residentId: $id) { id kind values { quantity { value unit } } } }"""
ALERTS = "subscription A($id: ID!) { alertChanged(residentId: $id) { id kind level reason } }"
EMERGENCIES = """subscription E($id: ID!) {
  emergencyAccessChanged(residentId: $id) { id reason verdict verdictReason } }"""
TICKETS = "subscription T($id: ID!) { ticketChanged(residentId: $id) { id state } }"
WORKLIST = """subscription W { worklistChanged {
  ticketId ticket { stage claimed claimedByMe question resident { id } } } }"""
INBOX = "subscription I { inboxChanged { id residentId readAt } }"
RECORD = """mutation M($input: RecordReadingInput!) {
  recordReading(input: $input) { outcome reading { id } } }"""
PUBLIC = "http://kangban.example"


@dataclass(frozen=True)
class Town:
    """Two servers' addresses, and services on the same database."""

    a: str
    b: str
    services: Services
    past: Services
    environment: dict[str, str]


@pytest.fixture(scope="module")
async def town(mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    key_file = folder / "master.key"
    key = LocalMasterKey.from_file(key_file, create=True)
    database = f"t{uuid4().hex[:12]}"
    environment = {
        "KANGBAN_MONGODB_URI": mongodb_uri,
        "KANGBAN_DATABASE": database,
        "KANGBAN_MASTER_KEY_FILE": str(key_file),
        "KANGBAN_PUBLIC_URL": PUBLIC,
    }
    settings = Settings(environment="test", data_dir=folder, demo=True, _env_file=None)
    store = await connect(mongodb_uri, database)
    await store.prepare(DOCUMENTS)
    services = build_services(build_core(settings, store, key, SystemClock()))
    an_hour_ago = FixedClock(datetime.now(UTC) - timedelta(hours=1))
    past = build_services(build_core(settings, store, key, an_hour_ago))
    with contextlib.ExitStack() as stack:
        a, b = await asyncio.gather(
            *(
                asyncio.to_thread(stack.enter_context, server(folder / name, environment))
                for name in ("a", "b")
            )
        )
        yield Town(a, b, services, past, environment)
    await store.client.drop_database(database)
    await store.close()


@dataclass(frozen=True)
class Person:
    viewer: Viewer
    token: str
    resident_id: ObjectId

    @property
    def id(self) -> str:
        return ids.encode("Resident", self.resident_id)


@pytest.fixture
async def person(town: Town) -> Person:
    viewer, token = await signed_in(town.services)
    _, resident_id = await a_resident(town.services, viewer)
    return Person(viewer, token, resident_id)


def local(address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://{address}", trust_env=False, verify=False)


async def record(address: str, person: Person, systolic: float, diastolic: float = 80) -> str:
    """Record a blood pressure through this server now."""
    values = [
        {"component": "systolic", "value": systolic, "unit": "mmHg"},
        {"component": "diastolic", "value": diastolic, "unit": "mmHg"},
    ]
    at = datetime.now(UTC).isoformat(timespec="seconds")
    async with local(address) as client:
        data = await Api(client, person.token).ask(
            RECORD,
            input={
                "residentId": person.id,
                "idempotencyKey": a_key(),
                "confirmed": True,
                "reading": {"kind": "BLOOD_PRESSURE", "at": at, "values": values},
            },
        )
    assert data["recordReading"]["outcome"] == "RECORDED"
    reading_id: str = data["recordReading"]["reading"]["id"]
    return reading_id


async def listening(socket: Socket, id: str, query: str, person: Person) -> None:
    """Subscribed, and the server had the time to open its ear: the protocol has no word for it."""
    await socket.subscribe(id, query, id=person.id)
    with contextlib.suppress(TimeoutError):
        raise AssertionError(await socket.receive(within=1.5))


async def test_a_reading_recorded_in_one_process_is_heard_in_the_other(
    town: Town, person: Person
) -> None:
    async with opened(town.b) as socket:
        await socket.init(person.token)
        await listening(socket, "1", READINGS, person)
        reading_id = await record(town.a, person, 131)
        message = await socket.receive()
    assert message["type"] == "next"
    heard = message["payload"]["data"]["readingRecorded"]
    assert heard["id"] == reading_id
    assert [each["quantity"]["value"] for each in heard["values"]] == [131, 80]


async def test_an_alert_is_on_the_screen_soon_after_the_reading_is_stored(
    town: Town, person: Person, record_property: Callable[[str, object], None]
) -> None:
    async with opened(town.b) as socket:
        await socket.init(person.token)
        await listening(socket, "1", ALERTS, person)
        await record(town.a, person, 192, 124)
        stored = time.perf_counter()
        message = await socket.receive()
        seconds = time.perf_counter() - stored
    alert = message["payload"]["data"]["alertChanged"]
    assert (alert["kind"], alert["level"]) == ("BLOOD_PRESSURE", "URGENT")
    record_property("seconds from stored reading to alert", round(seconds, 3))
    sys.stderr.write(f"alert {seconds:.3f} s after the stored reading\n")
    # 1 s is the aim and what an idle machine shows; test machines are shared.
    assert seconds < 3


async def test_nobody_elses_readings_are_heard(town: Town, person: Person) -> None:
    viewer, token = await signed_in(town.services)
    _, resident_id = await a_resident(town.services, viewer)
    other = Person(viewer, token, resident_id)
    async with opened(town.a) as socket:
        await socket.init(person.token)
        await listening(socket, "1", READINGS, person)
        await record(town.a, other, 132)
        await record(town.b, person, 133)
        message = await socket.receive()
        value = message["payload"]["data"]["readingRecorded"]["values"][0]["quantity"]["value"]
        assert value == 133


async def test_without_a_good_token_there_is_no_stream(town: Town, person: Person) -> None:
    _, stranger = await signed_in(town.services)
    _, expired = await signed_in(town.past)
    for token, code in {
        None: "TOKEN_MISSING",
        "": "TOKEN_MISSING",
        "abc": "TOKEN_INVALID",
        expired: "TOKEN_EXPIRED",
        stranger: "ACCESS_DENIED",
    }.items():
        for query in (READINGS, ALERTS):
            async with opened(town.a) as socket:
                await socket.init(token)
                await socket.subscribe("1", query, id=person.id)
                message = await socket.receive()
                assert codes(message) == [code]
                assert message["type"] == "error" or message["payload"]["data"] is None


async def test_a_grant_that_ended_ends_the_stream_at_the_next_event(
    town: Town, person: Person
) -> None:
    viewer, token = await granted(town.services, person.resident_id, Category.READINGS)
    async with opened(town.b) as socket:
        await socket.init(token)
        await listening(socket, "1", READINGS, person)
        await record(town.a, person, 134)
        assert (await socket.receive())["type"] == "next"
        await Relation.get_pymongo_collection().update_one(
            {"account_id": viewer.account_id}, {"$set": {"ended_at": datetime.now(UTC)}}
        )
        await record(town.a, person, 135)
        message = await socket.receive()
        assert codes(message) == ["ACCESS_DENIED"]
        assert message["payload"]["data"] is None
        assert await socket.receive() == {"id": "1", "type": "complete"}


async def test_an_ended_link_ends_the_stream_within_a_second_and_a_changed_one_keeps_it(
    town: Town, person: Person
) -> None:
    viewer, token = await granted(
        town.services, person.resident_id, Category.READINGS, Category.PROFILE
    )
    link = await Relation.find_one({"account_id": viewer.account_id})
    assert link is not None
    links = town.services.circle.links
    async with opened(town.b) as socket:
        await socket.init(token)
        await listening(socket, "1", READINGS, person)
        less = Change(frozenset({Category.READINGS}), link.actions, None)
        await links.change(person.viewer, person.resident_id, link.id, less, version=1)
        await record(town.a, person, 137)
        assert (await socket.receive())["type"] == "next"
        await links.end(person.viewer, person.resident_id, link.id)
        assert codes(await socket.receive(within=1)) == ["ACCESS_DENIED"]
        assert await socket.receive() == {"id": "1", "type": "complete"}


async def test_a_session_that_ended_ends_the_stream_within_a_second(
    town: Town, person: Person
) -> None:
    async with opened(town.b) as socket:
        await socket.init(person.token)
        await listening(socket, "1", READINGS, person)
        await listening(socket, "2", ALERTS, person)
        await town.services.identity.sign_out_everywhere(person.viewer)
        ended = [await socket.receive(within=1) for _ in range(4)]
    assert [codes(each) for each in ended if each["type"] == "next"] == [["SESSION_ENDED"]] * 2
    assert {each["id"] for each in ended if each["type"] == "complete"} == {"1", "2"}


async def test_a_doctor_who_left_the_team_hears_no_more(town: Town, person: Person) -> None:
    doctor, token = await signed_in(town.services, Role.FAMILY_DOCTOR)
    team = CareTeam(
        institution_id=ObjectId(),
        name=f"team-{ObjectId()}",
        members=[doctor.account_id],
        made_by=ObjectId(),
        made_at=datetime.now(UTC),
    )
    await team.insert()
    await town.services.access.grant(
        resident_id=person.resident_id,
        account_id=team.id,
        kind=RelationKind.DOCTOR,
        team_id=team.id,
    )
    async with opened(town.b) as socket:
        await socket.init(token)
        await listening(socket, "1", READINGS, person)
        await record(town.a, person, 138)
        assert (await socket.receive())["type"] == "next"
        await CareTeam.get_pymongo_collection().update_one(
            {"_id": team.id}, {"$set": {"members": []}}
        )
        assert codes(await socket.receive(within=1)) == ["ACCESS_DENIED"]


async def test_an_emergency_access_is_heard_at_once_by_the_resident_only(
    town: Town, person: Person
) -> None:
    practice = await a_practice(town.services, 1, emergency_duty=True)
    _, token = await granted(town.services, person.resident_id, *Category)
    async with opened(town.a) as nosy, opened(town.b) as socket:
        await nosy.init(token)
        await nosy.subscribe("1", EMERGENCIES, id=person.id)
        assert codes(await nosy.receive()) == ["ACCESS_DENIED"]
        await socket.init(person.token)
        await listening(socket, "1", EMERGENCIES, person)
        emergencies = town.services.family_doctors.emergencies
        taken = await emergencies.break_glass(
            practice.doctors[0],
            person.resident_id,
            reason="昏迷送诊，需要了解过敏",
            idempotency_key=a_key(),
        )
        told = (await socket.receive(within=1.0))["payload"]["data"]["emergencyAccessChanged"]
        assert told["id"] == ids.encode("EmergencyAccess", person.resident_id, taken.id)
        assert (told["reason"], told["verdict"]) == ("昏迷送诊，需要了解过敏", None)
        await emergencies.review(
            practice.operator,
            person.resident_id,
            taken.id,
            Verdict.UNJUSTIFIED,
            "当天没有他的就诊记录",
        )
        told = (await socket.receive(within=1.0))["payload"]["data"]["emergencyAccessChanged"]
        assert (told["verdict"], told["verdictReason"]) == ("UNJUSTIFIED", "当天没有他的就诊记录")


async def test_every_stream_of_the_schema_can_be_listened_to(town: Town, person: Person) -> None:
    root = build_schema()._schema.subscription_type
    assert root is not None
    plain = [
        name
        for name, field in root.fields.items()
        if set(field.args) <= {"residentId"} and name not in DOCTORS_ONLY
    ]
    assert {"resultAlertChanged", "ticketChanged", "inboxChanged"} < set(plain)
    async with opened(town.b) as socket:
        await socket.init(person.token)
        for name in plain:
            call = f"{name}(residentId: $id)" if root.fields[name].args else name
            head = "($id: ID!)" if root.fields[name].args else ""
            text = f"subscription {head} {{ {call} {{ __typename }} }}"
            await socket.subscribe(name, text, id=person.id)
        with contextlib.suppress(TimeoutError):
            # What is told meanwhile, of a plan that is proposed, say, is no refusal.
            while (heard := await socket.receive(within=1.5))["type"] == "next":
                assert "errors" not in heard["payload"], heard
            raise AssertionError(heard)


async def test_a_question_to_the_doctor_and_what_is_told_are_heard(
    town: Town, person: Person
) -> None:
    async with opened(town.b) as socket:
        await socket.init(person.token)
        await listening(socket, "ticket", TICKETS, person)
        await listening(socket, "inbox", INBOX, person)
        asked = {
            "residentId": person.id,
            "idempotencyKey": a_key(),
            "question": "最近头晕，药要不要换？",
        }
        async with local(town.a) as client:
            data = await Api(client, person.token).ask(operation("ask_doctor"), input=asked)
        message = await socket.receive(within=5)
        assert message["id"] == "ticket"
        heard = message["payload"]["data"]["ticketChanged"]
        assert heard == {"id": data["askDoctor"]["ticket"]["id"], "state": "WAITING"}
        await record(town.a, person, 194, 126)
        message = await socket.receive(within=10)
        while message["id"] != "inbox":  # the ticket is routed meanwhile
            message = await socket.receive(within=10)
        told = message["payload"]["data"]["inboxChanged"]
        assert (told["residentId"], told["readAt"]) == (person.id, None)


async def hears(
    socket: Socket, ticket_id: str, wanted: dict[str, Any] | None, within: float = 3
) -> None:
    """Wait until the question is as wanted. Two writes that follow each other can both be heard
    as the state after the second, so what was heard once may be heard again before it."""
    for _ in range(4):
        message = await socket.receive(within=within)
        assert message["type"] == "next", message
        change: dict[str, Any] = message["payload"]["data"]["worklistChanged"]
        assert change["ticketId"] == ticket_id
        ticket = change["ticket"]
        if ticket is None or wanted is None:
            if ticket is wanted:
                return
        elif wanted.items() <= ticket.items():
            return
    raise AssertionError((wanted, ticket))


async def test_a_worklist_hears_what_comes_is_claimed_and_goes_and_no_other_doctor_does(
    town: Town, person: Person
) -> None:
    own, colleague, outside = [await signed_in(town.services, Role.FAMILY_DOCTOR) for _ in range(3)]
    team = CareTeam(
        institution_id=ObjectId(),
        name=f"team-{ObjectId()}",
        members=[colleague[0].account_id],
        made_by=ObjectId(),
        made_at=datetime.now(UTC),
    )
    await team.insert()
    grant = partial(
        town.services.access.grant, resident_id=person.resident_id, kind=RelationKind.DOCTOR
    )
    await grant(account_id=own[0].account_id)
    await grant(account_id=team.id, team_id=team.id)
    async with opened(town.a) as one, opened(town.b) as two, opened(town.b) as three:
        sockets = {one: own[1], two: colleague[1], three: outside[1]}
        for socket, token in sockets.items():
            await socket.init(token)
        await asyncio.gather(*(listening(each, "w", WORKLIST, person) for each in sockets))

        asked = {"residentId": person.id, "idempotencyKey": a_key(), "question": "药要不要换？"}
        async with local(town.b) as client:
            data = await Api(client, person.token).ask(operation("ask_doctor"), input=asked)
        ticket_id: str = data["askDoctor"]["ticket"]["id"]
        first = {
            "stage": "DOCTOR",
            "claimed": False,
            "claimedByMe": False,
            "question": "药要不要换？",
            "resident": {"id": person.id},
        }
        await hears(one, ticket_id, first)
        resident_id, key = ids.decode(ticket_id, "Ticket")
        # Of the two days three quarters are over: the colleagues of the team are asked.
        late = datetime.now(UTC) - timedelta(hours=40)
        await Ticket.get_pymongo_collection().update_one(
            {"_id": key, "resident_id": resident_id},
            {"$set": {"asked_at": late, "look_at": late, "due_at": late + timedelta(days=2)}},
        )
        await hears(one, ticket_id, first)
        await town.services.care.timekeeper.run()
        for socket in (one, two):
            await hears(socket, ticket_id, first | {"stage": "TEAM"})
        await town.services.care.desk.claim(colleague[0], resident_id, key)
        for socket, mine in ((one, False), (two, True)):
            await hears(socket, ticket_id, {"claimed": True, "claimedByMe": mine})

        await CareTeam.get_pymongo_collection().update_one(
            {"_id": team.id}, {"$set": {"members": []}}
        )
        await town.services.care.tickets.withdraw(person.viewer, resident_id, key)
        await hears(one, ticket_id, None)
        operator, _ = await signed_in(town.services, Role.OPERATOR)
        await town.services.identity.operators.set_roles(
            operator, own[0].account_id, frozenset({Role.RESIDENT})
        )
        assert codes(await one.receive(within=1)) == ["ACCESS_DENIED"]
        # Who left the team hears of the claim again at most; who never was asked hears nothing.
        with pytest.raises(TimeoutError):
            await hears(two, ticket_id, None, within=0.2)
        with pytest.raises(TimeoutError):
            await three.receive(within=0.2)


async def test_a_worklist_hears_of_a_contract_that_begins_and_of_one_that_ends(
    town: Town, person: Person
) -> None:
    services, contracts = town.services, town.services.family_doctors.contracts
    first, second, outside = [await signed_in(services, Role.FAMILY_DOCTOR) for _ in range(3)]
    practice = await a_practice(services, doctors=1)
    for viewer, _ in (first, second):
        await services.family_doctors.registry.enter(
            practice.operator,
            viewer.account_id,
            institution_id=practice.institution_id,
            title="主治医师",
        )

    async def sign(doctor: Viewer) -> ObjectId:
        asked = await contracts.ask(
            person.viewer,
            person.resident_id,
            Terms(),
            doctor_id=doctor.account_id,
            idempotency_key=a_key(),
        )
        return (await contracts.accept(doctor, person.resident_id, asked.id)).id

    async def ask(question: str) -> str:
        asked = {"residentId": person.id, "idempotencyKey": a_key(), "question": question}
        async with local(town.b) as client:
            data = await Api(client, person.token).ask(operation("ask_doctor"), input=asked)
        ticket_id: str = data["askDoctor"]["ticket"]["id"]
        return ticket_id

    old = await sign(first[0])
    ticket_id = await ask("药要不要换？")
    shown = {"question": "药要不要换？", "resident": {"id": person.id}, "claimed": False}
    async with opened(town.a) as one, opened(town.b) as two, opened(town.b) as three:
        sockets = {one: first[1], two: second[1], three: outside[1]}
        for socket, token in sockets.items():
            await socket.init(token)
        await asyncio.gather(*(listening(each, "w", WORKLIST, person) for each in sockets))

        new = await sign(second[0])
        await hears(two, ticket_id, shown)

        await contracts.end(person.viewer, person.resident_id, old)
        await hears(one, ticket_id, None)

        later = await ask("头晕怎么办？")
        await hears(two, later, {"question": "头晕怎么办？"})
        await contracts.end(person.viewer, person.resident_id, new)
        # In whatever order, and whatever else is said again.
        said = {ticket_id: True, later: True}
        while any(said.values()):
            asked_of, ticket = await heard_of(two, within=3)
            said[asked_of] = ticket is not None
        # Whose contract had ended before it was asked hears nothing of it, nor who had none.
        assert await rest(three) == []
        assert all(each == (ticket_id, None) for each in await rest(one))


async def heard_of(socket: Socket, within: float) -> tuple[str, dict[str, Any] | None]:
    message = await socket.receive(within=within)
    change: dict[str, Any] = message["payload"]["data"]["worklistChanged"]
    return change["ticketId"], change["ticket"]


async def rest(socket: Socket) -> list[tuple[str, dict[str, Any] | None]]:
    """What else is heard until it is quiet."""
    heard: list[tuple[str, dict[str, Any] | None]] = []
    with contextlib.suppress(TimeoutError):
        while True:
            heard.append(await heard_of(socket, within=0.3))
    return heard


async def test_signing_out_ends_the_stream_and_the_sockets_other_operations(
    town: Town, person: Person
) -> None:
    async with opened(town.b) as socket:
        await socket.init(person.token)
        await listening(socket, "1", READINGS, person)
        await socket.subscribe("2", "{ me { id } }")
        assert (await socket.receive())["payload"]["data"]["me"]["id"]
        assert await socket.receive() == {"id": "2", "type": "complete"}
        await town.services.identity.sign_out(person.viewer)
        assert codes(await socket.receive(within=1)) == ["SESSION_ENDED"]
        assert await socket.receive() == {"id": "1", "type": "complete"}
        await socket.subscribe("3", "{ me { id } }")
        assert codes(await socket.receive()) == ["SESSION_ENDED"]


async def test_ten_streams_a_viewer_over_all_connections(town: Town, person: Person) -> None:
    async with opened(town.a) as one, opened(town.a) as two:
        await one.init(person.token)
        await two.init(person.token)
        for number in range(5):
            await one.subscribe(f"r{number}", READINGS, id=person.id)
            await two.subscribe(f"r{number}", READINGS, id=person.id)
        await asyncio.sleep(2)
        await two.subscribe("more", READINGS, id=person.id)
        message = await two.receive()
        assert (message["id"], codes(message)) == ("more", ["TOO_MANY_SUBSCRIPTIONS"])
        if message["type"] == "next":
            assert await two.receive() == {"id": "more", "type": "complete"}
        await one.send(id="r0", type="complete")
        await asyncio.sleep(0.5)
        await listening(two, "again", READINGS, person)


async def test_who_says_nothing_for_five_seconds_is_closed(town: Town) -> None:
    async with opened(town.a) as socket:
        began = time.monotonic()
        assert await socket.closed_with(within=15) == 4408
        assert 4 < time.monotonic() - began < 12


async def test_a_page_of_another_origin_is_refused(town: Town) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with opened(town.a, origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403
    async with opened(town.a, origin=PUBLIC) as socket:
        await socket.init(None)


async def test_another_protocol_is_refused(town: Town) -> None:
    async with opened(town.a, protocol="graphql-ws") as socket:
        assert await socket.closed_with() == 4406


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", 4400),
        ("[]", 4400),
        ("7", 4400),
        ('{"type": "nothing"}', 4400),
        ('{"id": "1", "type": "subscribe"}', 4400),
        ('{"id": 1, "type": "subscribe", "payload": {"query": "{ me { id } }"}}', 4400),
        ('{"id": "1", "type": "subscribe", "payload": {"query": ["a"]}}', 4400),
        ('{"id": "1", "type": "subscribe", "payload": {"query": "a", "variables": []}}', 4400),
        ('{"id": "1", "type": "subscribe", "payload": {"query": "{ me { id } }"}}', 4401),
    ],
)
async def test_what_is_not_the_protocol_closes_the_socket(town: Town, text: str, code: int) -> None:
    async with opened(town.a) as socket:
        await socket.connection.send(text)
        assert await socket.closed_with() == code


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription {", "GRAPHQL_SYNTAX_INVALID"),
        ("subscription { nothing }", "GRAPHQL_INVALID"),
        ("", "OPERATION_MISSING"),
        ("fragment F on Query { me { id } }", "OPERATION_UNKNOWN"),
        ("{" + "me{" * 700, "OPERATION_TOO_DEEP"),
    ],
)
async def test_a_bad_operation_is_answered_and_the_socket_lives(
    town: Town, query: str, code: str
) -> None:
    async with opened(town.a) as socket:
        await socket.init(None)
        await socket.subscribe("1", query)
        assert codes(await socket.receive()) == [code]
        await socket.send(type="ping")
        assert (await socket.receive())["type"] in ("pong", "complete")


@pytest.fixture
def production(town: Town, tmp_path: Path) -> Iterator[str]:
    environment = {
        **town.environment,
        "KANGBAN_ENVIRONMENT": "production",
        "KANGBAN_PUBLIC_URL": "https://kangban.example",
    }
    with server(tmp_path / "production", environment) as address:
        yield address


async def test_production_trusts_registered_documents_only_over_sockets_too(
    production: str, person: Person
) -> None:
    registered = operation("reading_recorded")
    async with opened(production) as socket:
        await socket.init(person.token)
        await socket.subscribe("1", READINGS, id=person.id)
        assert codes(await socket.receive()) == ["DOCUMENT_NOT_TRUSTED"]
        await socket.subscribe("2", registered, residentId=person.id)
        with pytest.raises(TimeoutError):
            await socket.receive(within=1.5)
