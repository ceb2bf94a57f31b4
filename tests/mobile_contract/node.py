"""Whether this machine has what the tests in Node need."""

from __future__ import annotations

import shutil

import pytest

from mobile_contract import FOLDER

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (FOLDER / "sdk" / "node_modules").is_dir(),
    reason="no Node, or no npm packages of the SDK: scripts/setup test installs both",
)
