"""Who hears what: every subscriber of every event.

Nobody else calls the room next door to tell it things. What works on a resident's data asks for
its consent first (``with_consent``).
"""

from __future__ import annotations

from bson import ObjectId

from backend.access.circle.events import LinkEnded
from backend.access.consent.background import with_consent
from backend.appointments.events import AttendanceRecorded
from backend.archive.events import EntriesAdded, EntryChanged, ProfileChanged, ResidentRegistered
from backend.care.plans.documents import DayKind
from backend.care.plans.events import CareDaySettled
from backend.care.reminders.events import OccurrenceAnswered, OccurrenceMissed
from backend.core.dispatcher import Dispatcher
from backend.measurements.events import ReadingCorrected, ReadingsRecorded, ReadingWithdrawn
from backend.notifications.events import told_events
from backend.questionnaires.events import QuestionnaireCompleted, QuestionnaireWithdrawn
from backend.reports.events import ReportConfirmed, ReportWithdrawn
from backend.services import Services
from content.events import QuizPassed
from rewards.rules.rule import EvidenceKind


def build_dispatcher(services: Services, *, index_words: bool = True) -> Dispatcher:
    """All rooms' subscribers, over the services' store.

    Without ``index_words`` the words of entries are left to ``StoredPassages.later``.
    """
    dispatcher = Dispatcher(services.core.clock, services.core.changes)
    _alerts(dispatcher, services)
    if index_words:
        _words(dispatcher, services)
    _circle(dispatcher, services)
    _questionnaires(dispatcher, services)
    _notifications(dispatcher, services)
    _reminders(dispatcher, services)
    _care_plans(dispatcher, services)
    _points(dispatcher, services)
    return dispatcher


def _alerts(dispatcher: Dispatcher, services: Services) -> None:
    readings = services.alerting
    dispatcher.subscribe(ReadingsRecorded, "alerts", with_consent(readings.on_recorded))
    dispatcher.subscribe(ReadingCorrected, "alerts", with_consent(readings.on_corrected))
    dispatcher.subscribe(ReadingWithdrawn, "alerts", with_consent(readings.on_withdrawn))
    results = services.reports.alerting
    dispatcher.subscribe(ReportConfirmed, "alerts", with_consent(results.on_report))
    dispatcher.subscribe(ReportWithdrawn, "alerts", with_consent(results.on_report))


def _words(dispatcher: Dispatcher, services: Services) -> None:
    passages = services.passages
    dispatcher.subscribe(EntriesAdded, "passages", with_consent(passages.on_added))
    dispatcher.subscribe(EntryChanged, "passages", with_consent(passages.on_changed))


def _circle(dispatcher: Dispatcher, services: Services) -> None:
    renewals = services.circle.renewals
    dispatcher.subscribe(ResidentRegistered, "renewals", renewals.on_person)
    dispatcher.subscribe(ProfileChanged, "renewals", renewals.on_person)


def _questionnaires(dispatcher: Dispatcher, services: Services) -> None:
    following = services.questionnaires.following
    dispatcher.subscribe(EntryChanged, "questionnaires", with_consent(following.on_entry))


def _notifications(dispatcher: Dispatcher, services: Services) -> None:
    notifications = services.notifications
    for event in told_events():
        dispatcher.subscribe(event, "notifications", notifications.events.on_event)
    dispatcher.subscribe(LinkEnded, "inbox", notifications.on_link_ended)


def _reminders(dispatcher: Dispatcher, services: Services) -> None:
    suggesting = services.reminders.suggesting
    for person in (ResidentRegistered, ProfileChanged, EntriesAdded):
        dispatcher.subscribe(person, "reminders", with_consent(suggesting.on_person))
    dispatcher.subscribe(EntryChanged, "reminders", with_consent(suggesting.on_entry))
    dispatcher.subscribe(ReadingsRecorded, "reminders", with_consent(suggesting.on_readings))
    dispatcher.subscribe(ReportConfirmed, "reminders", with_consent(suggesting.on_report))
    visits = services.appointments.visits
    dispatcher.subscribe(AttendanceRecorded, "reminders", with_consent(visits.on_attendance))


def _care_plans(dispatcher: Dispatcher, services: Services) -> None:
    plans = services.care_plans
    proposing, days = plans.proposing, plans.days
    for person in (ResidentRegistered, ProfileChanged):
        dispatcher.subscribe(person, "care_plans", with_consent(proposing.on_person))
        dispatcher.subscribe(person, "care_plan_birthdays", plans.birthdays.on_person)
    dispatcher.subscribe(EntriesAdded, "care_plans", with_consent(proposing.on_entries))
    dispatcher.subscribe(EntryChanged, "care_plans", with_consent(proposing.on_entry))
    dispatcher.subscribe(ReadingsRecorded, "care_plans", with_consent(proposing.on_readings))
    dispatcher.subscribe(EntriesAdded, "care_plan_duties", with_consent(plans.on_entries))
    for done in (EntryChanged, AttendanceRecorded):
        dispatcher.subscribe(done, "care_plan_duties", with_consent(plans.on_duty_done))
    dispatcher.subscribe(ReadingsRecorded, "care_days", with_consent(days.on_recorded))
    for changed in (ReadingCorrected, ReadingWithdrawn):
        dispatcher.subscribe(changed, "care_days", with_consent(days.on_reading))
    for answered in (OccurrenceAnswered, OccurrenceMissed):
        dispatcher.subscribe(answered, "care_days", with_consent(days.on_answer))


def _points(dispatcher: Dispatcher, services: Services) -> None:
    earning, watch = services.points.earning, services.points.watch
    dispatcher.subscribe(ReadingsRecorded, "points", with_consent(earning.on_recorded))
    dispatcher.subscribe(ReadingsRecorded, "points_watch", with_consent(watch.on_recorded))
    for reading in (ReadingCorrected, ReadingWithdrawn):
        dispatcher.subscribe(reading, "points", with_consent(earning.on_reading))
    dispatcher.subscribe(EntriesAdded, "points", with_consent(earning.on_entries))
    dispatcher.subscribe(EntryChanged, "points", with_consent(earning.on_entry))
    report = earning.of(EvidenceKind.REPORT_CONFIRMED, lambda event: [event.report_id])
    answers = earning.of(EvidenceKind.QUESTIONNAIRE, lambda event: [event.response_id])
    quiz = earning.of(EvidenceKind.ARTICLE_QUIZ, lambda event: [event.record_id])
    came = earning.of(EvidenceKind.FOLLOW_UP, lambda event: [event.appointment_id])
    for event, handler in (
        (ReportConfirmed, report),
        (ReportWithdrawn, report),
        (QuestionnaireCompleted, answers),
        (QuestionnaireWithdrawn, answers),
        (QuizPassed, quiz),
        (AttendanceRecorded, came),
    ):
        dispatcher.subscribe(event, "points", with_consent(handler))
    _points_of_days(dispatcher, services)


def _points_of_days(dispatcher: Dispatcher, services: Services) -> None:
    settled = {
        kind.value: services.points.earning.of(evidence, lambda event: [event.day_id])
        for kind, evidence in (
            (DayKind.MEASURING, EvidenceKind.PLAN_DAY),
            (DayKind.MEDICATION, EvidenceKind.MEDICATION_DAY),
        )
    }

    async def on_day(event: CareDaySettled, entry_id: ObjectId) -> None:
        await settled[event.kind](event, entry_id)

    dispatcher.subscribe(CareDaySettled, "points", with_consent(on_day))
