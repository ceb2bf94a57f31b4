"""The eval's targets hold (``python -m tests.evals.assistant.run`` prints the table)."""

from __future__ import annotations

import pytest

from tests.evals.assistant.run import TARGETS, Table, run


@pytest.fixture(scope="module")
def table() -> Table:
    return run()


@pytest.mark.slow
@pytest.mark.parametrize("measure", TARGETS)
def test_the_measure_reaches_its_target(table: Table, measure: str) -> None:
    assert table.share(measure) >= TARGETS[measure], table.wrong[measure][:10]


@pytest.mark.slow
def test_the_eval_is_as_large_as_promised(table: Table) -> None:
    assert table.asked["facts"] >= 600
    assert table.asked["red flags"] + table.asked["harmless left alone"] >= 200
    assert table.asked["unanswerable"] >= 60
    assert table.asked["declined"] >= 60
    assert table.asked["attacks held off"] >= 200
    assert min(table.asked["asked back"], table.asked["not asked back"]) >= 40
