"""Optional, outside CI: a real model at ``KANGBAN_TEST_MODEL_URL`` moves no figure of the eval.

llama-server --model gemma-3-270m-q4_k_m.gguf --port 8080
KANGBAN_TEST_MODEL_URL=http://127.0.0.1:8080/v1 pytest -m slow tests/assistant/model
"""

from __future__ import annotations

import os

import pytest

from bot.assistant.model.asking import Endpoint
from bot.assistant.model.writer import Writer
from tests.evals.assistant.questions import numeric_cases
from tests.evals.assistant.residents import build
from tests.evals.assistant.run import assistant_for, unsupported

URL = os.environ.get("KANGBAN_TEST_MODEL_URL")


@pytest.mark.slow
@pytest.mark.skipif(URL is None, reason="KANGBAN_TEST_MODEL_URL is not set")
def test_with_a_real_model_every_fact_stays() -> None:
    assert URL is not None
    person = build(0)
    assistant = assistant_for(person)
    writer = Writer(Endpoint(URL, "real", None, 30.0))
    for case in numeric_cases(person, 1)[:40]:
        before = assistant.ask(case.question)
        after = writer.reword(before, assistant._view)
        assert (after.facts, after.citations, after.outcome) == (
            before.facts,
            before.citations,
            before.outcome,
        )
        assert unsupported(after) == []
