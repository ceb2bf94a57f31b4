from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc"
)
ROOT = Path(__file__).resolve().parents[3]


@cache
def cost(megabytes: int) -> dict[str, Any]:
    """Reading an export of that size in a process of its own."""
    command = [sys.executable, "-m", "tests.measurements.devices.long_export", str(megabytes)]
    run = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=900)
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def test_a_long_export_is_read_whole_in_little_memory() -> None:
    result = cost(20)
    assert result["bytes"] > 20_000_000
    assert result["drafts"] > 20_000
    assert result["refused"] == 0
    assert result["peak_mb"] < 150


@pytest.mark.slow
def test_memory_does_not_grow_with_the_export() -> None:
    small, large = cost(20), cost(220)
    assert large["bytes"] > 220_000_000
    assert large["drafts"] > 10 * small["drafts"]
    assert large["peak_mb"] < 300
    # What grows is the sleep segments gathered, by some ten thousand here, not the file.
    assert large["peak_mb"] - small["peak_mb"] < 40
