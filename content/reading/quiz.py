"""A quiz marked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from content.errors import QuizAnswersInvalid
from content.limits import limits
from content.piece import Piece


@dataclass(frozen=True, slots=True)
class Marked:
    """``right`` question by question."""

    right: tuple[bool, ...]

    @property
    def passed(self) -> bool:
        share: float = limits()["quiz"]["pass_share"]
        return sum(self.right) >= share * len(self.right)


def mark_quiz(piece: Piece, answers: Sequence[int]) -> Marked:
    """``answers`` are options from 1 on, one a question. Raises ``QuizAnswersInvalid``."""
    quiz = piece.front.quiz
    fitting = len(answers) == len(quiz) and all(
        1 <= answer <= len(question.options) for answer, question in zip(answers, quiz, strict=True)
    )
    if not fitting:
        raise QuizAnswersInvalid(questions=len(quiz))
    return Marked(tuple(answer == each.right for answer, each in zip(answers, quiz, strict=True)))
