"""The floor plan holds: who imports whom, who reads the environment, what ``graphql`` is."""

from __future__ import annotations

import ast
import subprocess
import sys
import sysconfig
from pathlib import Path

import graphql
import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("backend", "graphql", "bot", "ocr", "rewards", "content")
SETTINGS = Path("backend/core/settings.py")


def sources() -> list[Path]:
    found = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    assert len(found) > 100
    return found


def test_graphql_is_graphql_core_and_not_our_folder() -> None:
    assert not (ROOT / "graphql" / "__init__.py").exists()
    assert graphql.__file__ is not None
    installed = Path(sysconfig.get_paths()["purelib"])
    assert Path(graphql.__file__).is_relative_to(installed)


def test_the_import_contracts_are_kept() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def environment_uses(source: str) -> list[int]:
    """Lines that read or write the process's environment, however it was imported."""
    tree = ast.parse(source)
    names = {"os"} | {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "os"
    }
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            lines += [node.lineno for each in node.names if each.name in _ENVIRONMENT]
        elif isinstance(node, ast.Attribute) and node.attr in _ENVIRONMENT:
            of = node.value
            lines += [node.lineno] if isinstance(of, ast.Name) and of.id in names else []
    return lines


_ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
_ALLOWED = {
    # To hand it on unread to a child process is not to read it.
    Path("backend/serving.py"): "env=os.environ",
    Path("backend/bench/size.py"): "env={**os.environ}",
    # Handed to the libraries and processes that do the reading; nothing is read.
    Path("ocr/worker.py"): 'os.environ["OMP_NUM_THREADS"] =',
    Path("ocr/engines/tesseract.py"): 'os.environ.setdefault("OMP_THREAD_LIMIT"',
    # firebase-admin decides by a variable of its own whether tokens need a signature.
    Path("backend/identity/providers/firebase.py"): "_EMULATOR",
}


def test_only_the_settings_read_the_environment() -> None:
    found = []
    for path in sources():
        relative = path.relative_to(ROOT)
        if relative == SETTINGS:
            continue
        text = path.read_text("utf-8")
        lines = text.splitlines()
        allowed = _ALLOWED.get(relative, "\0")
        found += [
            f"{relative}:{line}"
            for line in environment_uses(text)
            if allowed not in lines[line - 1]
        ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ['A']",
        "import os as o\no.getenv('A')",
        "from os import environ",
        "import os\nos.environ['A'] = 'b'",
    ],
)
def test_every_way_to_the_environment_is_noticed(source: str) -> None:
    assert environment_uses(source) != []
