"""Kinds by the names people call them."""

from __future__ import annotations

from functools import cache

from backend.core.words import fold
from backend.measurements.draft import Kind
from backend.measurements.kinds import spec


def kinds_named(text: str) -> frozenset[Kind]:
    """The kinds whose Chinese or English name is ``text`` (血压, blood pressure)."""
    return _names().get(fold(text).strip(), frozenset())


@cache
def _names() -> dict[str, frozenset[Kind]]:
    names: dict[str, frozenset[Kind]] = {}
    for kind in Kind:
        for name in (spec(kind).zh, spec(kind).en, kind.value):
            names[fold(name)] = names.get(fold(name), frozenset()) | {kind}
    return names
