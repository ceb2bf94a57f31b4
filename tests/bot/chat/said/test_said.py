"""Every sentence that the rules were made with is understood; of those kept apart none wrongly."""

from __future__ import annotations

import pytest

from tests.bot.chat.said.judging import Verdict, sentences, verdict


@pytest.mark.parametrize("batch", ["kept_apart", "second_apart", "lasting_apart"])
def test_nothing_kept_apart_is_understood_wrongly(batch: str) -> None:
    found = {text: verdict(text, means) for text, means in sentences(batch)}

    assert [text for text, each in found.items() if each is Verdict.WRONG] == []


@pytest.mark.parametrize(("text", "means"), [*sentences("mended_with"), *sentences("lasting")])
def test_a_sentence_means_what_its_writer_meant(text: str, means: str) -> None:
    assert verdict(text, means) is Verdict.RIGHT
