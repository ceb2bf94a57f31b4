"""The ``mongod`` process: how it is started, recognised, signalled and ended."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from backend.core.embedded.files import Files

REPLICA_SET = "kangban"
# Below Linux's range of ephemeral ports, so that no outgoing connection takes ours meanwhile.
PORTS = range(27100, 32000)

# A worker that is forked while ``Popen`` waits for its child's exec inherits the pipe that is
# waited on: ``Popen`` would return when the worker ends, which itself waits for this ``mongod``.
_LAUNCHING = threading.Lock()
os.register_at_fork(
    before=_LAUNCHING.acquire,
    after_in_parent=_LAUNCHING.release,
    after_in_child=_LAUNCHING.release,
)


def arguments(binary: Path, files: Files, port: int, cache_mb: int) -> list[str]:
    """The command line. Slow operations are not logged: their filters hold health data."""
    parameters = {
        "diagnosticDataCollectionEnabled": "false",
        # Nobody else votes: there is nobody to hand the primary's place to.
        "shutdownTimeoutMillisForSignaledShutdown": "100",
        # The password has 256 bits of its own; iterations would only slow every connection.
        "scramSHA256IterationCount": "5000",
    }
    options = {
        "--dbpath": str(files.db),
        "--port": str(port),
        "--bind_ip": "127.0.0.1",
        "--replSet": REPLICA_SET,
        "--keyFile": str(files.keyfile),
        "--logpath": str(files.log),
        "--logRotate": "reopen",
        "--slowOpSampleRate": "0",
        "--wiredTigerCacheSizeGB": f"{cache_mb / 1024:.4g}",
        "--oplogSize": "1024",
    }
    line = [str(binary), "--logappend", "--quiet", "--nounixsocket", "--noscripting"]
    line += [part for option in options.items() for part in option]
    line += [p for key, value in parameters.items() for p in ("--setParameter", f"{key}={value}")]
    return line


def launch(line: list[str], output: Path) -> subprocess.Popen[bytes]:
    """Start it in a session of its own: a Ctrl-C in our terminal is not meant for it."""
    fd = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with _LAUNCHING:
            return subprocess.Popen(
                line,
                stdin=subprocess.DEVNULL,
                stdout=fd,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=output.parent,
            )
    finally:
        os.close(fd)


def is_ours(pid: int, db: Path) -> bool:
    """Whether this process lives and is a ``mongod`` on our files; a zombie is not alive."""
    words = _command_line(pid)
    if not words or "mongod" not in Path(words[0]).name:
        return False
    return str(db) in words


def port_of(pid: int) -> int | None:
    """The port that a running ``mongod`` was given."""
    words = _command_line(pid)
    with suppress(ValueError, IndexError):
        return int(words[words.index("--port") + 1])
    return None


def _command_line(pid: int) -> list[str]:
    if Path("/proc/self/cmdline").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        return []
    done = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout.split()


def end(pid: int, alive: Callable[[], bool], seconds: float) -> bool:
    """SIGTERM, wait, SIGKILL after ``seconds``. True when it went by itself."""
    for sign, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 10.0)):
        if alive():
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not alive():
                return sign is signal.SIGTERM
            time.sleep(0.01)
    return False


def reopen_log(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGUSR1)


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def becomes_free(port: int, seconds: float = 1.0) -> bool:
    """As ``is_free``, with patience: a killed process lets go of its sockets a little later."""
    deadline = time.monotonic() + seconds
    while not is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def free_port() -> int:
    """A port nobody listens on, drawn at random so that two directories rarely want the same."""
    for port in random.SystemRandom().sample(PORTS, 50):
        if is_free(port):
            return port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
