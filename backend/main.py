"""Composition root: builds the Litestar app and the worker from the rooms."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator

import structlog
from litestar import Litestar
from litestar.config.cors import CORSConfig
from pydantic import SecretStr

from backend.access.circle.service import keep_renewing
from backend.care.timekeeping import keep_time
from backend.core.container import Core, build_core
from backend.core.database import store_at
from backend.core.embedded import EmbeddedMongo
from backend.core.keys import LocalMasterKey
from backend.core.migrations import Migrations
from backend.core.settings import Settings
from backend.documents import DOCUMENTS
from backend.logs import configure_logs
from backend.services import Services, build_services
from backend.subscribers import build_dispatcher
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
from backend.web.pictures import picture_routes
from backend.web.plain import plain_routes
from backend.web.report_pages import report_page_routes
from backend.web.share import SHARED, share_routes
from backend.web.summary import summary_routes
from backend.web.telegram import TelegramDoor
from backend.web.uploads import TUS_REQUEST, TUS_RESPONSE, upload_routes
from bot.assistant.stored.card import warm
from graphql_api.schema import build_schema

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


@contextlib.asynccontextmanager
async def background(services: Services) -> AsyncIterator[None]:
    """The outbox's work, downloads and deletions, as long as the block runs."""
    tasks = [
        asyncio.create_task(build_dispatcher(services).run()),
        asyncio.create_task(services.privacy.worker.run()),
        asyncio.create_task(services.reports.reader.run()),
        asyncio.create_task(keep_renewing(services.circle)),
        asyncio.create_task(services.points.worker.run()),
        asyncio.create_task(services.passages.run()),
        asyncio.create_task(keep_time(services.care.timekeeper)),
        asyncio.create_task(services.access_log.keeping.run()),
        asyncio.create_task(services.notifications.sending.run()),
        asyncio.create_task(services.reminders.worker.run()),
        asyncio.create_task(services.appointments.worker.run()),
        asyncio.create_task(services.care_plans.worker.run()),
        asyncio.create_task(services.care_plans.birthdays.run()),
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
                await stack.enter_async_context(telegram.deleting())
            settle_memory()
            yield
            await warming
            await services.assistant.settled()
        services.reports.close()
        services.pictures.close()
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
            *picture_routes(services),
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
