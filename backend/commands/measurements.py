"""``kangban import measurements``: device and health-app files in, a line or object a file out."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import click
import orjson
from bson import ObjectId

from backend.access.service import console_viewer
from backend.commands.fhir import FileUnreadable, known_resident
from backend.core.errors import KangbanError
from backend.measurements.batch import Outcome
from backend.measurements.import_report import ImportReport, Progress
from backend.services import Services

_MEGABYTE = 1_000_000


def import_files(
    files: Sequence[Path], resident: str, *, as_json: bool
) -> Callable[[Services], Awaitable[bool]]:
    """Work for open services; its answer is whether any file failed as a whole."""

    async def work(services: Services) -> bool:
        resident_id = await known_resident(services, resident)
        failed = False
        for path in files:
            try:
                report = await _take(services, resident_id, path)
            except KangbanError as error:
                failed = True
                _say_failure(path, error, as_json)
            else:
                failed = failed or report.broken is not None
                _say(path, report, as_json)
        return failed

    return work


async def _take(services: Services, resident_id: ObjectId, path: Path) -> ImportReport:
    show = _shower(path.name) if sys.stderr.isatty() else None
    try:
        return await services.importing.take(
            console_viewer(), resident_id, path, path.name, tell=show
        )
    except OSError as error:
        raise FileUnreadable(name=path.name) from error
    finally:
        if show is not None:
            click.echo(err=True)


def _shower(name: str) -> Callable[[Progress], None]:
    def show(progress: Progress) -> None:
        read, size = progress.read / _MEGABYTE, progress.size / _MEGABYTE
        text = f"\r{name}: {read:.1f}/{size:.1f} MB, {progress.readings}"
        click.echo(text, err=True, nl=False)

    return show


def _say(path: Path, report: ImportReport, as_json: bool) -> None:
    if as_json:
        _print_json({"file": str(path), **report.to_json("zh")})
        return
    counts, skipped = report.counts, sum(report.skipped.values())
    click.echo(
        f"{path.name}: 新增 {counts[Outcome.RECORDED]}，已有 {counts[Outcome.UNCHANGED]}，"
        f"重复 {counts[Outcome.DUPLICATE]}，拒绝 {counts[Outcome.REFUSED]}，不收的类型 {skipped}"
    )
    for each in report.refusals:
        click.echo(f"  {each.position}: {each.error.code} {each.error.message('zh')}")
    if report.broken is not None:
        click.echo(f"  {report.broken.code} {report.broken.message('zh')}", err=True)


def _say_failure(path: Path, error: KangbanError, as_json: bool) -> None:
    if as_json:
        body = {"code": error.code, "message": error.message("zh")}
        _print_json({"file": str(path), "error": body})
    else:
        click.echo(f"{path.name}: {error.code} {error.message('zh')}", err=True)


def _print_json(value: dict[str, Any]) -> None:
    click.echo(orjson.dumps(value).decode())
