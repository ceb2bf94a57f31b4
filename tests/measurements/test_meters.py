"""Meters: registered by operators, bound by who may, unbound, revoked."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.core.clock import FixedClock
from backend.core.errors import KangbanError
from backend.core.idempotency import IdempotencyKeyReused
from backend.identity.errors import OperatorRequired
from backend.measurements.documents import ClaimAttempts, MeterDocument, MeterState
from backend.measurements.meter_claims import PER_ACCOUNT, PER_SERIAL
from backend.measurements.meter_errors import (
    MeterBoundElsewhere,
    MeterClaimTooOften,
    MeterClaimWrong,
    MeterCodeInvalid,
    MeterKeyUnchanged,
    MeterKeyUnfit,
    MeterModelUnfit,
    MeterNotFound,
    MeterRegisteredAlready,
    MeterRevoked,
    MeterSerialUnfit,
)
from backend.services import Services
from tests.factories import a_caregiver, a_key, a_resident, a_viewer
from tests.measurements.metering import a_bound, a_registered, an_operator, stored_meter

KEY = "00112233445566778899aabbccddeeff"


async def register(services: Services, **changed: str) -> None:
    arguments = {"serial": "KB-0001", "model": "A1", "key": KEY, "idempotency_key": a_key()}
    await services.meter_registry.register(an_operator(), **{**arguments, **changed})


async def test_registering_gives_the_code_for_the_label(services: Services) -> None:
    _, scanned = await a_registered(services, "KB-0001")
    assert re.fullmatch(r"kangban:meter:KB-0001:[A-Z2-7]{16}", scanned)


async def test_neither_key_nor_code_can_be_read_in_the_store(services: Services) -> None:
    firmware, scanned = await a_registered(services)
    raw = await stored_meter(firmware.serial)
    stored = repr(raw)
    assert firmware.key not in raw["key"]
    assert firmware.key.hex() not in stored
    assert scanned.rsplit(":", 1)[1] not in stored


async def test_registering_again_with_one_key_gives_the_same_code(services: Services) -> None:
    viewer, key = an_operator(), a_key()
    first, again = [
        await services.meter_registry.register(
            viewer, serial="KB-0001", model="A1", key=KEY, idempotency_key=key
        )
        for _ in range(2)
    ]
    assert again.claim_code == first.claim_code
    with pytest.raises(IdempotencyKeyReused):
        await services.meter_registry.register(
            viewer, serial="KB-0002", model="A1", key=KEY, idempotency_key=key
        )
    assert await MeterDocument.count() == 1


async def test_a_serial_is_registered_once(services: Services) -> None:
    await register(services)
    with pytest.raises(MeterRegisteredAlready):
        await register(services)
    assert await MeterDocument.count() == 1


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"serial": "a:b:c"}, MeterSerialUnfit),
        ({"serial": "abc"}, MeterSerialUnfit),
        ({"serial": "血压计一二三"}, MeterSerialUnfit),
        ({"model": ""}, MeterModelUnfit),
        ({"model": "a\x00b"}, MeterModelUnfit),
        ({"model": "a" * 81}, MeterModelUnfit),
        ({"key": "00" * 15}, MeterKeyUnfit),
        ({"key": "00" * 65}, MeterKeyUnfit),
        ({"key": "not hexadecimal at all, no number"}, MeterKeyUnfit),
    ],
)
async def test_what_cannot_be_a_meter_is_refused(
    services: Services, changed: dict[str, str], error: type[KangbanError]
) -> None:
    with pytest.raises(error):
        await register(services, **changed)
    assert await MeterDocument.count() == 0


async def test_only_operators_register_revoke_rekey_and_list(services: Services) -> None:
    firmware, _ = await a_registered(services)
    before = await stored_meter(firmware.serial)
    nobody = a_viewer()
    registry = services.meter_registry
    with pytest.raises(OperatorRequired):
        await registry.register(nobody, serial="KB-2", model="A", key=KEY, idempotency_key=a_key())
    with pytest.raises(OperatorRequired):
        await registry.revoke(nobody, firmware.serial)
    with pytest.raises(OperatorRequired):
        await registry.rekey(nobody, firmware.serial, KEY)
    with pytest.raises(OperatorRequired):
        await registry.page(nobody, first=10)
    assert await stored_meter(firmware.serial) == before
    assert await MeterDocument.count() == 1


async def test_a_resident_binds_by_scanning(services: Services) -> None:
    bound = await a_bound(services)
    meter = await bound.meter()
    assert (meter.state, meter.serial) == (MeterState.BOUND, bound.firmware.serial)
    assert meter.bound_by is not None
    assert meter.bound_by.relation == "self"


async def test_the_printed_code_may_be_typed_as_people_type(services: Services) -> None:
    _, scanned = await a_registered(services)
    viewer, resident_id = await a_resident(services)
    head, code = scanned.rsplit(":", 1)
    # Base32 has no 0, 1 and 8; who reads the label to somebody says them all the same.
    typed = code.lower().replace("o", "0").replace("i", "1").replace("b", "8")
    spaced = "-".join(typed[start : start + 4] for start in range(0, 16, 4))
    meter = await services.meters.bind(viewer, resident_id, f" {head}:{spaced}\n")
    assert meter.state is MeterState.BOUND


async def test_binding_again_changes_nothing(services: Services, clock: FixedClock) -> None:
    bound = await a_bound(services)
    before = await stored_meter(bound.firmware.serial)
    clock.advance(timedelta(hours=1))
    again = await services.meters.bind(bound.viewer, bound.resident_id, bound.scanned)
    assert again.state is MeterState.BOUND
    assert await stored_meter(bound.firmware.serial) == before


async def test_a_caregiver_with_manage_rights_binds_in_her_own_name(services: Services) -> None:
    _, scanned = await a_registered(services)
    viewer, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    await services.meters.bind(daughter, resident_id, scanned)
    [meter] = await services.meters.of(viewer, resident_id)
    assert meter.bound_by is not None
    assert (meter.bound_by.account_id, meter.bound_by.kinship) == (
        daughter.account_id,
        "daughter",
    )


@pytest.mark.parametrize(
    ("categories", "actions"),
    [
        (frozenset({Category.READINGS}), frozenset({Action.VIEW, Action.RECORD})),
        (frozenset({Category.MEDICATIONS}), frozenset(Action)),
    ],
)
async def test_who_may_not_manage_the_readings_binds_and_unbinds_nothing(
    services: Services, categories: frozenset[Category], actions: frozenset[Action]
) -> None:
    bound = await a_bound(services)
    firmware, scanned = await a_registered(services)
    daughter = await a_caregiver(
        services, bound.resident_id, categories=categories, actions=actions
    )
    with pytest.raises(AccessDenied):
        await services.meters.bind(daughter, bound.resident_id, scanned)
    with pytest.raises(AccessDenied):
        await services.meters.unbind(daughter, bound.resident_id, (await bound.meter()).id)
    assert (await stored_meter(firmware.serial))["state"] == "unbound"
    assert (await bound.meter()).state is MeterState.BOUND
    assert await ClaimAttempts.count() == 2  # of the first meter's rightful binding alone


@pytest.mark.parametrize(
    "scanned",
    [
        "",
        "https://example.org/meter",
        "kangban:meter:KB-0001",
        "kangban:meter:KB-0001:",
        "kangban:meter:K:ABCDEFGHIJKLMNOP",
        "kangban:meter:KB-0001:ABCDEFGHIJKLMNOP:more",
        "kangban:meter:KB-0001:" + "A" * 41,
    ],
)
async def test_what_is_no_meters_code_is_told_apart(services: Services, scanned: str) -> None:
    viewer, resident_id = await a_resident(services)
    with pytest.raises(MeterCodeInvalid):
        await services.meters.bind(viewer, resident_id, scanned)
    assert await ClaimAttempts.count() == 0


async def test_a_wrong_code_and_an_unknown_serial_answer_alike(services: Services) -> None:
    firmware, _ = await a_registered(services)
    viewer, resident_id = await a_resident(services)
    refusals = []
    for serial in (firmware.serial, "KB-UNKNOWN"):
        with pytest.raises(MeterClaimWrong) as refusal:
            await services.meters.bind(viewer, resident_id, f"kangban:meter:{serial}:{'A' * 16}")
        refusals.append((refusal.value.code, refusal.value.data))
    assert refusals[0] == refusals[1]
    assert (await stored_meter(firmware.serial))["state"] == "unbound"


async def test_another_meters_code_does_not_bind(services: Services) -> None:
    firmware, _ = await a_registered(services)
    _, others = await a_registered(services)
    viewer, resident_id = await a_resident(services)
    code = others.rsplit(":", 1)[1]
    with pytest.raises(MeterClaimWrong):
        await services.meters.bind(viewer, resident_id, f"kangban:meter:{firmware.serial}:{code}")
    assert (await stored_meter(firmware.serial))["state"] == "unbound"


async def test_guessing_ends_after_some_attempts_even_with_the_right_code(
    services: Services, clock: FixedClock
) -> None:
    firmware, scanned = await a_registered(services)
    viewer, resident_id = await a_resident(services)
    wrong = f"kangban:meter:{firmware.serial}:{'A' * 16}"
    for _ in range(PER_ACCOUNT.count):
        with pytest.raises(MeterClaimWrong):
            await services.meters.bind(viewer, resident_id, wrong)
    with pytest.raises(MeterClaimTooOften) as refusal:
        await services.meters.bind(viewer, resident_id, scanned)
    assert refusal.value.data == {"retry_after_seconds": 3600}
    assert (await stored_meter(firmware.serial))["state"] == "unbound"
    clock.advance(PER_ACCOUNT.window)
    assert (await services.meters.bind(viewer, resident_id, scanned)).state is MeterState.BOUND


async def test_many_guesses_at_once_get_no_further_than_in_a_row(services: Services) -> None:
    firmware, _ = await a_registered(services)
    viewer, resident_id = await a_resident(services)
    wrong = f"kangban:meter:{firmware.serial}:{'A' * 16}"
    outcomes = await asyncio.gather(
        *(services.meters.bind(viewer, resident_id, wrong) for _ in range(30)),
        return_exceptions=True,
    )
    looked_at = [each for each in outcomes if isinstance(each, MeterClaimWrong)]
    stopped = [each for each in outcomes if isinstance(each, MeterClaimTooOften)]
    assert (len(looked_at), len(stopped)) == (PER_ACCOUNT.count, 20)


async def test_many_accounts_guess_no_longer_at_one_serial(services: Services) -> None:
    firmware, _ = await a_registered(services)
    wrong = f"kangban:meter:{firmware.serial}:{'A' * 16}"
    codes = []
    for _ in range(3):
        viewer, resident_id = await a_resident(services)
        for _ in range(PER_ACCOUNT.count):
            with pytest.raises(KangbanError) as refusal:
                await services.meters.bind(viewer, resident_id, wrong)
            codes.append(refusal.value.code)
    assert codes.count("METER_CLAIM_WRONG") == PER_SERIAL.count
    assert codes.count("METER_CLAIM_TOO_OFTEN") == 10


async def test_binding_many_of_ones_own_meters_counts_as_no_guess(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    for _ in range(PER_ACCOUNT.count + 2):
        _, scanned = await a_registered(services)
        await services.meters.bind(viewer, resident_id, scanned)
    assert len(await services.meters.of(viewer, resident_id)) == PER_ACCOUNT.count + 2


async def test_a_bound_meter_is_not_bound_to_somebody_else(services: Services) -> None:
    bound = await a_bound(services)
    before = await stored_meter(bound.firmware.serial)
    other, other_id = await a_resident(services)
    with pytest.raises(MeterBoundElsewhere):
        await services.meters.bind(other, other_id, bound.scanned)
    assert await stored_meter(bound.firmware.serial) == before


async def test_of_two_residents_who_scan_at_once_one_gets_it(services: Services) -> None:
    _, scanned = await a_registered(services)
    people = [await a_resident(services) for _ in range(4)]
    outcomes = await asyncio.gather(
        *(services.meters.bind(viewer, resident_id, scanned) for viewer, resident_id in people),
        return_exceptions=True,
    )
    refused = [each for each in outcomes if isinstance(each, MeterBoundElsewhere)]
    assert len(refused) == 3
    found = [await services.meters.of(viewer, resident_id) for viewer, resident_id in people]
    assert sorted(map(len, found)) == [0, 0, 0, 1]


async def test_unbound_it_can_be_anothers(services: Services) -> None:
    bound = await a_bound(services)
    await services.meters.unbind(bound.viewer, bound.resident_id, (await bound.meter()).id)
    assert await services.meters.of(bound.viewer, bound.resident_id) == []
    other, other_id = await a_resident(services)
    await services.meters.bind(other, other_id, bound.scanned)
    [meter] = await services.meters.of(other, other_id)
    assert meter.serial == bound.firmware.serial


async def test_another_residents_meter_is_not_found_nor_unbound(services: Services) -> None:
    bound = await a_bound(services)
    meter = await bound.meter()
    other, other_id = await a_resident(services)
    for meter_id in (meter.id, ObjectId()):
        with pytest.raises(MeterNotFound):
            await services.meters.get(other, other_id, meter_id)
        with pytest.raises(MeterNotFound):
            await services.meters.unbind(other, other_id, meter_id)
    for refused in (services.meters.get, services.meters.unbind):
        with pytest.raises(AccessDenied):
            await refused(other, bound.resident_id, meter.id)
    with pytest.raises(AccessDenied):
        await services.meters.of(other, bound.resident_id)
    assert (await bound.meter()).state is MeterState.BOUND


async def test_revoked_is_for_good(services: Services) -> None:
    bound = await a_bound(services)
    operator, serial = an_operator(), bound.firmware.serial
    await services.meter_registry.revoke(operator, serial)
    before = await stored_meter(serial)
    await services.meter_registry.revoke(operator, serial)
    with pytest.raises(MeterRevoked):
        await services.meter_registry.rekey(operator, serial, KEY)
    with pytest.raises(MeterRevoked):
        await services.meters.bind(bound.viewer, bound.resident_id, bound.scanned)
    assert await stored_meter(serial) == before
    assert (await bound.meter()).state is MeterState.REVOKED
    await services.meters.unbind(bound.viewer, bound.resident_id, (await bound.meter()).id)
    assert (await stored_meter(serial))["state"] == "revoked"


async def test_an_unknown_serial_is_not_found_by_operators(services: Services) -> None:
    with pytest.raises(MeterNotFound):
        await services.meter_registry.revoke(an_operator(), "KB-NONE")
    with pytest.raises(MeterNotFound):
        await services.meter_registry.rekey(an_operator(), "KB-NONE", KEY)


async def test_another_key_must_be_another(services: Services) -> None:
    firmware, _ = await a_registered(services)
    before = await stored_meter(firmware.serial)
    with pytest.raises(MeterKeyUnchanged):
        await services.meter_registry.rekey(an_operator(), firmware.serial, firmware.key.hex())
    assert await stored_meter(firmware.serial) == before


async def test_operators_page_through_meters_by_state(
    services: Services, clock: FixedClock
) -> None:
    serials = []
    for _ in range(5):
        clock.advance(timedelta(seconds=1))
        serials.append((await a_registered(services))[0].serial)
    await services.meter_registry.revoke(an_operator(), serials[1])
    first = await services.meter_registry.page(an_operator(), first=3)
    rest = await services.meter_registry.page(
        an_operator(), first=3, after=first.cursor(first.items[-1])
    )
    assert [each.serial for each in first.items + rest.items] == serials[::-1]
    assert (first.has_next, rest.has_next) == (True, False)
    revoked = await services.meter_registry.page(an_operator(), first=3, state=MeterState.REVOKED)
    assert [each.serial for each in revoked.items] == [serials[1]]
