"""Whom to ask about a number that is far from the resident's own last values."""

from __future__ import annotations

from collections.abc import Collection

from bson import ObjectId

from backend.access.errors import AccessDenied
from backend.access.service import Access
from backend.identity.viewer import Viewer
from backend.measurements.draft import Kind
from backend.measurements.granted import category_of, granted_kinds
from backend.measurements.own_values import Doubt, slow_kinds


async def doubt_of(
    access: Access, viewer: Viewer, resident_id: ObjectId, kinds: Collection[Kind]
) -> Doubt:
    """Who may record and not see is not asked: the question would tell the last value."""
    slow = slow_kinds().intersection(kinds)
    if not slow:
        return Doubt.ASK
    try:
        seen = await granted_kinds(access, viewer, resident_id)
    except AccessDenied:
        return Doubt.MARK
    return Doubt.ASK if slow <= seen else Doubt.MARK


async def note_told(
    access: Access, viewer: Viewer, resident_id: ObjectId, kinds: Collection[Kind]
) -> None:
    """A question that tells a value is a look at it: the log of who looked holds it."""
    for category in sorted({category_of(kind) for kind in kinds}):
        await access.require(viewer, resident_id, category)
