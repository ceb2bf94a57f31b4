"""Who may use the rights over a record: the person and their guardians, consent or not."""

from __future__ import annotations

from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.relations import HOLDERS
from backend.access.service import Access
from backend.identity.viewer import Viewer
from backend.privacy.errors import RightNotYours


async def require_holder(
    access: Access,
    viewer: Viewer,
    resident_id: ObjectId,
    action: Action = Action.VIEW,
    *,
    purpose: str | None = None,
) -> None:
    """Raises ``AccessDenied`` for strangers, ``RightNotYours`` for others who may see."""
    relation = await access.require(viewer, resident_id, Category.PROFILE, action, purpose=purpose)
    if relation.kind not in HOLDERS:
        raise RightNotYours
