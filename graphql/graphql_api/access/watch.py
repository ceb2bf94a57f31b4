"""No answer leaves before the log of who looked holds it, and none that went past the gate."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable
from typing import Any

from graphql import GraphQLError
from strawberry.types import ExecutionResult

from backend.access.log.errors import GateSkipped, LogUnavailable
from backend.access.log.trail import answering


async def answered(work: Awaitable[ExecutionResult]) -> ExecutionResult:
    """``work``'s result, once all that it looked at is written. Raises ``LogUnavailable``."""
    try:
        async with answering():
            return await work
    except GateSkipped as error:
        return _refused(error)


async def each_answered(results: Any) -> AsyncGenerator[Any, None]:
    """Every result of a stream as ``answered``; a log that fails ends the stream."""
    async with contextlib.aclosing(results):
        while True:
            try:
                async with answering():
                    result = await anext(results, None)
            except (GateSkipped, LogUnavailable) as error:
                result = _refused(error)
            if result is None:
                return
            yield result


def _refused(error: Exception) -> ExecutionResult:
    return ExecutionResult(data=None, errors=[GraphQLError(str(error), original_error=error)])
