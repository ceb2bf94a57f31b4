"""The line between a phone and its server, which a test can cut."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from enum import Enum, auto

_ASKED = re.compile(rb"^[A-Z]+ (\S+) HTTP/1\.1\r\n")
_BROKEN = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 3\r\nconnection: close\r\n\r\n502"


class State(Enum):
    WHOLE = auto()
    CUT = auto()  # no connection is taken, and those that were are ended
    SILENT = auto()  # connections are taken, and nothing comes back
    BROKEN = auto()  # a proxy answers whose server is away


class Line:
    """Relays bytes to ``server`` from a port of its own, ``address``. ``asked``: the paths, as
    long as a connection carries no body before its next request."""

    def __init__(self, server: str) -> None:
        self._host, _, port = server.partition(":")
        self._port = int(port)
        self._state = State.WHOLE
        self._listening: asyncio.Server | None = None
        self._own_port = 0
        self._open: set[asyncio.StreamWriter] = set()
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._own_port}"

    async def become(self, state: State) -> None:
        self._state = state
        if state is State.CUT:
            await self.close()
        else:
            self._end_all()
            await self._listen()

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        self._end_all()

    async def _listen(self) -> None:
        if self._listening is None:
            self._listening = await asyncio.start_server(self._taken, "127.0.0.1", self._own_port)
            self._own_port = self._listening.sockets[0].getsockname()[1]

    def _end_all(self) -> None:
        for writer in self._open:
            writer.close()
        self._open.clear()

    async def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            if self._state is State.BROKEN:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(_BROKEN)
                await writer.drain()
                writer.close()
            elif self._state is State.WHOLE:
                await self._relay(reader, writer)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection(self._host, self._port)
        self._open.add(server_writer)
        await asyncio.gather(
            self._pass_on(reader, server_writer), self._pass_on(server_reader, writer)
        )

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if match := _ASKED.match(data):
                    self.asked.append(match[1].decode())
                writer.write(data)
                await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def line_to(server: str) -> AsyncIterator[Line]:
    line = Line(server)
    await line.become(State.WHOLE)
    try:
        yield line
    finally:
        await line.close()
