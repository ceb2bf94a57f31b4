"""Every sentence that the rules were made with is understood; of those kept apart none wrongly."""

from __future__ import annotations

import pytest

from tests.bot.chat.said.judging import Verdict, sentences, verdict


@pytest.mark.parametrize(("text", "means"), list(sentences("mended_with")))
def test_a_sentence_means_what_its_writer_meant(text: str, means: str) -> None:
    assert verdict(text, means) is Verdict.RIGHT
