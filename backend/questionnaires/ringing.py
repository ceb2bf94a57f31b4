"""What may not wait: an answer that opens a question to the doctor at once."""

from __future__ import annotations

from beanie import PydanticObjectId

from backend.access.relations import Relation
from backend.care.documents import TicketReason, TicketUrgency
from backend.care.opening import Opening, Question
from backend.care.words import Evidence
from backend.core.database import Raw, Session
from backend.identity.viewer import Viewer
from backend.questionnaires.documents import ResponseDocument
from backend.questionnaires.model import Alarm, Form, Given
from backend.questionnaires.response import Response
from backend.questionnaires.scoring import alarms

# What whoever may read questions to the doctor sees; what was answered is behind its category.
_QUESTION = "健康问卷里有一项回答，请医生尽快联系本人。"


class Ringing:
    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    async def tickets(
        self,
        viewer: Viewer,
        before: Response,
        relation: Relation,
        answers: dict[str, Given],
        session: Session,
    ) -> Raw:
        """Tickets for what may not wait and has none yet: the change of the response, or none."""
        document = before.document
        tickets = dict(document.ticket_ids)
        for alarm in alarms(before.form, answers):
            if alarm.item not in tickets:
                question = _question(viewer, document, relation, before.form, alarm)
                tickets[alarm.item] = PydanticObjectId(await self._opening.open(question, session))
        return {"ticket_ids": tickets} if tickets != document.ticket_ids else {}


def _question(
    viewer: Viewer, document: ResponseDocument, relation: Relation, form: Form, alarm: Alarm
) -> Question:
    item = form.by_id[alarm.item]
    emergency = alarm.urgency == TicketUrgency.EMERGENCY.value
    return Question(
        resident_id=document.resident_id,
        relation=relation,
        asked_by=viewer.account_id,
        text=_QUESTION,
        reason=TicketReason.EMERGENCY if emergency else TicketReason.URGENT,
        urgency=TicketUrgency.EMERGENCY if emergency else TicketUrgency.URGENT,
        categories=frozenset({form.category}),
        draft=f"{form.title.zh}：“{item.text.zh}”",
        evidence=(
            Evidence(
                resource=f"QuestionnaireResponse/{document.id}",
                excerpt=item.text.zh,
                node="QuestionnaireResponse",
                id=str(document.id),
            ),
        ),
    )
