"""``kangban serve`` where MongoDB does not come up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_BROKEN = """#!/bin/sh
case "$1" in --version) echo "db version v6.0.5"; exit 0;; esac
echo "disk on fire" >&2
exit 3
"""


def test_a_mongod_that_does_not_start_ends_the_server_and_says_why(tmp_path: Path) -> None:
    binary = tmp_path / "bin" / "mongod"
    binary.parent.mkdir()
    binary.write_text(_BROKEN)
    binary.chmod(0o755)
    environment = {**os.environ, "PATH": f"{binary.parent}:{os.environ['PATH']}"}
    environment.pop("KANGBAN_MONGODB_URI", None)
    served = subprocess.run(
        [
            *(sys.executable, "-m", "backend.cli", "serve", "--port", "18472"),
            *("--data-dir", str(tmp_path / "data")),
        ],
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert served.returncode == 1
    assert "mongod 启动时退出（状态 3）" in served.stderr.decode()
    assert "disk on fire" in served.stderr.decode()
