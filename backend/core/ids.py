"""Identifiers: 12-byte, time-ordered ObjectIds, made here so that tests can fix them."""

from __future__ import annotations

from collections.abc import Callable

from bson import ObjectId

NewId = Callable[[], ObjectId]
"""Makes an id nobody has. The default is ``ObjectId`` itself; tests pass a counting one."""


def counting_ids(start: int = 1) -> NewId:
    """Ids 000…001, 000…002 and so on, for tests that assert on them."""
    current = start - 1

    def make() -> ObjectId:
        nonlocal current
        current += 1
        return ObjectId(f"{current:024x}")

    return make
