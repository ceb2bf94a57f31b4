"""Other programs that use a data directory beside the test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from pymongo import MongoClient

ROOT = Path(__file__).resolve().parents[3]
Client = MongoClient[dict[str, Any]]


class User:
    """Another program on the same directory: starts, says its URI, stops when told."""

    PROGRAM = (
        "import sys; from pathlib import Path; from backend.core.embedded import EmbeddedMongo\n"
        "mongo = EmbeddedMongo(Path(sys.argv[1])); print(mongo.start(), flush=True)\n"
        "sys.stdin.readline(); mongo.stop()"
    )

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.PROGRAM, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self.process.stdout is not None
        self.uri = self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate("\n", timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()
