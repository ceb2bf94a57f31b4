"""Meters through GraphQL: the operator's, the resident's and a stranger's way."""

from __future__ import annotations

import httpx
import pytest

from backend.identity.viewer import Role
from backend.measurements.documents import MeterDocument
from backend.measurements.meter_errors import MeterSuspect
from backend.services import Services
from graphql_api.common import ids
from tests.api import Api, sign_in
from tests.factories import a_key, a_resident
from tests.graphql_api.test_archive import registered
from tests.measurements.metering import Firmware, a_body, a_bp, readings, stored_meter

KEY = "6b" * 32
REGISTER = """
mutation R($input: RegisterMeterInput!) { registerMeter(input: $input) { serial claimCode code } }
"""
BIND = """
mutation B($input: BindMeterInput!) { bindMeter(input: $input) {
  meter { id serial model state boundBy { relation mine } refusals { code } } } }
"""
UNBIND = "mutation U($input: UnbindMeterInput!) { unbindMeter(input: $input) { id } }"
REVOKE = "mutation R($input: RevokeMeterInput!) { revokeMeter(input: $input) { meter { state } } }"
REKEY = """
mutation R($input: RekeyMeterInput!) { rekeyMeter(input: $input) { meter { state bound } } }
"""
METERS = """
query M($id: ID!) { resident(id: $id) {
  meters { id state suspectedAt lastSeenAt refusals { position code message } } } }
"""
REGISTERED = """
query O($state: MeterState) { registeredMeters(state: $state, first: 10) {
  edges { node { serial state bound suspectedAt } } } }
"""
NODE = "query N($id: ID!) { node(id: $id) { id ... on Meter { serial } } }"


async def an_operator(services: Services, client: httpx.AsyncClient) -> Api:
    api, _ = await sign_in(services, client, Role.OPERATOR)
    return api


async def a_code(operator: Api, serial: str = "KB-0001") -> str:
    input = {"idempotencyKey": a_key(), "serial": serial, "model": "A1", "key": KEY}
    code: str = (await operator.ask(REGISTER, input=input))["registerMeter"]["code"]
    return code


async def bound(services: Services, client: httpx.AsyncClient) -> tuple[Api, Api, str, str]:
    """Operator, resident, the resident's id and the meter's."""
    operator = await an_operator(services, client)
    code = await a_code(operator)
    api, resident = await registered(services, client)
    answer = await api.ask(BIND, input={"residentId": resident, "code": code})
    return operator, api, resident, answer["bindMeter"]["meter"]["id"]


async def test_from_the_label_to_the_residents_list(
    services: Services, client: httpx.AsyncClient
) -> None:
    operator = await an_operator(services, client)
    code = await a_code(operator)
    api, resident = await registered(services, client)
    meter = (await api.ask(BIND, input={"residentId": resident, "code": code}))["bindMeter"]
    assert meter["meter"] | {"id": ""} == {
        "id": "",
        "serial": "KB-0001",
        "model": "A1",
        "state": "BOUND",
        "boundBy": {"relation": "self", "mine": True},
        "refusals": [],
    }
    [listed] = (await api.ask(METERS, id=resident))["resident"]["meters"]
    assert (listed["id"], listed["state"]) == (meter["meter"]["id"], "BOUND")
    assert (await api.ask(NODE, id=listed["id"]))["node"]["serial"] == "KB-0001"
    await api.ask(UNBIND, input={"id": listed["id"]})
    assert (await api.ask(METERS, id=resident))["resident"]["meters"] == []


async def test_the_resident_sees_a_clone_and_the_operator_rekeys(
    services: Services, client: httpx.AsyncClient
) -> None:
    operator, api, resident, _ = await bound(services, client)
    firmware = Firmware("KB-0001", bytes.fromhex(KEY), services.core.clock)
    await services.meter_uploads.take(firmware.upload(1, a_body(a_bp(), a_bp(900, 88))))
    [meter] = (await api.ask(METERS, id=resident))["resident"]["meters"]
    assert [(each["position"], each["code"]) for each in meter["refusals"]] == [
        (2, "PLAUSIBILITY_IMPOSSIBLE")
    ]
    with pytest.raises(MeterSuspect):
        await services.meter_uploads.take(firmware.upload(1, a_body(a_bp(99, 60))))
    [meter] = (await api.ask(METERS, id=resident))["resident"]["meters"]
    assert meter["state"] == "SUSPECT"
    assert meter["suspectedAt"] is not None
    suspects = (await operator.ask(REGISTERED, state="SUSPECT"))["registeredMeters"]["edges"]
    assert [(each["node"]["serial"], each["node"]["bound"]) for each in suspects] == [
        ("KB-0001", True)
    ]
    answer = await operator.ask(REKEY, input={"serial": "KB-0001", "key": "7c" * 32})
    assert answer["rekeyMeter"]["meter"] == {"state": "BOUND", "bound": True}


async def test_operators_revoke(services: Services, client: httpx.AsyncClient) -> None:
    operator, api, resident, _ = await bound(services, client)
    answer = await operator.ask(REVOKE, input={"serial": "KB-0001"})
    assert answer["revokeMeter"]["meter"]["state"] == "REVOKED"
    [meter] = (await api.ask(METERS, id=resident))["resident"]["meters"]
    assert meter["state"] == "REVOKED"


async def test_a_resident_does_none_of_the_operators_work(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, api, _, _ = await bound(services, client)
    before = await stored_meter("KB-0001")
    register = {"idempotencyKey": a_key(), "serial": "KB-2", "model": "A", "key": KEY}
    assert await api.refusal(REGISTER, input=register) == "OPERATOR_REQUIRED"
    assert await api.refusal(REVOKE, input={"serial": "KB-0001"}) == "OPERATOR_REQUIRED"
    rekey = {"serial": "KB-0001", "key": "7c" * 32}
    assert await api.refusal(REKEY, input=rekey) == "OPERATOR_REQUIRED"
    assert await api.refusal(REGISTERED) == "OPERATOR_REQUIRED"
    assert await stored_meter("KB-0001") == before
    assert await MeterDocument.count() == 1


async def test_a_stranger_neither_sees_nor_unbinds(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, api, resident, meter = await bound(services, client)
    stranger, viewer = await sign_in(services, client)
    _, own = await a_resident(services, viewer)
    _, meter_id = ids.decode(meter, "Meter")
    borrowed = ids.encode("Meter", own, meter_id)
    assert await stranger.refusal(METERS, id=resident) == "ACCESS_DENIED"
    assert await stranger.refusal(NODE, id=meter) == "ACCESS_DENIED"
    assert await stranger.refusal(NODE, id=borrowed) == "METER_NOT_FOUND"
    assert await stranger.refusal(UNBIND, input={"id": meter}) == "ACCESS_DENIED"
    assert await stranger.refusal(UNBIND, input={"id": borrowed}) == "METER_NOT_FOUND"
    assert await Api(client).refusal(NODE, id=meter) == "TOKEN_MISSING"
    [listed] = (await api.ask(METERS, id=resident))["resident"]["meters"]
    assert listed["state"] == "BOUND"


async def test_a_guessed_code_binds_nothing(services: Services, client: httpx.AsyncClient) -> None:
    await a_code(await an_operator(services, client))
    api, resident = await registered(services, client)
    guess = {"residentId": resident, "code": f"kangban:meter:KB-0001:{'A' * 16}"}
    assert await api.refusal(BIND, input=guess) == "METER_CLAIM_WRONG"
    assert (await stored_meter("KB-0001"))["state"] == "unbound"
    assert await readings() == 0
