"""What one room asks of another, each in the asking room's own terms: neither knows the other."""

from __future__ import annotations

from datetime import date

from bson import ObjectId

from backend.appointments.documents import AppointmentState
from backend.appointments.services import ServiceKind
from backend.care.plans.days import Days
from backend.care.plans.documents import DayKind
from backend.care.plans.learning import Learning
from backend.core.container import Core
from backend.identity.viewer import Viewer
from backend.questionnaires.documents import ResponseState
from backend.reports.documents import ReportState
from content.choosing.facts import Hints, Stage
from rewards.evidence.source import EvidenceSource, StoredEvidence
from rewards.rules.rule import EvidenceKind


class PlanHints:
    """What care plans ask to be learnt, in the content library's terms."""

    def __init__(self, learning: Learning) -> None:
        self._learning = learning

    async def hints(self, viewer: Viewer, resident_id: ObjectId) -> Hints:
        found = await self._learning.now(viewer, resident_id)
        if found is None:
            return Hints()
        title = found.title
        zh, en = f"{title.zh}现在学到这里", f"Your plan is here now: {title.en}"
        return Hints(stage=Stage(found.pieces, found.topics, zh, en))


class PlanTasks:
    """Which days of plans and medicines can be completed today, in the points' terms."""

    def __init__(self, days: Days) -> None:
        self._days = days

    async def not_asked(self, resident_id: ObjectId, today: date) -> frozenset[EvidenceKind]:
        asked = await self._days.asked(resident_id, today)
        kinds = {
            DayKind.MEASURING: EvidenceKind.PLAN_DAY,
            DayKind.MEDICATION: EvidenceKind.MEDICATION_DAY,
        }
        return frozenset(evidence for kind, evidence in kinds.items() if kind not in asked)


def evidence(core: Core) -> list[EvidenceSource]:
    """What earns points in rooms that rewards does not know."""
    confirmed = {"state": ReportState.CONFIRMED.value}
    answered = {"state": ResponseState.COMPLETED.value}
    measured = {"kind": DayKind.MEASURING.value, "done": True}
    dosed = {"kind": DayKind.MEDICATION.value, "done": True}
    visited = {
        "state": AppointmentState.FULFILLED.value,
        "kind": ServiceKind.FOLLOW_UP.value,
    }
    return [
        StoredEvidence(
            core.store, EvidenceKind.REPORT_CONFIRMED, "reports", confirmed, at="confirmed_at"
        ),
        StoredEvidence(
            core.store,
            EvidenceKind.QUESTIONNAIRE,
            "questionnaire_responses",
            answered,
            at="completed_at",
            subject="form",
        ),
        StoredEvidence(
            core.store,
            EvidenceKind.ARTICLE_QUIZ,
            "content_records",
            {"passed_at": {"$ne": None}},
            at="passed_at",
            subject="piece",
        ),
        StoredEvidence(core.store, EvidenceKind.FOLLOW_UP, "appointments", visited, at="start"),
        StoredEvidence(core.store, EvidenceKind.PLAN_DAY, "care_days", measured, at="at"),
        StoredEvidence(core.store, EvidenceKind.MEDICATION_DAY, "care_days", dosed, at="at"),
    ]
