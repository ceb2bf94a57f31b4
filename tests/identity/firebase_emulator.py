"""The real Firebase Auth emulator (npm's firebase-tools), started and stopped by process id."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

PROJECT = "demo-kangban"  # demo-…: the emulator never asks Google for anything
PROGRAM = Path(__file__).resolve().parents[1] / "tools/firebase/node_modules/.bin/firebase"
_READY_SECONDS = 300.0
_STOP_SECONDS = 20.0


class EmulatorFailed(RuntimeError):
    pass


class FirebaseEmulator:
    """``host`` once entered; ``directory`` gets its configuration and log."""

    def __init__(self, directory: Path, host: str | None = None) -> None:
        """With ``host``: one that runs already, to talk to only."""
        self._directory = directory
        self.host = host or self._configured()

    def _configured(self) -> str:
        port, hub, logging = _free_ports(3)
        local = {"host": "127.0.0.1"}
        config = {
            "emulators": {
                "auth": {**local, "port": port},
                "hub": {**local, "port": hub},
                "logging": {**local, "port": logging},
                "ui": {"enabled": False},
            }
        }
        (self._directory / "firebase.json").write_text(json.dumps(config))
        return f"127.0.0.1:{port}"

    def __enter__(self) -> FirebaseEmulator:
        self._log = (self._directory / "emulator.log").open("wb")
        self._process = subprocess.Popen(
            [str(PROGRAM), "emulators:start", "--only", "auth", "--project", PROJECT],
            cwd=self._directory,
            env={
                **os.environ,
                "HOME": str(self._directory),
                "XDG_CONFIG_HOME": str(self._directory),
                "CI": "1",  # asks nothing, reports nothing
                "NO_UPDATE_NOTIFIER": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def sign_up(self, **fields: str) -> dict[str, Any]:
        """A new user by the client API; its answer holds ``idToken`` and ``localId``."""
        return self._client("accounts:signUp", {"returnSecureToken": True, **fields})

    def sign_up_by_phone(self, phone: str) -> dict[str, Any]:
        """As a phone does it: ask for an SMS, read its code (the emulator tells it), send it."""
        sent = self._client("accounts:sendVerificationCode", {"phoneNumber": phone})
        address = f"http://{self.host}/emulator/v1/projects/{PROJECT}/verificationCodes"
        codes = httpx.get(address, trust_env=False, verify=False).json()["verificationCodes"]
        code = next(each["code"] for each in reversed(codes) if each["phoneNumber"] == phone)
        return self._client(
            "accounts:signInWithPhoneNumber", {"sessionInfo": sent["sessionInfo"], "code": code}
        )

    def _client(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        address = f"http://{self.host}/identitytoolkit.googleapis.com/v1/{method}?key=any"
        answer = httpx.post(address, json=body, trust_env=False, verify=False)
        answer.raise_for_status()
        decoded: dict[str, Any] = answer.json()
        return decoded

    def _wait(self) -> None:
        until = time.monotonic() + _READY_SECONDS
        # Without the machine's certificates: to load them is 40 ms of work for each client.
        with httpx.Client(trust_env=False, verify=False) as client:
            while time.monotonic() < until:
                if self._process.poll() is not None:
                    raise EmulatorFailed((self._directory / "emulator.log").read_text()[-2_000:])
                try:
                    if client.get(f"http://{self.host}/").status_code == httpx.codes.OK:
                        return
                except httpx.TransportError:
                    time.sleep(0.1)
        raise EmulatorFailed("not ready in time")


@contextlib.contextmanager
def shared_emulator(directory: Path) -> Iterator[FirebaseEmulator]:
    """One emulator for all processes of a test run: it takes half a minute of work to start.

    The first process starts it and, when it is done itself, waits for the others to be.
    """
    directory.mkdir(parents=True, exist_ok=True)
    address = directory / "host"
    with (directory / "start.lock").open("w") as start, (directory / "use.lock").open("w") as use:
        fcntl.flock(start, fcntl.LOCK_EX)
        fcntl.flock(use, fcntl.LOCK_SH)
        if address.exists():
            fcntl.flock(start, fcntl.LOCK_UN)
            yield FirebaseEmulator(directory, address.read_text())
            return
        with FirebaseEmulator(directory) as emulator:
            address.write_text(emulator.host)
            fcntl.flock(start, fcntl.LOCK_UN)
            yield emulator
            fcntl.flock(use, fcntl.LOCK_UN)
            fcntl.flock(use, fcntl.LOCK_EX)
            address.unlink()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
