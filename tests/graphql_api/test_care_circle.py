"""A daughter comes into her father's circle, and a doctor gets a patient: over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from bson import ObjectId

from backend.identity.viewer import Role, Viewer
from backend.services import Services
from graphql_api.common import ids
from mobile_contract import operation
from tests.api import Api, sign_in
from tests.factories import a_key, a_resident, a_viewer

RECORD = """mutation M($input: RecordReadingInput!) { recordReading(input: $input) {
  reading { recordedBy { label mine } } } }"""


async def do(api: Api, name: str, **given: Any) -> Any:
    """A registered mutation's payload."""
    data = await api.ask(operation(name), input=given)
    [payload] = data.values()
    return payload


@pytest.fixture
async def father(services: Services, client: httpx.AsyncClient) -> tuple[Api, str]:
    api, viewer = await sign_in(services, client)
    await services.identity.rename(viewer, "张建国")
    _, resident_id = await a_resident(services, viewer)
    return api, ids.encode("Resident", resident_id)


async def test_a_daughter_comes_in_records_and_leaves(
    services: Services, client: httpx.AsyncClient, father: tuple[Api, str]
) -> None:
    api, resident = father
    daughter, viewer = await sign_in(services, client)
    await services.identity.rename(viewer, "张晓梅")
    made = await do(
        api, "invite_to_circle", residentId=resident, idempotencyKey=a_key(), kinship="DAUGHTER"
    )
    invitation = made["invitation"]
    assert invitation["qrSvg"].startswith("<svg")
    assert "MENTAL_HEALTH" not in invitation["categories"]
    offer = (await do(daughter, "look_at_invitation", code=invitation["code"]))["offer"]
    assert (offer["residentName"], offer["inviterName"]) == ("张*国", "张*国")
    await do(daughter, "accept_invitation", code=invitation["code"])
    assert await daughter.refusal(operation("accept_invitation"), input={"code": "ABCD-EFGH"}) == (
        "INVITATION_INVALID"
    )
    circle = (await api.ask(operation("resident_circle"), residentId=resident))["resident"]
    [waiting] = circle["invitations"]
    assert (waiting["state"], waiting["acceptedBy"]) == ("ACCEPTED", "张晓梅")
    await do(api, "confirm_invitation", id=waiting["id"])
    label = await _recorded(daughter, resident)
    assert label == {"label": "女儿代录", "mine": True}
    people = (await daughter.ask(operation("people")))["people"]["edges"]
    assert [each["node"]["name"] for each in people] == ["张*国"]
    await _changed_and_ended(api, daughter, resident)


async def _recorded(api: Api, resident: str) -> Any:
    reading = {
        "kind": "GLUCOSE",
        "at": "2026-11-21T06:30:00+08:00",
        "meal": "FASTING",
        "values": [{"component": "glucose", "value": 6.1, "unit": "mmol/L"}],
    }
    given = {"residentId": resident, "idempotencyKey": a_key(), "reading": reading}
    data = await api.ask(RECORD, input=given)
    return data["recordReading"]["reading"]["recordedBy"]


async def _changed_and_ended(api: Api, daughter: Api, resident: str) -> None:
    circle = (await api.ask(operation("resident_circle"), residentId=resident))["resident"]
    [link] = [each["node"] for each in circle["careCircle"]["edges"]]
    assert (link["holderName"], link["kinship"]) == ("张晓梅", "DAUGHTER")
    assert link["lastUsedAt"] is not None
    less = {
        "id": link["id"],
        "version": link["version"],
        "categories": ["READINGS"],
        "rights": ["VIEW"],
    }
    changed = (await do(daughter, "change_link", **less))["link"]
    more = {**less, "version": changed["version"], "rights": ["VIEW", "MANAGE"]}
    assert await daughter.refusal(operation("change_link"), input=more) == "LINK_CANNOT_BE_RAISED"
    history = await api.ask(operation("link_history"), residentId=resident)
    [edge] = history["resident"]["careCircle"]["edges"]
    assert [each["version"] for each in edge["node"]["history"]] == [1]
    await do(api, "end_link", id=link["id"])
    assert (await daughter.ask(operation("people")))["people"]["edges"] == []


async def test_a_doctor_signs_sees_the_panel_and_breaks_no_glass_elsewhere(
    services: Services, client: httpx.AsyncClient, father: tuple[Api, str]
) -> None:
    api, resident = father
    name = f"demo-{ObjectId()}"
    doctor, viewer = await sign_in(services, client, Role.FAMILY_DOCTOR, name=name)
    operator = a_viewer(Role.OPERATOR)
    await _entered(services, operator, viewer)
    offered = await do(doctor, "offer_contract")
    signed = (await do(api, "sign_offered_contract", residentId=resident, code=offered["code"]))[
        "contract"
    ]
    assert signed["state"] == "RUNNING"
    panel = (await doctor.ask(operation("panel")))["panel"]["edges"]
    assert [each["node"]["resident"]["id"] for each in panel] == [resident]
    _, other = await a_resident(services)
    glass = {
        "residentId": ids.encode("Resident", other),
        "idempotencyKey": a_key(),
        "reason": "患者昏迷送诊，需要了解过敏与用药",
    }
    assert await doctor.refusal(operation("break_glass"), input=glass) == "ACCESS_DENIED"
    taken = await do(doctor, "break_glass", **{**glass, "residentId": resident})
    assert "MENTAL_HEALTH" in taken["categories"]
    circle = (await api.ask(operation("resident_circle"), residentId=resident))["resident"]
    [emergency] = circle["emergencyAccesses"]
    assert emergency["reason"] == glass["reason"]
    await do(api, "end_contract", id=signed["id"])
    assert (await doctor.ask(operation("panel")))["panel"]["edges"] == []


async def _entered(services: Services, operator: Viewer, doctor: Viewer) -> None:
    machine = await services.identity.institutions.create(operator, display_name="康宁社区医院")
    await services.family_doctors.registry.enter(
        operator, doctor.account_id, institution_id=machine.account_id, title="主治医师"
    )
