"""``kangban bench``: the ratios, printed as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import click
import orjson

from backend.bench.measure import Ratio
from backend.bench.run import BENCHES
from backend.logs import configure_logs

T = TypeVar("T")


def run(name: str | None, *, quick: bool, as_json: bool) -> int:
    """Run one benchmark or all; 1 where a ratio is over its limit, 2 for an unknown name."""
    if name is not None and name not in BENCHES:
        click.echo(f"bench: {', '.join(BENCHES)}", err=True)
        return 2
    configure_logs("WARNING")  # standard output is for the ratios
    ok = True
    for each in [name] if name else BENCHES:
        click.echo(f"… {each}", err=True)
        for ratio in _in_the_servers_loop(_run(each, quick)):
            ok = ok and ratio.ok
            if as_json:
                click.echo(orjson.dumps(ratio.to_json()).decode())
            else:
                mark = "✓" if ratio.ok else "✗"
                limit = f"limit {ratio.limit}×" if ratio.limit else "for information"
                click.echo(f"{mark} {ratio.name}: {ratio.ratio:.2f}× ({limit})")
    return 0 if ok else 1


def _in_the_servers_loop(work: Coroutine[Any, Any, T]) -> T:
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


async def _run(name: str, quick: bool) -> list[Ratio]:
    return await BENCHES[name](quick)
