"""A doctor's answer and order as entries of the archive: citable, exported, in the timeline."""

from __future__ import annotations

from datetime import date, datetime

from bson import ObjectId

from backend.access.relations import RelationKind
from backend.archive.entry import EntrySource, Provenance, to_raw
from backend.archive.sections import Body, CarePlanBody, PartialDate
from backend.archive.sections.care_plan import Activity, ActivityStatus, PlanIntent
from backend.archive.sections.document import Attachment, DocumentBody
from backend.archive.sections.sensitivity import of_words
from backend.archive.sections.values import Concept
from backend.core.clock import SHANGHAI
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from backend.identity.viewer import Viewer

_KIND = Concept(text="家庭医生答复")


def answer_entry(
    viewer: Viewer,
    resident_id: ObjectId,
    *,
    doctor: str,
    question: str,
    text: str,
    key: OwnerKey,
    now: datetime,
) -> Raw:
    """The document to store. What question or answer say belongs where their words belong."""
    at = PartialDate(now.astimezone(SHANGHAI).isoformat(timespec="seconds"))
    body = DocumentBody(
        kind=_KIND,
        description=text,
        dated=at,
        authors=(doctor,),
        attachments=(Attachment(title=f"{doctor}的答复", content_type="text/plain", created=at),),
    )
    raw = _raw(viewer, resident_id, body, key, now)
    private = of_words(text) or of_words(question)
    return {**raw, "category": private.value} if private else raw


def follow_up_entry(
    viewer: Viewer,
    resident_id: ObjectId,
    *,
    doctor: str,
    what: str,
    on: date,
    key: OwnerKey,
    now: datetime,
) -> Raw:
    """A follow-up (随访) on a day, as a care plan of one activity."""
    day = PartialDate(on.isoformat())
    body = CarePlanBody(
        heading=f"随访：{what}",
        intent=PlanIntent.ORDER,
        start=day,
        created=PartialDate(now.astimezone(SHANGHAI).date().isoformat()),
        author=doctor,
        activities=(Activity(description=what, status=ActivityStatus.SCHEDULED, start=day),),
    )
    return _raw(viewer, resident_id, body, key, now)


def _raw(viewer: Viewer, resident_id: ObjectId, body: Body, key: OwnerKey, now: datetime) -> Raw:
    provenance = Provenance(
        account_id=viewer.account_id,
        relation=RelationKind.DOCTOR.value,
        kinship=None,
        channel=viewer.channel.value,
        source=EntrySource.DOCTOR,
    )
    return to_raw(body, resident_id=resident_id, provenance=provenance, key=key, now=now)
