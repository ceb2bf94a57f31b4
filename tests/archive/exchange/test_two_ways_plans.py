"""What another sender brought is found by seeks: a long history costs a later file nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.services import Services
from tests.factories import a_key, a_resident, many_bp
from tests.measurements.test_query_plans import Reads, examined

STORED = 300
_LOOKED_THROUGH = ("entries", "kept_resources", "readings")


class AllReads(Reads):
    """Of every collection that an import looks through."""

    def started(self, event: Any) -> None:
        name = event.command_name
        if name == "find" and event.command[name] in _LOOKED_THROUGH:
            dropped = ("lsid", "$db", "txnNumber", "startTransaction", "$clusterTime")
            self.commands.append({k: v for k, v in event.command.items() if k not in dropped})


@pytest.fixture
def reads() -> AllReads:
    return AllReads()


@pytest.fixture
def listener(reads: AllReads) -> AllReads:
    return reads


def bundle(count: int) -> bytes:
    entries: list[dict[str, Any]] = []
    for number in range(count):
        problem = {
            "resourceType": "Condition",
            "id": f"c{number}",
            "code": {"text": f"问题{number}"},
            "subject": {"reference": "Patient/p"},
        }
        names = [{"name": f"秤{number}", "type": "user-friendly-name"}]
        device = {"resourceType": "Device", "id": f"d{number}", "deviceName": names}
        entries += [{"resource": problem}, {"resource": device}]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


async def test_a_second_senders_file_looks_up_its_own_items_only(
    services: Services, reads: AllReads
) -> None:
    viewer, resident_id = await a_resident(services)
    await services.recording.record_batch(
        viewer, resident_id, many_bp(STORED), idempotency_key=a_key()
    )
    for sender in ("one", "three"):
        await services.fhir_import.take(viewer, resident_id, bundle(STORED), sender=sender)
    reads.commands.clear()
    report = await services.fhir_import.take(viewer, resident_id, bundle(5), sender="two")
    assert report.counts["merged"] == 10
    assert {each["find"] for each in reads.commands} == set(_LOOKED_THROUGH)
    for command in reads.commands:
        plan = await services.core.store.db.command("explain", command, verbosity="executionStats")
        looked_at = examined(plan), examined(plan, "totalKeysExamined")
        assert max(looked_at) <= 40, (looked_at, command)
