"""What a change of the schema asks for, with made-up schemas, judged by GraphQL Inspector."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mobile_contract import by_hash, released
from mobile_contract.changelog import Changelog, digest, pack
from tests.mobile_contract.node import needs_node

TODAY = date(2026, 11, 22)
WAS = """
type Query {
  kept: Int
  gone: Int @deprecated(reason: "Use kept; stays until 2026-11-21.")
  hasty: Int
  soon: Int @deprecated(reason: "Use kept; stays until 2026-11-22.")
  mood: Mood
  moon: Moon @deprecated(reason: "stays until 2026-10-01")
  ask(old: Int @deprecated(reason: "stays until 2026-10-01"), still: Int): Int
}
type Moon { phase: Int }
enum Mood { FINE GRIM @deprecated(reason: "stays until 2026-10-01") }
"""
ANNOUNCED = """
type Query { kept: Int  hasty: Int  soon: Int  mood: Mood  ask(still: Int): Int  new: Int }
enum Mood { FINE ODD }
"""


class Contract:
    def __init__(self, folder: Path, released: str) -> None:
        self.folder = folder
        self.changelog = Changelog(folder)
        self.become(released)
        (folder / "operations").mkdir()
        self.ask("query Asked { kept hasty }")
        operations = by_hash({"asked": "query Asked { kept hasty }"})
        pack(folder, {"schema": released, "operations": operations})
        self.write(f"# Changes\n\n## 2026-11-01 · sdl {digest(released)}\n\nThe first one.\n")

    def become(self, sdl: str) -> None:
        (self.folder / "schema.graphql").write_text(sdl, "utf-8")

    def ask(self, text: str) -> None:
        (self.folder / "operations" / "asked.graphql").write_text(text, "utf-8")

    def write(self, text: str) -> None:
        (self.folder / "CHANGELOG.md").write_text(text, "utf-8")

    def text(self) -> str:
        return (self.folder / "CHANGELOG.md").read_text("utf-8")

    def faults(self) -> list[str]:
        return self.changelog.faults(TODAY)


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return Contract(tmp_path, WAS)


@needs_node
def test_a_safe_change_without_an_entry_fails_and_the_entry_is_written(contract: Contract) -> None:
    assert contract.faults() == []
    contract.become(WAS.replace("kept: Int", "kept: Int  more: Int"))
    assert contract.faults() == [
        "The schema has changed: scripts/write_contract.py writes its entry."
    ]
    assert contract.changelog.update()
    assert "- safe: Field 'more' was added to object type 'Query'" in contract.text()
    assert contract.faults() == []
    assert not contract.changelog.update()


@needs_node
def test_what_breaks_apps_goes_after_the_day_that_was_announced(contract: Contract) -> None:
    contract.become(ANNOUNCED)
    contract.changelog.update()
    levels = Counter(re.findall(r"^- (\w+):", contract.text(), re.MULTILINE))
    assert levels == {"breaking": 5, "careful": 1, "safe": 3}
    assert contract.faults() == []


@needs_node
@pytest.mark.parametrize(
    ("was", "now", "named"),
    [
        ("hasty: Int\n", "", "hasty"),  # never announced
        ("soon: Int @", "was: Int @", "soon"),  # announced, until today
        ("kept: Int", "kept: String", "kept"),  # no announcement allows another type
    ],
)
def test_what_breaks_apps_too_early_fails(
    contract: Contract, was: str, now: str, named: str
) -> None:
    contract.become(WAS.replace(was, now, 1))
    contract.changelog.update()
    (fault,) = contract.faults()
    assert fault.startswith("Breaks apps that are out there: ")
    assert named in fault


@needs_node
def test_peoples_lines_stay_and_a_release_dates_them(contract: Contract) -> None:
    contract.become(WAS.replace("kept: Int", "kept: Int  more: Int"))
    contract.changelog.update()
    heading, *rest = contract.text().split("## Unreleased")
    first = rest[0].split("\n", 2)
    contract.write(f"{heading}## Unreleased{first[0]}\n\nAsk for more from now on.\n{first[2]}")
    contract.become(WAS.replace("kept: Int", "kept: Int  most: Int"))
    contract.changelog.release(TODAY)
    text = contract.text()
    assert "Unreleased" not in text
    assert text.index("## 2026-11-22 · sdl ") < text.index("Ask for more") < text.index("'most'")
    assert text.index("'most'") < text.index("## 2026-11-01") < text.index("The first one.")
    assert "'more'" not in text
    assert contract.faults() == []
    contract.become(WAS)
    contract.changelog.update()
    (fault,) = contract.faults()
    assert "most" in fault  # what was released is promised


def test_released_operations_stay_registered_until_the_schema_lost_them(
    contract: Contract,
) -> None:
    first = by_hash({"asked": "query Asked { kept hasty }"})
    second = by_hash({"asked": "query Asked { kept }"})
    contract.ask("query Asked { kept }")
    contract.changelog.release(TODAY)
    assert released(contract.folder)["operations"] == {**first, **second}
    pack(contract.folder, {**released(contract.folder), "schema": WAS.replace("hasty: Int", "")})
    contract.become(WAS.replace("hasty: Int", ""))
    contract.changelog.release(TODAY)
    assert released(contract.folder)["operations"] == second


def test_another_released_schema_than_the_entrys_fails(contract: Contract) -> None:
    pack(contract.folder, {"schema": "type Query { a: Int }", "operations": {}})
    assert contract.faults() == ["released.json.gz is not the schema of the newest released entry."]


@needs_node
def test_the_contract_can_go_out() -> None:
    """The demand on who changes the schema: run scripts/write_contract.py and commit it."""
    assert Changelog().faults(datetime.now(UTC).date()) == []
