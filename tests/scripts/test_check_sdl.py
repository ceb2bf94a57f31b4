from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from graphql import build_schema

PATH = Path(__file__).resolve().parents[2] / "scripts" / "check_sdl.py"
WAS = "type Query { me: String, age: Int }\n"


@pytest.fixture
def check_sdl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with a snapshot of its own."""
    spec = importlib.util.spec_from_file_location("check_sdl", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "SNAPSHOT", tmp_path / "schema.graphql")
    return module


def test_changes_are_told_apart_the_breaking_ones_first(check_sdl: ModuleType) -> None:
    new = build_schema("type Query { age: String, name: String, pet(of: Int): String }")
    assert check_sdl.changes(build_schema(WAS), new) == [
        "BREAKS CLIENTS  Field Query.me was removed.",
        "BREAKS CLIENTS  Field Query.age changed type from Int to String.",
        "safe            Field Query.name was added.",
        "safe            Field Query.pet was added.",
    ]


def test_a_new_enum_value_may_surprise(check_sdl: ModuleType) -> None:
    old = build_schema("type Query { a: E } enum E { X }")
    new = build_schema("type Query { a: E } enum E { X Y }")
    assert check_sdl.changes(old, new) == ["may surprise    Enum value E.Y was added."]


@pytest.mark.parametrize(
    ("now", "status", "said"),
    [
        (WAS, 0, "as in the snapshot"),
        ("type Query { age: Int }\n", 1, "BREAKS CLIENTS"),
        ("type Query { age: Int, me: String }\n", 1, "order or layout only"),
    ],
)
def test_any_difference_fails(
    check_sdl: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    now: str,
    status: int,
    said: str,
) -> None:
    check_sdl.SNAPSHOT.write_text(WAS)
    monkeypatch.setattr(check_sdl, "present_sdl", lambda: now)
    assert check_sdl.main([]) == status
    assert said in capsys.readouterr().out
    assert check_sdl.SNAPSHOT.read_text() == WAS


def test_a_missing_snapshot_fails_until_it_is_written(
    check_sdl: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_sdl, "present_sdl", lambda: WAS)
    assert check_sdl.main([]) == 1
    assert not check_sdl.SNAPSHOT.exists()
    assert check_sdl.main(["--write"]) == 0
    assert check_sdl.main([]) == 0
