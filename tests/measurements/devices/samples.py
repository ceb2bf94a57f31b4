"""Real example files beside the checkout, and a context to read them in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.measurements.devices import Context, Outcome, Refusal, Skipped, decode_file
from backend.measurements.draft import Draft

SHARED = Path(__file__).resolve().parents[3] / "../shared/data"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CONTEXT = Context(received_at=NOW)


def sample(name: str) -> Path:
    """The example file, or a skip with the reason."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the example data are not beside this checkout: {name}")
    return path


def decoded(path: Path, context: Context = CONTEXT) -> list[Outcome]:
    return list(decode_file(path, path.name, context))


def drafts(outcomes: list[Outcome]) -> list[Draft]:
    return [outcome for outcome in outcomes if isinstance(outcome, Draft)]


def refusals(outcomes: list[Outcome]) -> list[Refusal]:
    return [outcome for outcome in outcomes if isinstance(outcome, Refusal)]


def skipped(outcomes: list[Outcome]) -> dict[str, int]:
    return {outcome.type: outcome.count for outcome in outcomes if isinstance(outcome, Skipped)}


def source_ids(outcomes: list[Outcome]) -> list[str | None]:
    return [draft.source.id for draft in drafts(outcomes)]
