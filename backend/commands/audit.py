"""``kangban audit``: the log of who looked, recomputed; its roots, to be published and kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click
import orjson

from backend.access.log.anchoring import all_roots
from backend.access.log.verify import verify
from backend.core.errors import Invalid
from backend.services import Services

Work = Callable[[Services], Awaitable[bool]]


class RootsFileInvalid(Invalid):
    code = "AUDIT_ROOTS_FILE_INVALID"
    zh = "文件 {name} 第 {line} 行不是 kangban audit roots 的输出。"
    en = "Line {line} of {name} is nothing that kangban audit roots printed."


def verify_log(kept: Path | None, *, as_json: bool) -> Work:
    """Work for open services; its answer is whether all is as it was written."""
    published = read_roots(kept) if kept else None

    async def work(services: Services) -> bool:
        verdict = await verify(services.core.clock.now(), published)
        if as_json:
            _print_json(verdict.to_json())
        elif verdict.broken is None:
            click.echo(f"✓ {verdict.entries} 条访问记录，全部完整")
        else:
            click.echo(f"✗ {verdict.broken}")
        return verdict.broken is None

    return work


def print_roots(*, as_json: bool) -> Work:
    """Prints every root, oldest first: one line each."""

    async def work(_: Services) -> bool:
        for root in await all_roots():
            if as_json:
                _print_json(root.to_json())
            else:
                click.echo(f"{root.number}  {root.at.isoformat()}  {root.size}  {root.hash.hex()}")
        return True

    return work


def read_roots(path: Path) -> dict[int, bytes]:
    """Hashes by number, from what ``kangban audit roots --json`` printed.

    Raises ``RootsFileInvalid``.
    """
    kept: dict[int, bytes] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            root: dict[str, Any] = orjson.loads(line)
            kept[int(root["number"])] = bytes.fromhex(root["hash"])
        except (ValueError, KeyError, TypeError) as error:
            raise RootsFileInvalid(name=path.name, line=number) from error
    return kept


def _print_json(value: dict[str, Any]) -> None:
    click.echo(orjson.dumps(value).decode())
