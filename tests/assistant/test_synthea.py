"""English Synthea archives (shared data beside the checkout) work as archives."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from bot.assistant.answer import Outcome
from bot.assistant.engine import Assistant
from bot.assistant.fhir import load_bundle
from tests.assistant.archives import NOW

FOLDER = Path(__file__).resolve().parents[2] / "../shared/data/fhir/synthea"
FILES = sorted(FOLDER.glob("*.json")) or sorted(
    (Path(__file__).resolve().parents[3] / "../shared/data/fhir/synthea").glob("*.json")
)
pytestmark = pytest.mark.skipif(not FILES, reason="shared Synthea bundles are not beside the tree")


@pytest.mark.parametrize("path", FILES, ids=[f.name.split("_")[0] for f in FILES])
def test_latest_weight_is_the_bundles_own(path: Path) -> None:
    rows = [
        e["resource"]
        for e in json.loads(path.read_text(), parse_float=Decimal)["entry"]
        if e["resource"]["resourceType"] == "Observation"
        and e["resource"]["code"]["coding"][0]["code"] == "29463-7"
    ]
    last = max(rows, key=lambda r: r["effectiveDateTime"])
    answer = Assistant(load_bundle(path, NOW)).ask("What is my latest weight?")
    assert answer.outcome is Outcome.ANSWERED
    assert answer.citations[0].resource == f"Observation/{last['id']}"
    value = answer.facts[0].value
    assert isinstance(value, Decimal)
    assert abs(value - Decimal(last["valueQuantity"]["value"])) < Decimal("0.01")
