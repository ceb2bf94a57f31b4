"""``kangban ask``: questions over a Bundle file, JSON out, by the command-line contract."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend.core.clock import SHANGHAI, SystemClock
from backend.core.errors import KangbanError
from bot.assistant.engine import Assistant
from bot.assistant.errors import NowUnreadable, QuestionsUnreadable
from bot.assistant.fhir import load_bundle


def run(archive: Path, now: str | None, question: str | None, questions_file: Path | None) -> int:
    """Print one JSON object per question; exit status 0, or 1 with ``{"error": …}``.

    ``now`` is ISO 8601 (naive means Asia/Shanghai), the clock where None. The
    archive is read once; answers are printed in the questions' order.
    """
    try:
        assistant = Assistant(load_bundle(archive, _moment(now)))
        for identifier, text in _questions(question, questions_file):
            answer = assistant.ask(text).to_json()
            _print({"id": identifier, **answer})
    except KangbanError as error:
        _print({"error": {"code": error.code, "message": error.message("zh")}})
        return 1
    return 0


def _moment(now: str | None) -> datetime:
    if now is None:
        return SystemClock().now()
    try:
        at = datetime.fromisoformat(now)
    except ValueError as error:
        raise NowUnreadable(now=now) from error
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def _questions(question: str | None, file: Path | None) -> Iterator[tuple[Any, str]]:
    if file is None:
        yield None, question or ""
        return
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise QuestionsUnreadable(line=0) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            identifier, text = row.get("id"), row["question"]
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise QuestionsUnreadable(line=number) from error
        yield identifier, str(text)


def _print(row: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()
