"""A consent's record: made the same way at registration and afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.consent.documents import ConsentRecord
from backend.access.consent.errors import ConsentMissing, NoticeOutdated
from backend.access.consent.notices import Notice, current, notice
from backend.access.consent.purpose import ConsentState, Purpose
from backend.access.relations import RelationKind
from backend.core.database import Session
from backend.identity.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Accepted:
    """A notice that somebody read and agreed to."""

    purpose: Purpose
    version: str


def accepted_now(*purposes: Purpose) -> tuple[Accepted, ...]:
    """The current notices of these purposes, for set-up code that shows nothing."""
    return tuple(Accepted(each, current(each).version) for each in purposes)


def check_shown(accepted: Accepted) -> Notice:
    """The notice accepted. Raises ``NoticeUnknown``, or ``NoticeOutdated`` for an old one."""
    shown = notice(accepted.purpose, accepted.version)
    newest = current(accepted.purpose)
    if shown.major < newest.major:
        raise NoticeOutdated(purpose=accepted.purpose.value, version=newest.version)
    return shown


def check_first(accepted: Sequence[Accepted]) -> None:
    """What a registration needs. Raises ``ConsentMissing`` and as ``check_shown``."""
    for each in accepted:
        check_shown(each)
    if Purpose.HEALTH_DATA not in {each.purpose for each in accepted}:
        raise ConsentMissing(purpose=Purpose.HEALTH_DATA.value, state=ConsentState.MISSING.value)


async def write_first(
    viewer: Viewer,
    resident_id: ObjectId,
    kind: RelationKind,
    accepted: Sequence[Accepted],
    now: datetime,
    session: Session,
) -> None:
    """The consents given with a registration, in its transaction; ``check_first`` was passed."""
    for each in {one.purpose: one for one in accepted}.values():
        record = record_of(viewer, resident_id, kind, check_shown(each), given=True, now=now)
        await record.insert(session=session)


def record_of(
    viewer: Viewer,
    resident_id: ObjectId,
    kind: RelationKind,
    shown: Notice,
    *,
    given: bool,
    now: datetime,
    sequence: int = 1,
) -> ConsentRecord:
    return ConsentRecord(
        resident_id=PydanticObjectId(resident_id),
        purpose=shown.purpose,
        sequence=sequence,
        given=given,
        version=shown.version,
        digest=shown.text(viewer.language).digest(),
        language=viewer.language,
        at=now,
        account_id=PydanticObjectId(viewer.account_id),
        relation=kind,
        channel=viewer.channel,
    )
