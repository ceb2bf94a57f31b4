"""Files of other apps and devices over HTTP: the body is the file, as it is."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from litestar import Request, post
from litestar.params import FromPath, FromQuery

from backend.measurements.devices.errors import FileTooLarge
from backend.services import Services
from backend.web.addresses import resident_in
from backend.web.answers import language_of
from backend.web.viewers import viewer_of

_BLOCK_BYTES = 1 << 20
_MEGABYTE = 1_000_000


def import_routes(services: Services) -> list[Any]:
    """``POST /imports/{resident}/measurements?filename=export.zip``."""
    settings = services.core.settings

    # The body is never held in memory; ``receive`` keeps to the setting.
    @post("/imports/{resident:str}/measurements", status_code=200, request_max_body_size=None)
    async def take(
        request: Request[Any, Any, Any], resident: FromPath[str], filename: FromQuery[str] = ""
    ) -> dict[str, Any]:
        viewer = await viewer_of(request, services)
        resident_id = resident_in(resident)
        await services.importing.require(viewer, resident_id)
        # Without a name: it is gone when it is closed, a crash included.
        with tempfile.TemporaryFile(dir=_folder(settings.data_dir)) as file:
            received = await receive(request, file, settings.largest_import_mb)
            # What the viewer may do is asked anew: a large file can take long to arrive.
            report = await services.importing.take(
                replace(viewer, memo={}), resident_id, file.fileno(), filename
            )
        language = language_of(request.headers.get("accept-language"))
        return {
            "filename": filename,
            "bytes": received.size,
            "sha256": received.sha256,
            **report.to_json(language),
        }

    return [take]


@dataclass(frozen=True, slots=True)
class Received:
    size: int
    sha256: str


async def receive(request: Request[Any, Any, Any], file: IO[bytes], limit_mb: int) -> Received:
    """The body into ``file``. Raises ``FileTooLarge``, before reading where the length is told."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit_mb * _MEGABYTE:
        raise FileTooLarge(limit_mb=limit_mb)
    digest, size = hashlib.sha256(), 0

    def keep(block: bytes) -> None:
        digest.update(block)
        file.write(block)

    async for block in _blocks(request.stream()):
        size += len(block)
        if size > limit_mb * _MEGABYTE:
            raise FileTooLarge(limit_mb=limit_mb)
        await asyncio.to_thread(keep, block)
    await asyncio.to_thread(file.flush)
    return Received(size, digest.hexdigest())


async def _blocks(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Pieces large enough to be worth a thread's while."""
    block = bytearray()
    async for piece in stream:
        block += piece
        if len(block) >= _BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def _folder(data_dir: Path) -> Path:
    folder = data_dir / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
