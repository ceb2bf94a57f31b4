"""Running: the embedded MongoDB, the server's processes, and calls beside a running server."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from pydantic import SecretStr

from backend.core.embedded import EmbeddedMongo, ServerLock
from backend.core.errors import KangbanError
from backend.core.settings import Settings, into_environment

if TYPE_CHECKING:
    from backend.services import Services

T = TypeVar("T")


def settings_for(data_dir: Path | None, **overrides: object) -> Settings:
    """The settings with what the command line said instead."""
    given: dict[str, Any] = dict(overrides)
    if data_dir is not None:
        given["data_dir"] = data_dir
    settings = Settings(**given)
    settings.check()
    return settings


@contextlib.contextmanager
def mongodb(settings: Settings, *, watch: bool = False) -> Iterator[Settings]:
    """Settings with a MongoDB address: the given one, or an embedded server's while the block runs.

    ``watch`` starts a ``mongod`` that died again.
    """
    if settings.mongodb_uri is not None:
        yield settings
        return
    embedded = EmbeddedMongo(settings.data_dir)
    with embedded as uri:
        if watch:
            embedded.watch()
        yield settings.model_copy(update={"mongodb_uri": SecretStr(uri)})


def serve(*, host: str, port: int, data_dir: Path | None, demo: bool) -> None:
    """Serve until interrupted; one server a data directory."""
    base = f"http://{host}:{port}"
    settings = settings_for(data_dir, **({"demo": True} if demo else {}))
    if "public_url" not in settings.model_fields_set:
        settings = settings.model_copy(update={"public_url": base})
    with contextlib.ExitStack() as stack:
        lock = ServerLock(settings.data_dir)
        lock.acquire()
        stack.callback(lock.release)
        into_environment(settings)
        stack.enter_context(_mongodb_meanwhile(settings))
        if demo:
            _load_demo()
        click.echo(f"康伴 Kangban  {base}/  GraphQL {base}/graphql", err=True)
        _granian(host, port, settings.workers)


@contextlib.contextmanager
def _mongodb_meanwhile(settings: Settings) -> Iterator[None]:
    """The embedded server comes up while the workers import, which takes as long; they join it.

    Raises, at the end, why it did not start; the server is stopped then.
    """
    if settings.mongodb_uri is not None:
        yield
        return
    embedded, failures = EmbeddedMongo(settings.data_dir), list[KangbanError]()

    def start() -> None:
        try:
            embedded.start()
            embedded.watch()
        except KangbanError as error:
            failures.append(error)
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=start, name="mongodb", daemon=True)
    try:
        # Granian puts its own handler in place when it is there.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        thread.start()
        yield
    finally:
        thread.join()
        embedded.stop()
        if failures:
            raise failures[0]


def _granian(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "backend.asgi:app",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        factory=True,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()


def _load_demo() -> None:
    # In a process of its own, which gives its memory back.
    subprocess.run([sys.executable, "-m", "backend.cli", "demo"], check=True)


async def with_services(data_dir: Path | None, work: Callable[[Services], Awaitable[T]]) -> T:
    """Open the services on the data directory, beside a running server or alone, and work."""
    from backend.logs import configure_logs
    from backend.main import assemble, prepare

    settings = settings_for(data_dir)
    configure_logs(settings.log_level)
    with mongodb(settings) as ready:
        services = assemble(ready)
        try:
            await prepare(services.core)
            return await work(services)
        finally:
            await services.identity.close()
            await services.core.close()
