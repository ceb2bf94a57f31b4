"""The idle server's memory and how soon it is ready, against their limits."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from backend.bench.measure import Ratio

_MEMORY_LIMIT_MB = 250.0
_READY_LIMIT_S = 4.0
_PATIENCE_S = 60.0
_SETTLE_S = 2.0


async def size_ratios() -> list[Ratio]:
    """As shares of the limits: 1.0 is the limit itself. The second, warm start counts."""
    return await asyncio.to_thread(_measure)


def _measure() -> list[Ratio]:
    with tempfile.TemporaryDirectory() as folder:
        _start_and_stop(Path(folder))
        ready, memory = _start_and_stop(Path(folder))
    return [
        Ratio("ready_seconds_of_4", ready, _READY_LIMIT_S, 1.0, 1),
        Ratio("idle_mb_of_250", memory, _MEMORY_LIMIT_MB, 1.0, 1),
    ]


def _start_and_stop(folder: Path) -> tuple[float, float]:
    port = _free_port()
    command = [sys.executable, "-m", "backend.cli", "serve", "--port", str(port)]
    start = time.perf_counter()
    server = subprocess.Popen(
        [*command, "--data-dir", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/health", start + _PATIENCE_S)
        ready = time.perf_counter() - start
        time.sleep(_SETTLE_S)
        return ready, _resident_mb(server.pid)
    finally:
        server.terminate()
        server.wait(30)


def _wait(url: str, until: float) -> None:
    while time.perf_counter() < until:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise TimeoutError("the server did not become ready")


def _resident_mb(pid: int) -> float:
    """Of our Python processes: the parent and its workers, not ``mongod``."""
    total = 0.0
    for process in [pid, *_children(pid)]:
        name = Path(f"/proc/{process}/comm").read_text().strip()
        if name.startswith("mongod"):
            continue
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1]) / 1024
    return total


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    direct = [int(each) for each in text.split()]
    return direct + [each for child in direct for each in _children(child)]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
