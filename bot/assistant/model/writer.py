"""A verified answer in a model's words, or as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import replace
from typing import Protocol

import structlog

from bot.assistant.answer import Answer, Outcome, Urgency
from bot.assistant.errors import Unsupported
from bot.assistant.model.asking import ChatModel, Endpoint, Wording
from bot.assistant.model.breaker import Breaker
from bot.assistant.model.checking import check
from bot.assistant.model.errors import ModelFailed, WordingRefused, WouldLeak
from bot.assistant.model.pseudonyms import Pseudonyms
from bot.assistant.verifying import verify
from bot.assistant.view import ArchiveView

log = structlog.get_logger(__name__)

_ZH_END = re.compile(r"(?<=[。！？])(?![”」』）])")
_EN_END = re.compile(r"(?<=[.!?]) (?=[A-Z0-9])")
_TRIES = 2
_AT_ONCE = 4  # calls under way; a model that hangs holds no more threads than these


class Model(Protocol):
    """What ``Writer`` asks; ``ChatModel`` is the real one."""

    def word(self, evidence: str, language: str) -> Wording: ...


class Writer:
    """One per process. Thread-safe; never raises."""

    def __init__(self, endpoint: Endpoint, breaker: Breaker | None = None) -> None:
        self._model: Model = ChatModel(endpoint)
        self._seconds = endpoint.seconds
        self._breaker = breaker or Breaker()
        self._calls = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="model")

    def reword(self, answer: Answer, view: ArchiveView) -> Answer:
        """The answer with the same facts, citations and outcome; other words where they hold.

        Only plain answers are reworded: what is urgent, declined or not found stays as it is.
        """
        plain = answer.outcome is Outcome.ANSWERED and answer.urgency is Urgency.NONE
        if not plain or answer.escalation is not None:
            return answer
        language = "zh" if re.search(r"[一-鿿]", answer.text) else "en"
        for _ in range(_TRIES):
            if not self._breaker.allows():
                return answer
            try:
                return self._worded(answer, view, language)
            except (ModelFailed, WouldLeak) as error:
                log.info("model not used", code=error.code, why=error.data.get("why"))
                return answer
            except (WordingRefused, Unsupported) as error:
                log.info("wording refused", what=error.data.get("what"))
        return answer

    def close(self) -> None:
        """Take no more calls; those under way end by themselves. Answers keep their words."""
        self._calls.shutdown(wait=False, cancel_futures=True)

    def _worded(self, answer: Answer, view: ArchiveView, language: str) -> Answer:
        hidden = Pseudonyms(view.patient, answer)
        items = split(hidden.hide(answer.text), language)
        evidence = "\n".join(f"[{n}] {item}" for n, item in enumerate(items, 1))
        wording = self._asked(evidence, language)
        check(wording, items, language)
        glue = "" if language == "zh" else " "
        text = hidden.restore(glue.join(s.text.strip() for s in wording.sentences))
        worded = replace(answer, text=text)
        verify(worded, view)
        return worded

    def _asked(self, evidence: str, language: str) -> Wording:
        try:
            call = self._calls.submit(self._model.word, evidence, language)
        except RuntimeError:  # closed meanwhile: the program is ending
            raise ModelFailed(why="closed") from None
        try:
            wording = call.result(timeout=self._seconds)
        except TooLate:
            call.cancel()
            self._breaker.failed()
            raise ModelFailed(why="late") from None
        except ModelFailed:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return wording


def split(text: str, language: str) -> list[str]:
    """Sentences, none empty."""
    parts = (_ZH_END if language == "zh" else _EN_END).split(text)
    return [part.strip() for part in parts if part.strip()]


def streamed(answer: Answer) -> Iterator[str]:
    """The sentences of an answer that is verified, one by one: nothing else is ever streamed."""
    yield from split(answer.text, "zh" if re.search(r"[一-鿿]", answer.text) else "en")
