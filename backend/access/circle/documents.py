"""What is stored of invitations and guardianships. Reasons are sealed, codes only hashed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId

from backend.access.categories import Action, Category
from backend.access.relations import Kinship, RelationKind
from backend.core.attempts import AttemptCount, expiring
from backend.core.documents import ASC, DESC, ResidentOwned, Stored, index, unique


class InvitationState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"  # by somebody, whom the resident has not confirmed yet
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Invitation(ResidentOwned):
    """An offer of a link. ``valid_until`` is the link's, ``expires_at`` the code's."""

    code_hash: bytes
    kind: RelationKind
    kinship: Kinship | None = None
    categories: frozenset[Category]
    actions: frozenset[Action]
    valid_until: datetime | None = None
    state: InvitationState = InvitationState.OPEN
    invited_by: PydanticObjectId
    invited_at: datetime
    expires_at: datetime
    accepted_by: PydanticObjectId | None = None
    accepted_at: datetime | None = None
    confirm_until: datetime | None = None
    settled_by: PydanticObjectId | None = None
    settled_at: datetime | None = None
    relation_id: PydanticObjectId | None = None

    class Settings:
        name = "invitations"
        indexes: ClassVar = [
            unique(
                "one_open_invitation_per_code",
                ("code_hash", ASC),
                partialFilterExpression={"state": "open"},
            ),
            index("invitations_by_resident", ("resident_id", ASC), ("state", ASC)),
            index("invitations_by_guest", ("accepted_by", ASC), ("state", ASC), sparse=True),
            index(
                "open_invitations_expire",
                ("expires_at", ASC),
                expireAfterSeconds=86_400,
                partialFilterExpression={"state": "open"},
            ),
        ]


class RequestState(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class GuardianRequest(ResidentOwned):
    """Somebody asks to act for an adult who cannot manage. ``reason`` is sealed."""

    account_id: PydanticObjectId
    kinship: Kinship | None = None
    reason: bytes
    document_id: PydanticObjectId | None = None
    """An entry of the archive that shows why, a certificate say."""
    valid_until: datetime
    state: RequestState = RequestState.WAITING
    asked_at: datetime
    answer_until: datetime
    settled_by: PydanticObjectId | None = None
    settled_at: datetime | None = None

    class Settings:
        name = "guardian_requests"
        indexes: ClassVar = [
            unique(
                "one_waiting_guardian_request_per_account",
                ("resident_id", ASC),
                ("account_id", ASC),
                partialFilterExpression={"state": "waiting"},
            ),
            index("guardian_requests_by_state", ("state", ASC), ("asked_at", DESC), ("_id", DESC)),
        ]


class CodeAttempts(AttemptCount):
    """How often somebody looked at a code; ``key`` is a blind index of account or address."""

    class Settings:
        name = "code_attempts"
        indexes: ClassVar = [
            unique("one_code_count_per_key", ("key", ASC)),
            expiring("code_attempts_expire"),
        ]


class CircleTurn(Stored):
    """One document that every new guardian's transaction writes to.

    Two that were each allowed by what they read could together close a circle; writing to the
    same document makes the second one read again.
    """

    turn: int = 0

    class Settings:
        name = "circle_turns"


DOCUMENTS = (Invitation, GuardianRequest, CodeAttempts, CircleTurn)
