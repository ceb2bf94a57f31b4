"""Every room's services, wired: what GraphQL, the bot and the command line stand on."""

from __future__ import annotations

from dataclasses import dataclass

from backend.access.circle.service import Circle, build_circle
from backend.access.consent.service import Consents
from backend.access.contract.service import FamilyDoctors, build_family_doctors
from backend.access.log.desk import LogDesk, build_log_desk
from backend.access.service import Access
from backend.appointments.wiring import Appointments, build_appointments
from backend.archive.entries import Entries
from backend.archive.exchange import FhirExport, FhirImport
from backend.archive.people import ArchivePeople
from backend.archive.residents import Residents
from backend.archive.timeline import Timeline
from backend.assessment.assessing import Assessments
from backend.bridges import PlanHints, PlanTasks, evidence
from backend.care.persons import ArchivePersons
from backend.care.plans.wiring import CarePlans, build_care_plans
from backend.care.reminders.wiring import ReminderServices, build_reminders
from backend.care.service import Care, build_care
from backend.care.watch import Watch
from backend.core.container import Core
from backend.core.links import Links
from backend.documents import DOCUMENTS
from backend.downloads import exporters
from backend.identity.service import IdentityService
from backend.identity.wiring import build_identity
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
from backend.measurements.picture import limits as picture_limits
from backend.measurements.picture.pictures import Pictures
from backend.measurements.readings import Readings
from backend.measurements.recording import Recording
from backend.measurements.trends import Trends
from backend.notifications.wiring import Notifications, build_notifications
from backend.privacy.wiring import Privacy, Sources, build_privacy
from backend.questionnaires.book import book
from backend.questionnaires.wiring import Questionnaires, build_questionnaires
from backend.reports.errors import told
from backend.reports.sandbox import Sandbox
from backend.reports.wiring import ReportServices, build_reports
from backend.sharing.links import ShareLinks
from backend.sharing.opening import Opening
from backend.summary.building import Summaries
from backend.summary.drawing import SummaryFiles
from bot.assistant.model.wiring import writer_of
from bot.assistant.retrieval.embedding import embedder
from bot.assistant.retrieval.reranking import reranker
from bot.assistant.retrieval.stored import StoredPassages
from bot.assistant.stored.service import AssistantService
from bot.linking.links import ChatLinks
from content.files.lists import topics
from content.files.loading import slugs
from content.wiring import Content, build_content
from rewards.wiring import Points, build_points


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
            exporters(
                assistant,
                care,
                reports,
                questionnaires,
                content,
                appointments,
                reminders,
                care_plans,
            ),
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
        points=build_points(core, access, evidence(core), PlanTasks(care_plans.days)),
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
