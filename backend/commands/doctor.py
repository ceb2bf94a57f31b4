"""``kangban doctor``: the findings, printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import orjson

from backend.core.settings import Settings
from backend.doctor import Finding, Installation, examine

_MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}


def run(data_dir: Path | None, *, as_json: bool) -> int:
    """Print every finding; 1 where something that Kangban cannot do without is missing."""
    given: dict[str, Any] = {"data_dir": data_dir} if data_dir else {}
    settings = Settings(**given)
    findings = examine(
        Installation(
            data_dir=settings.data_dir,
            master_key_file=settings.key_file,
            mongodb_uri=settings.mongodb_uri.get_secret_value() if settings.mongodb_uri else None,
            production=settings.production,
            ocr_engine=settings.ocr_engine,
            wechat_configured=bool(settings.wechat_app_id and settings.wechat_app_secret),
            firebase_configured=bool(settings.firebase_project_id),
        )
    )
    if as_json:
        click.echo(orjson.dumps([_as_json(each) for each in findings]).decode())
    else:
        for each in findings:
            _say(each)
    return 1 if any(each.status == "fail" for each in findings) else 0


def _say(finding: Finding) -> None:
    click.echo(f"{_MARKS[finding.status]} {finding.name}: {finding.what.zh} / {finding.what.en}")
    if finding.how_to_fix is not None:
        click.echo(f"    → {finding.how_to_fix.zh}\n    → {finding.how_to_fix.en}")


def _as_json(finding: Finding) -> dict[str, object]:
    fix = finding.how_to_fix
    return {
        "name": finding.name,
        "status": finding.status,
        "what": finding.what._asdict(),
        "howToFix": fix._asdict() if fix else None,
    }
