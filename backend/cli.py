"""The ``kangban`` command. What the calls do is fixed in the command-line contract.

Nothing heavy is imported here: each call imports what it needs, so that
``kangban serve``'s parent process and short calls stay small and quick.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from backend.core.errors import KangbanError

T = TypeVar("T")

_DATA_DIR = click.option(
    "--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Default: the setting."
)


class Commands(click.Group):
    """Domain errors end a call with status 1 and their message, in JSON where that was asked."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KangbanError as error:
            if "--json" in sys.argv:
                body = {"error": {"code": error.code, "message": error.message("zh")}}
                click.echo(json.dumps(body, ensure_ascii=False))
            else:
                click.echo(f"{error.message('zh')}\n{error.message('en')}", err=True)
            sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """康伴 Kangban: one lifelong health archive."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@_DATA_DIR
@click.option("--demo", is_flag=True, help="Load the demo household and show its logins.")
def serve(host: str, port: int, data_dir: Path | None, demo: bool) -> None:
    """Serve until Ctrl-C; embedded MongoDB where no KANGBAN_MONGODB_URI is set."""
    from backend.serving import serve as run

    run(host=host, port=port, data_dir=data_dir, demo=demo)


@main.command()
@_DATA_DIR
def worker(data_dir: Path | None) -> None:
    """Do background work only, until Ctrl-C; any number of workers."""
    from backend.main import work_forever

    _with_services(data_dir, work_forever)


@main.command(hidden=True)
@_DATA_DIR
def demo(data_dir: Path | None) -> None:
    """Load the demo household or bring it up to date; ``serve --demo`` does it before it serves."""
    from backend.demo.command import run

    run(data_dir)


@main.command()
def schema() -> None:
    """Print the GraphQL SDL."""
    from graphql_api.schema import build_schema

    click.echo(build_schema().as_str())


@main.command("access-matrix")
def access_matrix() -> None:
    """Print who may do what at most, asked of the policy; docs/access-matrix.md is this."""
    from backend.access.matrix import matrix

    click.echo(matrix(), nl=False)


@main.command()
@_DATA_DIR
@click.option("--list", "show", is_flag=True, help="Show all migrations and when they ran.")
def migrate(data_dir: Path | None, show: bool) -> None:
    """Run open migrations (the server does so at start)."""
    from backend.core.migrations import Migrations
    from backend.services import Services

    async def run(services: Services) -> None:
        for state in await Migrations(services.core.store, services.core.clock).states():
            if show:
                click.echo(f"{state.number}  {state.finished_at or 'open':>25}  {state.title}")

    _with_services(data_dir, run)


@main.command()
@_DATA_DIR
@click.option("--json", "as_json", is_flag=True)
def doctor(data_dir: Path | None, as_json: bool) -> None:
    """Say what this installation has, what it lacks and how to add it."""
    from backend.commands.doctor import run

    sys.exit(run(data_dir, as_json=as_json))


@main.group("import")
def import_() -> None:
    """Take in files: FHIR Bundles, device and health-app exports."""


@import_.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--resident", required=True, help="The resident's id.")
@click.option("--sender", default="file", show_default=True, help="Whose ids the files hold.")
@click.option("--patient", help="Whose record to take from a file about several.")
@click.option("--json", "as_json", is_flag=True)
@_DATA_DIR
def fhir(
    files: tuple[Path, ...],
    resident: str,
    sender: str,
    patient: str | None,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Import Bundles; print per file what was taken, merged, kept raw or refused."""
    from backend.commands.fhir import import_files

    failed = _with_services(
        data_dir,
        import_files(files, resident, sender=sender, patient=patient, as_json=as_json),
    )
    sys.exit(1 if failed else 0)


@import_.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--resident", required=True, help="The resident's id.")
@click.option("--json", "as_json", is_flag=True)
@_DATA_DIR
def measurements(
    files: tuple[Path, ...], resident: str, as_json: bool, data_dir: Path | None
) -> None:
    """Import exports of devices and health apps; print per file what was taken or refused."""
    from backend.commands.measurements import import_files

    failed = _with_services(data_dir, import_files(files, resident, as_json=as_json))
    sys.exit(1 if failed else 0)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option("--engine", type=click.Choice(["rapidocr", "tesseract"]), default="rapidocr")
@click.option("--json", "as_json", is_flag=True)
def ocr(files: tuple[str, ...], engine: str, as_json: bool) -> None:
    """Read photographed or scanned hospital reports (JPEG, PNG, HEIC, PDF)."""
    from ocr.cli import run

    sys.exit(run(list(files), as_json, engine))


@main.command()
@click.argument("question", required=False)
@click.option(
    "--archive", required=True, type=click.Path(path_type=Path, dir_okay=False), help="A Bundle."
)
@click.option("--now", help="ISO 8601; default: the clock.")
@click.option(
    "--questions", type=click.Path(path_type=Path, dir_okay=False), help="JSON lines: id, question."
)
@click.option("--json", "as_json", is_flag=True, help="Kept for clearness: the answer is JSON.")
def ask(
    question: str | None, archive: Path, now: str | None, questions: Path | None, as_json: bool
) -> None:
    """Answer from one resident's archive, without a server or a language model."""
    from bot.assistant.cli import run

    if (question is None) == (questions is None):
        raise click.UsageError("give one QUESTION or --questions FILE")
    sys.exit(run(archive, now, question, questions))


@main.command()
@click.option("--as", "login", required=True, help="A demo login: father, daughter, doctor …")
@click.option("--english", is_flag=True, help="Answer in English.")
@_DATA_DIR
def chat(login: str, english: bool, data_dir: Path | None) -> None:
    """Talk with the bot in this terminal, as somebody of the demo household."""
    from backend.commands.chat import run

    run(login, data_dir, english=english)


@main.command()
@click.option("--webhook", is_flag=True, help="Have Telegram post to the server, and end.")
@_DATA_DIR
def bot(webhook: bool, data_dir: Path | None) -> None:
    """Run the Telegram bot by polling, until Ctrl-C."""
    from backend.commands.bot import poll, set_webhook

    _with_services(data_dir, set_webhook if webhook else poll)


@main.command()
@click.argument("name", required=False)
@click.option("--quick", is_flag=True, help="Fewer rounds and less data; for a first look.")
@click.option("--json", "as_json", is_flag=True)
def bench(name: str | None, quick: bool, as_json: bool) -> None:
    """Run the side-by-side benchmarks and print their ratios."""
    from backend.commands.bench import run

    sys.exit(run(name, quick=quick, as_json=as_json))


@main.group()
def audit() -> None:
    """The log of who looked at which record."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True)
@click.option(
    "--roots",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Roots kept elsewhere, as ``kangban audit roots --json`` printed them.",
)
@_DATA_DIR
def audit_verify(as_json: bool, roots: Path | None, data_dir: Path | None) -> None:
    """Recompute every chain and root; print how many entries, or the first broken one."""
    from backend.commands.audit import verify_log

    sys.exit(0 if _with_services(data_dir, verify_log(roots, as_json=as_json)) else 1)


@audit.command("roots")
@click.option("--json", "as_json", is_flag=True)
@_DATA_DIR
def audit_roots(as_json: bool, data_dir: Path | None) -> None:
    """Print the roots, to be published or kept where nobody here can change them."""
    from backend.commands.audit import print_roots

    _with_services(data_dir, print_roots(as_json=as_json))


@main.group()
def ledger() -> None:
    """The ledger of health points."""


@ledger.command("verify")
@click.option("--json", "as_json", is_flag=True)
@_DATA_DIR
def ledger_verify(as_json: bool, data_dir: Path | None) -> None:
    """Recompute every transfer and balance; print how many, or the first broken one."""
    from backend.commands.ledger import verify_ledger

    sys.exit(0 if _with_services(data_dir, verify_ledger(as_json=as_json)) else 1)


def _with_services(data_dir: Path | None, work: Callable[[Any], Awaitable[T]]) -> T:
    from backend.serving import with_services

    return asyncio.run(with_services(data_dir, work))


if __name__ == "__main__":
    main()
