"""The registered text of an operation, and its name for clients."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

from backend.web.documents import operations as registered
from mobile_contract import FOLDER, by_hash, operation, operations, released
from tests.mobile_contract.node import needs_node

SDK = FOLDER / "sdk"


def test_an_operation_is_followed_by_the_fragments_that_it_uses_each_once(tmp_path: Path) -> None:
    (tmp_path / "fragments").mkdir()
    files = {
        "a": "query A { x { ...LastFields ...BloodGroup ... on X { id } ...Own } }\n",
        "fragments/last_fields": "fragment LastFields on X { id ...BloodGroup }\n",
        "fragments/blood_group": "fragment BloodGroup on X { group }\n",
        "fragments/unused": "fragment Unused on X { id }\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.graphql").write_text(text, "utf-8")
    expected = "\n".join(
        (files["a"], files["fragments/blood_group"], files["fragments/last_fields"])
    )
    assert operations(tmp_path) == {"a": expected}


def test_every_shared_fragment_is_shared_and_lies_under_its_name() -> None:
    texts = operations()
    for path in (FOLDER / "operations" / "fragments").glob("*.graphql"):
        (name,) = re.findall(r"^fragment (\w+) on", path.read_text("utf-8"), re.MULTILINE)
        assert re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower() == path.stem
        users = [each for each, text in texts.items() if f"fragment {name} on" in text]
        assert len(users) > 1, f"{name} is used by {users} only; it belongs there"


def test_one_operation_alone_is_the_same_text() -> None:
    assert operation("report") == operations()["report"]


@needs_node
def test_the_sdk_names_every_operation_by_the_hash_that_the_server_knows() -> None:
    subprocess.run(["node", "codegen.mjs"], cwd=SDK, check=True, stdout=subprocess.DEVNULL)
    made = (SDK / "src" / "generated" / "documents.ts").read_text("utf-8")
    hashes = set(re.findall(r"hash: '([0-9a-f]{64})'", made))
    assert hashes == set(by_hash(operations()))
    assert set(registered()) == hashes | set(released()["operations"])
    text = operation("record_reading")
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert f"name: 'RecordReading', hash: '{digest}', keyed: true" in made
