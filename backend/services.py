"""Every room's services, wired: what GraphQL, the bot and the command line stand on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bson import ObjectId

from backend.access.circle import documents as circle_documents
from backend.access.circle.service import Circle, build_circle
from backend.access.consent import documents as consent_documents
from backend.access.consent.service import Consents
from backend.access.contract import documents as contract_documents
from backend.access.contract.service import FamilyDoctors, build_family_doctors
from backend.access.log import documents as log_documents
from backend.access.log.desk import LogDesk, build_log_desk
from backend.access.relations import Relation
from backend.access.service import Access
from backend.appointments import documents as appointment_documents
from backend.appointments.documents import AppointmentState
from backend.appointments.services import ServiceKind
from backend.appointments.wiring import Appointments, build_appointments
from backend.archive import documents as archive_documents
from backend.archive.entries import Entries
from backend.archive.exchange import FhirExport, FhirImport
from backend.archive.people import ArchivePeople
from backend.archive.residents import Residents
from backend.archive.timeline import Timeline
from backend.assessment.assessing import Assessments
from backend.care import documents as care_documents
from backend.care.persons import ArchivePersons
from backend.care.plans import documents as plan_documents
from backend.care.plans.days import Days
from backend.care.plans.documents import DayKind
from backend.care.plans.learning import Learning
from backend.care.plans.wiring import CarePlans, build_care_plans
from backend.care.reminders import documents as reminder_documents
from backend.care.reminders.wiring import ReminderServices, build_reminders
from backend.care.service import Care, build_care
from backend.care.watch import Watch
from backend.core import container
from backend.core.container import Core
from backend.core.links import Links
from backend.identity import documents as identity_documents
from backend.identity.service import IdentityService
from backend.identity.viewer import Viewer
from backend.identity.wiring import build_identity
from backend.measurements import documents as measurement_documents
from backend.measurements.alerting import Alerting
from backend.measurements.alerts import Alerts
from backend.measurements.charting import Charting
from backend.measurements.correcting import Correcting
from backend.measurements.importing import Importing
from backend.measurements.meter_registry import MeterRegistry
from backend.measurements.meter_uploads import MeterUploads
from backend.measurements.meters import Meters
from backend.measurements.overrides import Overrides
from backend.measurements.people import People
from backend.measurements.picture import documents as picture_documents
from backend.measurements.picture import limits as picture_limits
from backend.measurements.picture.pictures import Pictures
from backend.measurements.readings import Readings
from backend.measurements.recording import Recording
from backend.measurements.trends import Trends
from backend.notifications import documents as notification_documents
from backend.notifications.wiring import Notifications, build_notifications
from backend.privacy import documents as privacy_documents
from backend.privacy.exporters.rows import RowsExporter
from backend.privacy.wiring import Privacy, Sources, build_privacy
from backend.questionnaires import documents as questionnaire_documents
from backend.questionnaires.book import book
from backend.questionnaires.documents import ResponseState
from backend.questionnaires.wiring import Questionnaires, build_questionnaires
from backend.reports import documents as report_documents
from backend.reports.documents import ReportState
from backend.reports.errors import told
from backend.reports.sandbox import Sandbox
from backend.reports.wiring import ReportServices, build_reports
from backend.sharing import documents as sharing_documents
from backend.sharing.links import ShareLinks
from backend.sharing.opening import Opening
from backend.summary.building import Summaries
from backend.summary.drawing import SummaryFiles
from bot.assistant.model.wiring import writer_of
from bot.assistant.retrieval import documents as passage_documents
from bot.assistant.retrieval.embedding import embedder
from bot.assistant.retrieval.reranking import reranker
from bot.assistant.retrieval.stored import StoredPassages
from bot.assistant.stored import documents as assistant_documents
from bot.assistant.stored.exporter import ConversationExporter
from bot.assistant.stored.service import AssistantService
from bot.linking import documents as linking_documents
from bot.linking.links import ChatLinks
from bot.telegram import documents as telegram_documents
from content import documents as content_documents
from content.choosing.facts import Hints, Stage
from content.files.lists import topics
from content.files.loading import slugs
from content.wiring import Content, build_content
from rewards import documents as reward_documents
from rewards.evidence.source import EvidenceSource, StoredEvidence
from rewards.rules.rule import EvidenceKind
from rewards.wiring import Points, build_points

DOCUMENTS = (
    *container.DOCUMENTS,
    Relation,
    *log_documents.DOCUMENTS,
    *circle_documents.DOCUMENTS,
    *contract_documents.DOCUMENTS,
    *consent_documents.DOCUMENTS,
    *privacy_documents.DOCUMENTS,
    *identity_documents.DOCUMENTS,
    *archive_documents.DOCUMENTS,
    *measurement_documents.DOCUMENTS,
    *picture_documents.DOCUMENTS,
    *report_documents.DOCUMENTS,
    *sharing_documents.DOCUMENTS,
    *reward_documents.DOCUMENTS,
    *content_documents.DOCUMENTS,
    *care_documents.DOCUMENTS,
    *questionnaire_documents.DOCUMENTS,
    *notification_documents.DOCUMENTS,
    *reminder_documents.DOCUMENTS,
    *plan_documents.DOCUMENTS,
    *appointment_documents.DOCUMENTS,
    *assistant_documents.DOCUMENTS,
    *passage_documents.DOCUMENTS,
    *linking_documents.DOCUMENTS,
    *telegram_documents.DOCUMENTS,
)
"""Every document of every room."""


@dataclass(frozen=True, slots=True)
class Services:
    """Every room's services, wired to each other."""

    core: Core
    identity: IdentityService
    access: Access
    access_log: LogDesk
    consents: Consents
    privacy: Privacy
    circle: Circle
    family_doctors: FamilyDoctors
    watch: Watch
    residents: Residents
    entries: Entries
    timeline: Timeline
    fhir_import: FhirImport
    fhir_export: FhirExport
    recording: Recording
    correcting: Correcting
    readings: Readings
    trends: Trends
    alerts: Alerts
    alerting: Alerting
    overrides: Overrides
    people: People
    importing: Importing
    charting: Charting
    links: Links
    meters: Meters
    meter_registry: MeterRegistry
    meter_uploads: MeterUploads
    pictures: Pictures
    reports: ReportServices
    share_links: ShareLinks
    share_opening: Opening
    points: Points
    content: Content
    care: Care
    questionnaires: Questionnaires
    assistant: AssistantService
    passages: StoredPassages
    summaries: Summaries
    assessments: Assessments
    summary_files: SummaryFiles
    notifications: Notifications
    reminders: ReminderServices
    care_plans: CarePlans
    appointments: Appointments
    chat_links: ChatLinks


def build_services(core: Core) -> Services:
    access = Access(core.clock)
    residents = Residents(core, access)
    people = ArchivePeople(core.keyring, residents, core.clock)
    readings = Readings(core, access)
    recording = Recording(core, access, people)
    correcting = Correcting(core, access, people)
    overrides = Overrides(core, access)
    trends = Trends(core, access, overrides, people)
    links = Links(core.keyring, core.clock)
    notifications = build_notifications(core, access)
    alerts = Alerts(core, access)
    summaries = Summaries(core, access, residents, readings, alerts, overrides, people)
    consents = Consents(core, access, residents)
    assessments = Assessments(core, access, residents, readings)
    care = build_care(core, access, overrides)
    entries = Entries(core, access)
    reminders = build_reminders(core, access, residents, entries, notifications)
    questionnaires = build_questionnaires(core, access, people, entries, care.opening)
    care_plans = build_care_plans(
        core, access, residents, reminders.reminders, overrides, people, care.opening
    )
    care_plans.book.check(
        pieces=slugs(), topics=topics(), forms={form.key for form in book().current}
    )
    hints = PlanHints(care_plans.learning)
    content = build_content(core, access, residents, overrides, hints)
    appointments = build_appointments(core, access, reminders, content.library)
    passages = StoredPassages(
        core, embedder(core.settings.embedding_model), reranker(core.settings.reranker_model)
    )
    assistant = AssistantService(
        core, access, residents, consents, care, passages, writer_of(core.settings)
    )
    reports = build_reports(core, access, residents, readings, overrides, people)
    fhir_export = FhirExport(core, access, residents, reports.originals)
    sources = Sources(residents, consents, fhir_export, readings, alerts)
    persons = ArchivePersons(residents)
    circle = build_circle(core, access, persons)
    return Services(
        core=core,
        identity=build_identity(core),
        access=access,
        access_log=build_log_desk(core, access),
        consents=consents,
        privacy=build_privacy(
            core,
            access,
            sources,
            DOCUMENTS,
            [
                ConversationExporter(assistant.conversations),
                RowsExporter(
                    "tickets",
                    "questions-to-the-doctor.json",
                    "向医生提的问题和答复",
                    "Questions to the doctor and their answers",
                    care.tickets.exported,
                ),
                RowsExporter(
                    "report_alerts",
                    "report-alerts.json",
                    "检验报告的提醒",
                    "Alerts of reports",
                    reports.alerts.plain,
                ),
                RowsExporter(
                    "questionnaires",
                    "questionnaires.json",
                    "填写的问卷和得分",
                    "Questionnaires and their scores",
                    questionnaires.looking.exported,
                ),
                RowsExporter(
                    "articles",
                    "articles.json",
                    "读过的健康文章和小测验",
                    "Health articles read and quizzes",
                    content.looking.exported,
                ),
                RowsExporter(
                    "appointments",
                    "appointments.json",
                    "预约（FHIR Appointment）",
                    "Appointments (FHIR Appointment)",
                    appointments.looking.exported,
                ),
                RowsExporter(
                    "reminders",
                    "reminders.json",
                    "提醒和完成情况",
                    "Reminders and what became of them",
                    reminders.rows.exported,
                ),
                RowsExporter(
                    "care_plans",
                    "care-plans.json",
                    "健康计划、每次调整和原因",
                    "Care plans, each change and why",
                    care_plans.looking.exported,
                ),
            ],
        ),
        circle=circle,
        watch=Watch(core, access, residents),
        family_doctors=build_family_doctors(core, access, circle.authority, persons),
        residents=residents,
        entries=entries,
        timeline=Timeline(core, access, readings),
        fhir_import=FhirImport(core, access, residents, recording, correcting),
        fhir_export=fhir_export,
        recording=recording,
        correcting=correcting,
        readings=readings,
        trends=trends,
        alerts=alerts,
        alerting=Alerting(core, readings, overrides, people),
        overrides=overrides,
        people=people,
        importing=Importing(core, access, recording),
        charting=Charting(trends, overrides, people),
        links=links,
        meters=Meters(core, access),
        meter_registry=MeterRegistry(core),
        meter_uploads=MeterUploads(core, access.log, recording),
        pictures=Pictures(
            core,
            access,
            people,
            Sandbox(picture_limits.SECONDS, picture_limits.MEMORY_BYTES),
            told,
        ),
        reports=reports,
        share_links=ShareLinks(core, access, residents, readings),
        share_opening=Opening(core, access, links),
        points=build_points(core, access, _evidence(core), PlanTasks(care_plans.days)),
        content=content,
        care=care,
        questionnaires=questionnaires,
        assistant=assistant,
        passages=passages,
        summaries=summaries,
        summary_files=SummaryFiles(summaries),
        assessments=assessments,
        notifications=notifications,
        reminders=reminders,
        care_plans=care_plans,
        appointments=appointments,
        chat_links=ChatLinks(core),
    )


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


def _evidence(core: Core) -> list[EvidenceSource]:
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
