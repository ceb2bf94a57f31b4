"""``kangban ledger``: the points' ledger, recomputed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import click
import orjson

from backend.services import Services
from rewards.ledger.verify import verify


def verify_ledger(*, as_json: bool) -> Callable[[Services], Awaitable[bool]]:
    """Work for open services; its answer is whether all is as it was posted."""

    async def work(_: Services) -> bool:
        verdict = await verify()
        if as_json:
            click.echo(orjson.dumps(verdict.to_json()).decode())
        elif verdict.broken is None:
            click.echo(f"✓ {verdict.entries} 笔积分，全部完整")
        else:
            click.echo(f"✗ {verdict.broken}")
        return verdict.broken is None

    return work
