"""What happens in the care circle: ids only; who is told decides the notification room."""

from __future__ import annotations

from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.outbox import Event


class InvitationAccepted(Event):
    """Somebody took the code; the resident is to confirm them."""

    name: ClassVar[str] = "invitation_accepted"
    invitation_id: PydanticObjectId


class LinkGranted(Event):
    name: ClassVar[str] = "link_granted"
    relation_id: PydanticObjectId


class LinkChanged(Event):
    name: ClassVar[str] = "link_changed"
    relation_id: PydanticObjectId
    version: int


class LinkEnded(Event):
    name: ClassVar[str] = "link_ended"
    relation_id: PydanticObjectId


class LinkNeedsRenewal(Event):
    """The ward turns 14 or 18 soon, or has."""

    name: ClassVar[str] = "link_needs_renewal"
    relation_id: PydanticObjectId


class GuardianAsked(Event):
    name: ClassVar[str] = "guardian_asked"
    request_id: PydanticObjectId


class GuardianAppointed(Event):
    name: ClassVar[str] = "guardian_appointed"
    request_id: PydanticObjectId
    relation_id: PydanticObjectId
