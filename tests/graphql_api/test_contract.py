"""What clients build on is what the code says: operations, SDL, catalogue of errors."""

from __future__ import annotations

import ast
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
from graphql import parse

from backend.core.errors import CATALOGUE
from backend.core.settings import Settings
from graphql_api.common.doors import Documents
from graphql_api.common.limits import NODES
from graphql_api.schema import build_schema
from mobile_contract import operations

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "mobile_contract"
OPERATIONS = operations()
SCHEMA = build_schema(production=True)


@pytest.fixture(scope="module")
def write_contract() -> ModuleType:
    path = ROOT / "scripts" / "write_contract.py"
    spec = importlib.util.spec_from_file_location("write_contract", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_operations_that_the_app_needs_are_registered() -> None:
    assert set(OPERATIONS) >= {
        "sign_in_with_wechat", "sign_in_with_firebase", "sign_in_as_staff",
        "sign_in_as_institution", "refresh_session", "sign_out", "register_resident", "home",
        "record_reading", "record_readings", "correct_reading", "withdraw_reading", "timeline",
        "search", "section_entries", "add_entry", "alerts", "acknowledge_alert", "snooze_alert",
        "care_circle", "reading_recorded", "alert_changed",
    }  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_registered_operation_fits_the_schema_and_its_limits(name: str) -> None:
    text = OPERATIONS[name]
    document = parse(text)
    prepared = Documents(introspection=False).prepare(SCHEMA._schema, text, document)
    assert prepared.errors == []
    size = prepared.plan(SCHEMA._schema, None, {"first": 50}).size
    assert 0 < size.price <= Settings.model_fields["graphql_points"].default / 5
    assert size.nodes <= NODES


def test_the_sdl_snapshot_is_the_schema(write_contract: ModuleType) -> None:
    assert (CONTRACT / "schema.graphql").read_text("utf-8") == write_contract.sdl()


def test_the_errors_snapshot_is_the_catalogue(write_contract: ModuleType) -> None:
    assert (CONTRACT / "errors.json").read_text("utf-8") == write_contract.errors_json()


def test_every_code_speaks_both_languages(write_contract: ModuleType) -> None:
    listed = write_contract.errors()
    assert {each["code"] for each in listed} == set(CATALOGUE)
    for each in listed:
        assert each["code"] == each["code"].upper().replace("-", "_")
        assert any("\u4e00" <= character <= "\u9fff" for character in each["zh-CN"]), each
        assert each["en"].isascii() or "“" in each["en"] or "℃" in each["en"], each
        assert 400 <= each["status"] < 600


def raised(source: str) -> list[tuple[str, set[str], int]]:
    """Each call by a name: what it is given by keyword. ``**`` counts as everything."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            given = {each.arg or "**" for each in node.keywords}
            found.append((name, given, node.lineno))
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
            found.append((node.exc.id, set(), node.lineno))
    return found


def test_no_error_is_raised_with_a_gap_in_its_message(write_contract: ModuleType) -> None:
    write_contract.errors()
    needs = {error.__name__: write_contract.placeholders(error) for error in CATALOGUE.values()}
    gaps = []
    for folder in ("backend", "graphql", "bot", "ocr", "rewards", "content"):
        for path in (ROOT / folder).rglob("*.py"):
            for name, given, line in raised(path.read_text("utf-8")):
                missing = set(needs.get(name, ())) - given
                if missing and "**" not in given:
                    gaps.append(f"{path.relative_to(ROOT)}:{line} {name} lacks {missing}")
    assert gaps == []


def test_the_catalogue_holds_json_only(write_contract: ModuleType) -> None:
    assert json.loads(write_contract.errors_json())["errors"][0]["code"] == min(CATALOGUE)
