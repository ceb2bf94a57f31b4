"""A visit as phones and the clinic's desk live it: by the registered operations and no others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import orjson

from backend.access.relations import RelationKind
from backend.core.clock import FixedClock
from backend.identity.access_tokens import AccessTokens
from backend.identity.viewer import Role, Viewer
from backend.main import build_dispatcher
from backend.services import Services
from graphql_api.common.ids import encode
from mobile_contract import operation
from tests.api import Api, sign_in
from tests.appointments.helpers import MORNING
from tests.factories import a_key, a_resident


async def test_a_visit_from_the_published_time_to_the_points(
    services: Services, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    clinic = await sign_in(services, client, Role.INSTITUTION)
    father = await sign_in(services, client)
    daughter = await sign_in(services, client, Role.CAREGIVER)
    neighbour = await sign_in(services, client)
    _, resident_id = await a_resident(services, father[1])
    _, other_id = await a_resident(services, neighbour[1])
    await services.access.grant(
        resident_id=resident_id, account_id=daughter[1].account_id, kind=RelationKind.CAREGIVER
    )
    who, other = encode("Resident", resident_id), encode("Resident", other_id)
    soon, late = await _published(clinic[0])

    # The neighbour is first; the daughter waits for the father, and books a later one meanwhile.
    first = await _made(neighbour[0], "book_appointment", other, soon)
    book = {"residentId": who, "slotId": soon, "idempotencyKey": a_key()}
    assert await daughter[0].refusal(operation("book_appointment"), input=book) == "SLOT_FULL"
    mine = await _made(daughter[0], "book_appointment", who, late)
    waiting = await _made(daughter[0], "wait_for_slot", who, soon)
    assert (waiting["state"], waiting["inLine"]) == ("WAITLIST", 0)
    away = await neighbour[0].ask(operation("cancel_appointment"), input={"id": first["id"]})
    assert away["cancelAppointment"]["appointment"]["reason"] == "BY_PERSON"
    await build_dispatcher(services).drain()
    for api in (father[0], daughter[0]):
        titles = await _inbox(api)
        assert "候补到名额了，请尽快确认" in titles
    accept = operation("accept_offered_slot")
    taken = await daughter[0].ask(accept, input={"id": waiting["id"]})
    visit = taken["acceptOfferedSlot"]["appointment"]
    assert (visit["state"], visit["start"]) == ("BOOKED", "2026-11-25T09:00:00+08:00")
    shown = (await father[0].ask(operation("appointment"), id=visit["id"]))["node"]
    assert "在家怎样量血压" in {each["title"] for each in shown["preparation"]}
    assert [each["id"] for each in shown["alternatives"]] == [late]
    page = await father[0].ask(operation("appointments"), id=who, open=True)
    listed = [each["node"]["id"] for each in page["resident"]["appointments"]["edges"]]
    assert listed == [visit["id"]]
    assert await neighbour[0].refusal(operation("appointment"), id=visit["id"]) == "ACCESS_DENIED"
    moved = {"id": mine["id"], "slotId": late}
    assert await father[0].refusal(operation("move_appointment"), input=moved) == "APPOINTMENT_OVER"

    clock.set(MORNING)
    _renew(services, clinic, father, daughter)
    day = {"since": MORNING.isoformat(), "until": (MORNING + timedelta(days=1)).isoformat()}
    desk = await clinic[0].ask(operation("clinic_appointments"), **day)
    [place] = [each["node"] for each in desk["clinicAppointments"]["edges"]]
    assert (place["number"], place["state"]) == (visit["number"], "BOOKED")
    came = {"id": place["id"], "attended": True}
    refused = await father[0].refusal(operation("record_attendance"), input=came)
    assert refused == "ROLE_REQUIRED"
    await clinic[0].ask(operation("record_attendance"), input=came)
    await build_dispatcher(services).drain()
    points = await father[0].ask(operation("points"), residentId=who)
    assert points["resident"]["points"]["balance"] == 5
    log = await father[0].ask(operation("access_log"), residentId=who)
    said = str(log["resident"]["accessLog"])
    assert "预约" in said


async def test_a_clinics_own_system_sends_its_times_and_withdraws_one(
    services: Services, client: httpx.AsyncClient
) -> None:
    clinic, _ = await sign_in(services, client, Role.INSTITUTION)
    father, owner = await sign_in(services, client)
    _, resident_id = await a_resident(services, owner)
    who = encode("Resident", resident_id)
    bundle = a_bundle()
    assert await _sent(clinic, bundle) == ["created"] * 3 + ["refused", "skipped"]
    assert await _sent(clinic, bundle) == ["unchanged"] * 3 + ["refused", "skipped"]
    page = await father.ask(operation("slots"), kind="VACCINATION")
    slots = [each["node"] for each in page["slots"]["edges"]]
    assert [each["start"] for each in slots] == [
        "2026-11-25T09:00:00+08:00",
        "2026-11-25T09:15:00+08:00",
    ]
    assert {each["schedule"]["place"] for each in slots} == {"预防接种门诊"}
    mine = await _made(father, "book_appointment", who, slots[0]["id"])
    bundle["entry"][1]["resource"]["status"] = "busy"  # by what was booked here
    bundle["entry"][2]["resource"]["status"] = "busy-unavailable"
    assert await _sent(clinic, bundle) == ["unchanged"] * 2 + ["withdrawn", "refused", "skipped"]
    bundle["entry"][1]["resource"] |= {"status": "free", "end": "2026-11-25T09:30:00+08:00"}
    bundle["entry"][2]["resource"]["status"] = "free"
    outcomes = await _sent(clinic, bundle)
    assert outcomes == ["unchanged", "refused", "updated", "refused", "skipped"]
    withdraw = {"id": mine["slotId"]}
    gone = await clinic.ask(operation("withdraw_slot"), input=withdraw)
    assert gone["withdrawSlot"]["slot"]["state"] == "WITHDRAWN"
    shown = (await father.ask(operation("appointment"), id=mine["id"]))["node"]
    assert (shown["state"], shown["reason"]) == ("CANCELLED", "BY_CLINIC")
    assert [each["id"] for each in shown["alternatives"]] == [slots[1]["id"]]
    for text in ("[]", "{", '{"resourceType": "Bundle"}', "[" * 5_000):
        send = {"bundle": text}
        code = await clinic.refusal(operation("import_slots"), input=send)
        assert code == "SLOT_BUNDLE_INVALID"
    send = {"bundle": orjson.dumps(bundle).decode()}
    assert await father.refusal(operation("import_slots"), input=send) == "ROLE_REQUIRED"


def a_bundle() -> dict[str, Any]:
    kind = {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/service-type", "code": "57"}]
    }

    def slot(name: str, start: str, end: str, **more: Any) -> dict[str, Any]:
        day = "2026-11-25T"
        return {
            "resource": {
                "resourceType": "Slot",
                "id": name,
                "schedule": {"reference": "urn:uuid:5d2e3fd2-7f3d-4f3c-8a56-1b0d2f4a7c11"},
                "status": "free",
                "start": f"{day}{start}:00+08:00",
                "end": f"{day}{end}:00+08:00",
                **more,
            }
        }

    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {
                "fullUrl": "urn:uuid:5d2e3fd2-7f3d-4f3c-8a56-1b0d2f4a7c11",
                "resource": {
                    "resourceType": "Schedule",
                    "id": "jabs",
                    "active": True,
                    "serviceType": [kind],
                    "actor": [{"reference": "Location/2", "display": "预防接种门诊"}],
                },
            },
            slot("a", "09:00", "09:15"),
            slot("b", "09:15", "09:30"),
            slot("c", "09:30", "09:30"),
            slot("d", "09:45", "10:00", status="busy"),
        ],
    }


async def _published(clinic: Api) -> tuple[str, str]:
    """Two times of follow-up with a place each, a week apart."""
    content = {"kind": "FOLLOW_UP", "title": "高血压随访", "place": "二楼"}
    made = await clinic.ask(
        operation("create_schedule"), input={**content, "idempotencyKey": a_key()}
    )
    schedule = made["createSchedule"]["schedule"]["id"]
    times = [MORNING, MORNING + timedelta(days=7)]
    slots = [
        {"start": each.isoformat(), "end": (each + timedelta(minutes=20)).isoformat()}
        for each in times
    ]
    publish = {"scheduleId": schedule, "slots": slots, "idempotencyKey": a_key()}
    found = await clinic.ask(operation("publish_slots"), input=publish)
    soon, late = [each["id"] for each in found["publishSlots"]["slots"]]
    own = await clinic.ask(operation("clinic_schedules"))
    assert [each["node"]["id"] for each in own["clinicSchedules"]["edges"]] == [schedule]
    return soon, late


async def _made(api: Api, name: str, who: str, slot: str) -> dict[str, Any]:
    given = {"residentId": who, "slotId": slot, "idempotencyKey": a_key()}
    [payload] = (await api.ask(operation(name), input=given)).values()
    found: dict[str, Any] = payload["appointment"]
    return found


async def _sent(clinic: Api, bundle: dict[str, Any]) -> list[str]:
    send = {"bundle": orjson.dumps(bundle).decode()}
    answer = await clinic.ask(operation("import_slots"), input=send)
    return [each["outcome"] for each in answer["importSlots"]["items"]]


async def _inbox(api: Api) -> list[str]:
    found = await api.ask(operation("inbox"))
    return [each["node"]["title"] for each in found["inbox"]["edges"]]


def _renew(services: Services, *people: tuple[Api, Viewer]) -> None:
    """Tokens for the time that the clock was set to."""
    core = services.core
    tokens = AccessTokens(core.settings, core.keyring, core.clock)
    for api, viewer in people:
        assert viewer.session_id is not None
        api.token, _ = tokens.sign(viewer.account_id, viewer.session_id, viewer.roles)
