"""Which kinds of readings a viewer is granted: mood is mental health, not a number among others."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.access.service import NOTHING, Access
from backend.identity.viewer import Viewer
from backend.measurements.draft import Kind
from backend.measurements.kinds import spec

READING_CATEGORIES = frozenset(spec(kind).category for kind in Kind)


def category_of(kind: Kind) -> Category:
    return spec(kind).category


@cache
def kinds_in(categories: frozenset[Category]) -> frozenset[Kind]:
    """The kinds that belong to the categories."""
    return frozenset(kind for kind in Kind if category_of(kind) in categories)


async def require_kinds(
    access: Access,
    viewer: Viewer,
    resident_id: ObjectId,
    kinds: Collection[Kind],
    action: Action = Action.VIEW,
) -> frozenset[Kind]:
    """The kinds asked for, or where none is named all that are granted.

    Raises ``AccessDenied`` for a named kind that is not granted, and where none is.
    """
    for category in sorted({category_of(kind) for kind in kinds}):
        await access.require(viewer, resident_id, category, action)
    if kinds:
        return frozenset(kinds)
    allowed = await access.categories(viewer, resident_id, action, looks_at=READING_CATEGORIES)
    granted = kinds_in(allowed & READING_CATEGORIES)
    if not granted:
        raise AccessDenied(category=Category.READINGS.value, action=action.value)
    return granted


async def granted_kinds(
    access: Access, viewer: Viewer, resident_id: ObjectId, action: Action = Action.VIEW
) -> frozenset[Kind]:
    """All kinds that are granted, before it is known which are looked at: nothing is noted.

    Raises ``AccessDenied`` where there are none. Whoever finds something then asks
    ``Access.require`` for its category.
    """
    allowed = await access.categories(viewer, resident_id, action, looks_at=NOTHING)
    granted = kinds_in(allowed & READING_CATEGORIES)
    if not granted:
        raise AccessDenied(category=Category.READINGS.value, action=action.value)
    return granted
