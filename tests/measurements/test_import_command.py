"""``kangban import measurements``, as a process of its own beside the data."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.services import Services
from tests.factories import a_resident
from tests.measurements.metering import readings
from tests.measurements.test_importing import everything, export, steps

ROOT = Path(__file__).resolve().parents[2]


async def kangban(
    services: Services, uri: str, tmp_path: Path, *arguments: str
) -> tuple[int, list[dict[str, Any]]]:
    """Exit status, and what was printed as JSON."""
    environment = {
        **os.environ,
        "KANGBAN_MONGODB_URI": uri,
        "KANGBAN_DATABASE": services.core.store.db.name,
        "KANGBAN_MASTER_KEY_FILE": str(tmp_path / "keys" / "master.key"),
        "KANGBAN_DATA_DIR": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "graphql")]),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend.cli", "import", "measurements", *arguments, "--json"),
        cwd=tmp_path,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, [json.loads(line) for line in out.splitlines()]


async def test_files_go_in_and_each_has_its_answer(
    services: Services, mongodb_uri: str, tmp_path: Path
) -> None:
    _, resident_id = await a_resident(services)
    good = export(tmp_path, *(steps(index) for index in range(600)))
    bad = tmp_path / "notes.txt"
    bad.write_text("nothing that anybody knows")
    status, answers = await kangban(
        services, mongodb_uri, tmp_path, str(good), str(bad), "gone.xml",
        "--resident", str(resident_id),
    )  # fmt: skip
    assert status == 1
    assert answers[0]["counts"] == {
        "recorded": 600,
        "unchanged": 0,
        "duplicate": 0,
        "refused": 0,
    }
    assert [each["error"]["code"] for each in answers[1:]] == [
        "FILE_FORMAT_UNKNOWN",
        "FILE_UNREADABLE",
    ]
    assert await readings() == 600
    [raw, *_] = await everything()
    assert raw["recorded_by"]["channel"] == "console"
    again, answers = await kangban(
        services, mongodb_uri, tmp_path, str(good), "--resident", str(resident_id)
    )
    assert (again, answers[0]["counts"]["unchanged"]) == (0, 600)
    assert await readings() == 600


@pytest.mark.parametrize("resident", ["nobody", "6b022bb53c31d919546d9ba8"])
async def test_for_a_resident_who_is_not_there_nothing_is_done(
    services: Services, mongodb_uri: str, tmp_path: Path, resident: str
) -> None:
    good = export(tmp_path, steps(0))
    status, answers = await kangban(
        services, mongodb_uri, tmp_path, str(good), "--resident", resident
    )
    assert (status, answers[0]["error"]["code"]) == (1, "RESIDENT_ID_UNKNOWN")
    assert await readings() == 0
