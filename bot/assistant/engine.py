"""The assistant's order, which no part can change.

Red flags; who and what is asked; what must be declined; typed queries;
retrieval of words; composing; verifying. Conversations, tickets and a
language model stand outside and get ``Answer``.
"""

from __future__ import annotations

from bot.assistant.answer import Answer
from bot.assistant.answering.asked import answer_asked
from bot.assistant.composing.draft import Draft
from bot.assistant.declining import decline
from bot.assistant.errors import Unsupported
from bot.assistant.triage import Alarm, triage
from bot.assistant.triage.answers import emergency, urgent
from bot.assistant.triage.rules import Level
from bot.assistant.triage.supposed import supposed
from bot.assistant.understanding.reading import understand
from bot.assistant.understanding.text import Asked, read
from bot.assistant.understanding.topics import Topics
from bot.assistant.verifying import verify
from bot.assistant.view import ArchiveView

_OTHERS = ("other", "relative")


class Assistant:
    """Answers questions from one archive view. Cheap to ask, made once per view."""

    def __init__(self, view: ArchiveView, topics: Topics | None = None) -> None:
        """``topics`` of the same archive, where they were made before."""
        self._view = view
        self._topics = topics or Topics(view)

    def ask(self, question: str) -> Answer:
        """The answer with its evidence, verified; never raises over what was asked."""
        asked = read(question)
        alarm = triage(asked, self._view)
        if alarm is not None and alarm.level is Level.EMERGENCY:
            return self._verified(emergency(asked, alarm, self._view), question, asked.language)
        return self._verified(self._draft(asked, alarm), question, asked.language)

    def _draft(self, asked: Asked, alarm: Alarm | None) -> Draft:
        query = understand(asked, self._view, self._topics)
        declined = decline(query, self._view, self._topics)
        prepared = supposed(asked, self._view) if alarm is None else None
        # First aid is nobody's record: of whom it is asked declines nothing then.
        if prepared is not None and declined is not None and query.subject.who not in _OTHERS:
            prepared.outcome = declined.outcome
            prepared.take(declined)
        draft = prepared or declined
        if draft is None and alarm is not None:
            draft = urgent(asked, alarm, query, self._view, self._topics)
        return draft or answer_asked(query, self._view, self._topics)

    def _verified(self, draft: Draft, question: str, language: str) -> Answer:
        """The whole answer if all of it is supported, else its core, else only its outcome."""
        for extras in (True, False):
            answer = draft.answer(question, language, extras=extras)
            try:
                verify(answer, self._view)
            except Unsupported:
                continue
            return answer
        return draft.reduced(question, language)
