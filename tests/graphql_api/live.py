"""Real servers over real sockets: ``kangban serve`` processes on one database, and a client."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PROTOCOL = "graphql-transport-ws"
_READY_SECONDS = 180.0  # the demo is loaded first, on a machine that runs other tests


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def server(folder: Path, environment: dict[str, str], *more: str) -> Iterator[str]:
    """The address ``127.0.0.1:port`` of a server that answers, until the block ends."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    own = {name: value for name, value in os.environ.items() if not name.startswith("KANGBAN_")}
    kangban = Path(sys.executable).with_name("kangban")
    command = [str(kangban), "serve", "--port", str(port), "--data-dir", str(folder), *more]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**own, **environment}, stdout=log, stderr=log, cwd=folder
        )
        try:
            _wait(process, port, folder / "server.log")
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _READY_SECONDS
    with httpx.Client(timeout=2, trust_env=False, verify=False) as client:
        while time.monotonic() < end:
            assert process.poll() is None, log.read_text("utf-8")
            with contextlib.suppress(httpx.TransportError):
                if client.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                    return
            time.sleep(0.1)
    raise AssertionError(f"not ready in {_READY_SECONDS} s: {log.read_text('utf-8')}")


class Socket:
    """Speaks ``graphql-transport-ws`` to a server."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, **message: Any) -> None:
        await self.connection.send(orjson.dumps(message).decode())

    async def receive(self, within: float = 10.0) -> dict[str, Any]:
        text = await asyncio.wait_for(self.connection.recv(), within)
        message: dict[str, Any] = orjson.loads(text)
        return message

    async def init(self, token: str | None) -> None:
        payload = {"authorization": f"Bearer {token}"} if token is not None else {}
        await self.send(type="connection_init", payload=payload)
        assert await self.receive() == {"type": "connection_ack"}

    async def subscribe(self, id: str, query: str, /, **variables: Any) -> None:
        payload = {"query": query, "variables": variables}
        await self.send(id=id, type="subscribe", payload=payload)

    async def closed_with(self, within: float = 10.0) -> int | None:
        """The close code, once the server has closed."""
        await asyncio.wait_for(self.connection.wait_closed(), within)
        return self.connection.close_code


@contextlib.asynccontextmanager
async def opened(
    address: str, *, protocol: str = PROTOCOL, origin: str | None = None
) -> AsyncIterator[Socket]:
    async with connect(
        f"ws://{address}/graphql",
        subprotocols=[Subprotocol(protocol)],
        origin=Origin(origin) if origin else None,
        proxy=None,
    ) as connection:
        yield Socket(connection)


def codes(message: dict[str, Any]) -> list[str]:
    """Of an ``error`` message, or of a ``next`` with errors."""
    payload = message["payload"]
    errors = payload if message["type"] == "error" else payload.get("errors", [])
    return [each["extensions"]["code"] for each in errors]
