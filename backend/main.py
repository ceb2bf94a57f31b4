"""Composition root: builds the Litestar app and the worker from the rooms."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator

import structlog
from bson import ObjectId
from litestar import Litestar
from litestar.config.cors import CORSConfig
from pydantic import SecretStr

from backend.access.circle.events import LinkEnded
from backend.access.circle.service import keep_renewing
from backend.access.consent.background import with_consent
from backend.appointments.events import AttendanceRecorded
from backend.archive.events import (
    EntriesAdded,
    EntryChanged,
    ProfileChanged,
    ResidentRegistered,
)
from backend.care.plans.documents import DayKind
from backend.care.plans.events import CareDaySettled
from backend.care.reminders.events import OccurrenceAnswered, OccurrenceMissed
from backend.care.timekeeping import keep_time
from backend.core.container import Core, build_core
from backend.core.database import store_at
from backend.core.dispatcher import Dispatcher
from backend.core.embedded import EmbeddedMongo
from backend.core.keys import LocalMasterKey
from backend.core.migrations import Migrations
from backend.core.settings import Settings
from backend.logs import configure_logs
from backend.measurements.events import ReadingCorrected, ReadingsRecorded, ReadingWithdrawn
from backend.notifications.events import told_events
from backend.questionnaires.events import QuestionnaireCompleted, QuestionnaireWithdrawn
from backend.reports.events import ReportConfirmed, ReportWithdrawn
from backend.services import DOCUMENTS, Services, build_services
from backend.web.access_log import access_log_routes
from backend.web.answers import HANDLERS
from backend.web.charts import chart_routes
from backend.web.client import client_routes
from backend.web.codes import code_routes
from backend.web.devices import device_routes
from backend.web.documents import TrustedDocuments, operations
from backend.web.downloads import download_routes
from backend.web.fhir import fhir_routes
from backend.web.graphiql_page import graphiql_routes
from backend.web.graphql import graphql_controller
from backend.web.imports import import_routes
from backend.web.looks import noted_before_answering, settled
from backend.web.metrics import metrics
from backend.web.open_origins import open_to_all_origins
from backend.web.plain import plain_routes
from backend.web.report_pages import report_page_routes
from backend.web.share import SHARED, share_routes
from backend.web.summary import summary_routes
from backend.web.telegram import TelegramDoor
from backend.web.uploads import TUS_REQUEST, TUS_RESPONSE, upload_routes
from bot.assistant.retrieval.stored import keep_rebuilding
from bot.assistant.stored.card import warm
from content.events import QuizPassed
from graphql_api.schema import build_schema
from rewards.rules.rule import EvidenceKind

log = structlog.get_logger(__name__)

_GC_FIRST = 20_000  # new containers between collections; Python's own 700 is for small programs
_LARGEST_BODY = 6 * 1024 * 1024  # a batch of 1,000 readings with long notes


def assemble(settings: Settings) -> Services:
    """Every room's services; nothing is connected yet. Raises the errors of settings and keys."""
    settings.check()
    uri = settings.mongodb_uri
    assert uri is not None, "the command line resolves the embedded server before"
    master = LocalMasterKey.from_file(settings.key_file, create=not settings.production)
    store = store_at(uri.get_secret_value(), settings.database)
    return build_services(build_core(settings, store, master))


async def prepare(core: Core) -> None:
    """Checked, with collections, indexes and migrations in place. Raises the store's errors."""
    await core.store.check()
    await core.store.prepare(DOCUMENTS)
    await Migrations(core.store, core.clock).run()


def settle_memory() -> None:
    """Schema and models live as long as the process: the collector need not look at them.

    Without this a batch of 500 readings pays for several walks over all of them. Nothing is
    collected before: a start leaves 6,000 objects of 377,000, and looking for them takes as
    long as two rooms.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(_GC_FIRST, 20, 50)


def build_dispatcher(services: Services, *, index_words: bool = True) -> Dispatcher:
    """Every subscriber of every event. Nobody else calls the room next door to tell it things.

    Without ``index_words`` the words of entries are left to ``StoredPassages.later``.
    """
    core = services.core
    dispatcher = Dispatcher(core.clock, core.changes)
    alerting = services.alerting
    dispatcher.subscribe(ReadingsRecorded, "alerts", with_consent(alerting.on_recorded))
    dispatcher.subscribe(ReadingCorrected, "alerts", with_consent(alerting.on_corrected))
    dispatcher.subscribe(ReadingWithdrawn, "alerts", with_consent(alerting.on_withdrawn))
    passages = services.passages
    if index_words:
        dispatcher.subscribe(EntriesAdded, "passages", with_consent(passages.on_added))
        dispatcher.subscribe(EntryChanged, "passages", with_consent(passages.on_changed))
    renewals = services.circle.renewals
    dispatcher.subscribe(ResidentRegistered, "renewals", renewals.on_person)
    dispatcher.subscribe(ProfileChanged, "renewals", renewals.on_person)
    earning = services.points.earning
    dispatcher.subscribe(ReadingsRecorded, "points", with_consent(earning.on_recorded))
    dispatcher.subscribe(ReadingCorrected, "points", with_consent(earning.on_reading))
    dispatcher.subscribe(ReadingWithdrawn, "points", with_consent(earning.on_reading))
    dispatcher.subscribe(EntriesAdded, "points", with_consent(earning.on_entries))
    dispatcher.subscribe(EntryChanged, "points", with_consent(earning.on_entry))
    watch = services.points.watch
    dispatcher.subscribe(ReadingsRecorded, "points_watch", with_consent(watch.on_recorded))
    confirmed = earning.of(EvidenceKind.REPORT_CONFIRMED, lambda event: [event.report_id])
    results = services.reports.alerting
    dispatcher.subscribe(ReportConfirmed, "alerts", with_consent(results.on_report))
    dispatcher.subscribe(ReportWithdrawn, "alerts", with_consent(results.on_report))
    dispatcher.subscribe(ReportConfirmed, "points", with_consent(confirmed))
    dispatcher.subscribe(ReportWithdrawn, "points", with_consent(confirmed))
    following = services.questionnaires.following
    dispatcher.subscribe(EntryChanged, "questionnaires", with_consent(following.on_entry))
    answered = earning.of(EvidenceKind.QUESTIONNAIRE, lambda event: [event.response_id])
    dispatcher.subscribe(QuestionnaireCompleted, "points", with_consent(answered))
    dispatcher.subscribe(QuestionnaireWithdrawn, "points", with_consent(answered))
    passed = earning.of(EvidenceKind.ARTICLE_QUIZ, lambda event: [event.record_id])
    dispatcher.subscribe(QuizPassed, "points", with_consent(passed))
    notifications = services.notifications
    for event in told_events():
        dispatcher.subscribe(event, "notifications", notifications.events.on_event)
    dispatcher.subscribe(LinkEnded, "inbox", notifications.on_link_ended)
    suggesting = services.reminders.suggesting
    for person in (ResidentRegistered, ProfileChanged, EntriesAdded):
        dispatcher.subscribe(person, "reminders", with_consent(suggesting.on_person))
    dispatcher.subscribe(EntryChanged, "reminders", with_consent(suggesting.on_entry))
    dispatcher.subscribe(ReadingsRecorded, "reminders", with_consent(suggesting.on_readings))
    dispatcher.subscribe(ReportConfirmed, "reminders", with_consent(suggesting.on_report))
    visits = services.appointments.visits
    dispatcher.subscribe(AttendanceRecorded, "reminders", with_consent(visits.on_attendance))
    came = earning.of(EvidenceKind.FOLLOW_UP, lambda event: [event.appointment_id])
    dispatcher.subscribe(AttendanceRecorded, "points", with_consent(came))
    _subscribe_care_plans(dispatcher, services)
    return dispatcher


def _subscribe_care_plans(dispatcher: Dispatcher, services: Services) -> None:
    plans, earning = services.care_plans, services.points.earning
    proposing, days = plans.proposing, plans.days
    for person in (ResidentRegistered, ProfileChanged):
        dispatcher.subscribe(person, "care_plans", with_consent(proposing.on_person))
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
    settled = {
        kind.value: earning.of(evidence, lambda event: [event.day_id])
        for kind, evidence in (
            (DayKind.MEASURING, EvidenceKind.PLAN_DAY),
            (DayKind.MEDICATION, EvidenceKind.MEDICATION_DAY),
        )
    }

    async def on_day(event: CareDaySettled, entry_id: ObjectId) -> None:
        await settled[event.kind](event, entry_id)

    dispatcher.subscribe(CareDaySettled, "points", with_consent(on_day))


@contextlib.asynccontextmanager
async def background(services: Services) -> AsyncIterator[None]:
    """The outbox's work, downloads and deletions, as long as the block runs."""
    tasks = [
        asyncio.create_task(build_dispatcher(services).run()),
        asyncio.create_task(services.privacy.worker.run()),
        asyncio.create_task(services.reports.reader.run()),
        asyncio.create_task(keep_renewing(services.circle)),
        asyncio.create_task(services.points.worker.run()),
        asyncio.create_task(keep_rebuilding(services.passages)),
        asyncio.create_task(keep_time(services.care.timekeeper)),
        asyncio.create_task(services.access_log.keeping.run()),
        asyncio.create_task(services.notifications.sending.run()),
        asyncio.create_task(services.reminders.worker.run()),
        asyncio.create_task(services.appointments.worker.run()),
        asyncio.create_task(services.care_plans.worker.run()),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        services.reports.engines.close()


def _warm(services: Services) -> None:
    # An emergency must not wait for rules to be read, nor a reader for the library.
    warm()
    services.content.library.named(services.content.library.pieces[0].slug)


def build_app(services: Services) -> Litestar:
    """The web app; its lifespan opens and closes the services."""
    settings = services.core.settings
    schema = build_schema(production=settings.production)
    documents = TrustedDocuments(operations(), only_known=settings.production)
    telegram = TelegramDoor(services)
    counters, counting = metrics() if settings.metrics else ([], [])

    @contextlib.asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await prepare(services.core)
        async with contextlib.AsyncExitStack() as stack:
            warming = asyncio.create_task(asyncio.to_thread(_warm, services))
            if settings.background:
                await stack.enter_async_context(background(services))
            settle_memory()
            yield
            await warming
            await services.assistant.settled()
        services.reports.close()
        await telegram.close()
        await services.identity.close()
        await services.notifications.close()
        await services.core.close()

    app = Litestar(
        route_handlers=[
            graphql_controller(services, schema, documents),
            *([] if services.core.settings.production else graphiql_routes()),
            *plain_routes(services),
            *client_routes(services),
            *device_routes(services),
            *import_routes(services),
            *chart_routes(services),
            *fhir_routes(services),
            *access_log_routes(services),
            *upload_routes(services),
            *report_page_routes(services),
            *share_routes(services),
            *code_routes(),
            *summary_routes(services),
            *download_routes(services),
            *telegram.routes,
            *counters,
        ],
        middleware=[*counting, noted_before_answering],
        after_request=settled,
        lifespan=[lifespan],
        exception_handlers=HANDLERS,
        cors_config=CORSConfig(
            allow_origins=[settings.public_url, *settings.allowed_origins],
            allow_methods=["GET", "HEAD", "POST", "PATCH", "DELETE"],
            allow_headers=["authorization", "content-type", "accept-language", *TUS_REQUEST],
            expose_headers=list(TUS_RESPONSE),
        ),
        request_max_body_size=_LARGEST_BODY,
        openapi_config=None,
        debug=False,
        logging_config=None,
    )
    app.asgi_handler = open_to_all_origins(app.asgi_handler, SHARED)
    return app


async def work_forever(services: Services) -> None:
    """What ``kangban worker`` does."""
    async with background(services):
        await asyncio.Event().wait()


def app() -> Litestar:
    """The server's entry point: everything from the settings."""
    settings = Settings()
    configure_logs(settings.log_level)
    return build_app(assemble(_joined(settings)))


def _joined(settings: Settings) -> Settings:
    """With the address of the embedded server, which this process holds from now on."""
    if settings.mongodb_uri is not None:
        return settings
    uri = EmbeddedMongo(settings.data_dir).start()
    return settings.model_copy(update={"mongodb_uri": SecretStr(uri)})
