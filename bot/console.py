"""``kangban chat``: the bot in a terminal, for demos; buttons are numbers."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from backend.identity.viewer import Channel, Language, Viewer
from bot.chat.chat import Chat
from bot.chat.reply import Button, Reply
from bot.chat.rooms import Rooms
from bot.chat.talk import Talk
from bot.chat.talks import MemoryTalks

_TERMINAL = "terminal"
_FILE = "/file "
"""Before a path: what a messenger's attachment would be."""
Write = Callable[[str], None]


class Console:
    """One account at one terminal. Pictures go into ``folder`` as files."""

    def __init__(self, rooms: Rooms, viewer: Viewer, write: Write, folder: Path) -> None:
        self._chat = Chat(rooms)
        self._viewer = viewer
        self._write = write
        self._folder = folder
        self._talks = MemoryTalks()
        self._buttons: list[Button] = []
        self._pictures = 0

    async def line(self, text: str) -> None:
        """A typed line: a message, ``/file PATH``, or the number of a button shown last."""
        async with self._talks.turn(_TERMINAL, self._viewer.account_id) as talk:
            self._show(await self._replies(talk, text.strip()))

    async def _replies(self, talk: Talk, text: str) -> list[Reply]:
        if text.isdigit() and 1 <= int(text) <= len(self._buttons):
            action = self._buttons[int(text) - 1].action
            return await self._chat.press(self._viewer, talk, action)
        if text.startswith(_FILE):
            return await self._file(talk, Path(text.removeprefix(_FILE).strip()))
        return await self._chat.say(self._viewer, talk, text)

    async def _file(self, talk: Talk, path: Path) -> list[Reply]:
        try:
            data = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            return [Reply(text=f"{path}: {error.strerror}")]
        return await self._chat.file(self._viewer, talk, data, path.name)

    def _show(self, replies: list[Reply]) -> None:
        self._buttons = []
        for each in replies:
            self._write(f"{'🚨 ' if each.emergency else ''}{each.text}")
            if each.picture is not None:
                self._write(f"  [{self._kept(each.picture)}]")
            for button in each.buttons:
                self._buttons.append(button)
                self._write(f"  [{len(self._buttons)}] {button.label}")

    def _kept(self, picture: bytes) -> Path:
        self._pictures += 1
        path = self._folder / f"kangban-{self._pictures}.png"
        path.write_bytes(picture)
        return path


async def run(rooms: Rooms, viewer: Viewer, *, english: bool = False) -> None:
    """Until the end of standard input. What is typed there is one message a line."""
    # Not Channel.CONSOLE, which is the operator beside the data, whom the policy lets pass.
    viewer.channel = Channel.APP
    viewer.language = Language.EN if english else Language.ZH
    with tempfile.TemporaryDirectory(prefix="kangban-chat-") as folder:
        console = Console(rooms, viewer, _print, Path(folder))
        await console.line("help")
        async for line in _lines():
            if line.strip():
                await console.line(line)


async def _lines() -> AsyncIterator[str]:
    while line := await asyncio.to_thread(_prompted):
        yield line


def _prompted() -> str:
    if sys.stdin.isatty():
        sys.stdout.write("> ")
        sys.stdout.flush()
    return sys.stdin.readline()


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
