"""``kangban import fhir``: files in, one line or object a file out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import click
import orjson
from bson import ObjectId
from bson.errors import InvalidId

from backend.access.service import console_viewer
from backend.archive.exchange import ImportReport
from backend.core.errors import KangbanError, NotFound
from backend.services import Services


class ResidentIdUnknown(NotFound):
    code = "RESIDENT_ID_UNKNOWN"
    zh = "没有编号为 {id} 的居民。"
    en = "There is no resident with the id {id}."


class FileUnreadable(NotFound):
    code = "FILE_UNREADABLE"
    zh = "读不了文件 {name}。"
    en = "The file {name} cannot be read."


def import_files(
    files: Sequence[Path], resident: str, *, sender: str, patient: str | None, as_json: bool
) -> Callable[[Services], Awaitable[bool]]:
    """Work for open services; its answer is whether any file failed as a whole."""

    async def work(services: Services) -> bool:
        resident_id = await known_resident(services, resident)
        failed = False
        for path in files:
            try:
                report = await _take(services, resident_id, path, sender, patient)
            except KangbanError as error:
                failed = True
                _say_failure(path, error, as_json)
            else:
                _say(path, report, as_json)
        return failed

    return work


async def known_resident(services: Services, text: str) -> ObjectId:
    """The id of a resident who exists. Raises ``ResidentIdUnknown``."""
    try:
        resident_id = ObjectId(text)
        await services.residents.load(resident_id)
    except (InvalidId, NotFound) as error:
        raise ResidentIdUnknown(id=text[:40]) from error
    return resident_id


async def _take(
    services: Services, resident_id: ObjectId, path: Path, sender: str, patient: str | None
) -> ImportReport:
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        raise FileUnreadable(name=path.name) from error
    return await services.fhir_import.take(
        console_viewer(), resident_id, data, sender=sender, patient=patient
    )


def _say(path: Path, report: ImportReport, as_json: bool) -> None:
    if as_json:
        _print_json({"file": str(path), **report.to_json("zh")})
        return
    counts = report.counts
    click.echo(
        f"{path.name}: 采纳 {counts['taken']}，合并 {counts['merged']}，"
        f"原样保留 {counts['raw']}，拒绝 {counts['refused']}"
    )
    for item in report.items:
        if item.reason is not None:
            name = f"{item.fhir_type}/{item.fhir_id or '-'}"
            click.echo(f"  {name} {item.outcome}: {item.reason.code} {item.reason.message('zh')}")


def _say_failure(path: Path, error: KangbanError, as_json: bool) -> None:
    if as_json:
        body = {"code": error.code, "message": error.message("zh")}
        _print_json({"file": str(path), "error": body})
    else:
        click.echo(f"{path.name}: {error.code} {error.message('zh')}", err=True)


def _print_json(value: dict[str, Any]) -> None:
    click.echo(orjson.dumps(value).decode())
