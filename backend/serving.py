"""Running: the embedded MongoDB, the server's processes, and calls beside a running server."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from pydantic import SecretStr

from backend.core.embedded import EmbeddedMongo, ServerLock
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
        ready = stack.enter_context(mongodb(settings, watch=True))
        into_environment(ready)
        if demo:
            _load_demo()
        click.echo(f"康伴 Kangban  {base}/  GraphQL {base}/graphql", err=True)
        _granian(host, port, ready.workers)


def _granian(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "backend.main:app",
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
