"""Who may have a code for a messenger, and about whom."""

from __future__ import annotations

from bson import ObjectId

from backend.access.consent.purpose import Purpose
from backend.access.consent.service import Consents
from backend.access.errors import RoleRequired
from backend.access.service import Access
from backend.identity.viewer import Channel, Role, Viewer
from bot.linking.links import ChatLinks, IssuedCode


async def telegram_code(
    links: ChatLinks,
    access: Access,
    consents: Consents,
    viewer: Viewer,
    resident_id: ObjectId | None,
) -> IssuedCode:
    """A code for the own account, first of all about this resident, who agreed to the channel;
    a family doctor's needs nobody: of whom they hear in the chat, each resident's consent says.

    Raises ``AccessDenied``, then ``ConsentMissing``: Telegram's servers stand abroad; and
    ``RoleRequired`` where others name nobody.
    """
    if resident_id is not None:
        await access.enter(viewer, resident_id)
        await consents.require(resident_id, Purpose.TELEGRAM)
    elif not viewer.has(Role.FAMILY_DOCTOR):
        raise RoleRequired
    return await links.issue(viewer, Channel.TELEGRAM)
