"""The registered operations of reports, as a phone sends them."""

from __future__ import annotations

from typing import Any

from mobile_contract import operation
from tests.api import Api


async def report_of(api: Api, report: str) -> dict[str, Any]:
    """The whole report."""
    found: dict[str, Any] = (await api.ask(operation("report"), id=report))["node"]
    return found


async def changed(api: Api, name: str, /, **input: Any) -> dict[str, Any]:
    """The report after a mutation."""
    data = await api.ask(operation(name), input=input)
    report: dict[str, Any] = next(iter(data.values()))["report"]
    return report


async def refused(api: Api, name: str, /, **input: Any) -> str:
    """The code that a mutation is refused with."""
    return await api.refusal(operation(name), input=input)
