"""What a piece must keep to, beyond its front matter's shape. The first fault is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from content.files.front import Lines
from content.files.lists import allergens, foods, medicines, sources, topics
from content.limits import limits
from content.piece import BlockKind, Front, Piece, PieceKind

_LOINC = re.compile(r"\d{1,7}-\d")
_SENTENCE = re.compile(r"[。！？；：\n]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
Fault = tuple[int, str]


def check_front(front: Front, lines: Lines, today: date) -> None:
    """Raises ``ContentInvalid``."""
    for line, reason in _front_faults(front, lines, today):
        raise lines.invalid(line, reason)


def check_piece(piece: Piece, lines: Lines) -> None:
    """Raises ``ContentInvalid``."""
    faults: tuple[Callable[[Piece, Lines], Iterator[Fault]], ...] = (_lengths, _claims, _recipe)
    for each in faults:
        for line, reason in each(piece, lines):
            raise lines.invalid(line, reason)


def _front_faults(front: Front, lines: Lines, today: date) -> Iterator[Fault]:
    text = limits()["text"]
    known: Iterable[tuple[str, tuple[str, ...], Mapping[str, Any]]] = (
        ("sources", front.sources, sources()),
        ("topics", front.topics, topics()),
        ("against", front.against, topics()),
        ("allergens", front.allergens, allergens()),
        ("medicines", front.medicines, medicines()),
        ("against_medicines", front.against_medicines, medicines()),
        ("ingredients", tuple(front.ingredients), foods()),
    )
    for field, keys, rows in known:
        for key in keys:
            if key not in rows:
                yield (
                    lines.of((field, key) if field == "ingredients" else (field,)),
                    (f"{field}: {key} is not in the list"),
                )
    for code in front.items:
        if not _LOINC.fullmatch(code):
            yield lines.of(("items",)), f"items: {code} is not a LOINC code"
    if front.ages[0] > front.ages[1]:
        yield lines.of(("ages",)), "ages: the first is above the second"
    if front.reviewed > today:
        yield lines.of(("reviewed",)), "reviewed: a day to come"
    if set(front.topics) & set(front.against):
        yield lines.of(("against",)), "against: what the piece is about"
    for field, most in (("title", "longest_title"), ("summary", "longest_summary")):
        if len(getattr(front, field)) > text[most]:
            yield lines.of((field,)), f"{field}: longer than {text[most]} characters"
    if len(front.summary_en) > text["longest_summary_en"] or _CHINESE.search(front.summary_en):
        yield lines.of(("summary_en",)), "summary_en: short, and in English"
    yield from _kind_faults(front, lines)
    yield from _quiz_faults(front, lines)


def _kind_faults(front: Front, lines: Lines) -> Iterator[Fault]:
    if front.kind is PieceKind.RECIPE and (not front.ingredients or front.serves is None):
        yield 1, "a recipe has serves and [ingredients]"
    if front.kind is not PieceKind.RECIPE and (front.ingredients or front.serves):
        yield lines.of(("ingredients",)), "only a recipe has serves and ingredients"
    if any(grams <= 0 for grams in front.ingredients.values()):
        yield lines.of(("ingredients",)), "ingredients: grams are above zero"
    if (front.kind is PieceKind.EXERCISE) is not (front.ability is not None):
        yield lines.of(("ability",)), "an exercise, and nothing else, has an ability"
    if front.kind is PieceKind.TCM and not front.constitutions:
        yield 1, "advice by constitution names constitutions"


def _quiz_faults(front: Front, lines: Lines) -> Iterator[Fault]:
    asked, offered = limits()["text"]["questions"], limits()["text"]["options"]
    if not asked["least"] <= len(front.quiz) <= asked["most"]:
        yield lines.of(("quiz", 0)), f"quiz: {asked['least']} to {asked['most']} questions"
    for number, question in enumerate(front.quiz):
        if not offered["least"] <= len(question.options) <= offered["most"]:
            yield lines.of(("quiz", number, "options")), "options: two to four"
        if len(set(question.options)) < len(question.options):
            yield lines.of(("quiz", number, "options")), "options: one stands there twice"
        if not 1 <= question.right <= len(question.options):
            yield lines.of(("quiz", number, "right")), "right: no such option"


def _lengths(piece: Piece, lines: Lines) -> Iterator[Fault]:
    text = limits()["text"]
    if not text["shortest"] <= piece.length <= text["longest"]:
        yield (
            lines.body_line,
            f"{piece.length} characters: {text['shortest']} to {text['longest']} are wanted",
        )
    for block in piece.blocks:
        for sentence in _SENTENCE.split(block.text):
            if len(sentence) > text["longest_sentence"]:
                yield block.line, f"a sentence of {len(sentence)} characters: {sentence[:12]}…"
    if piece.blocks and piece.blocks[-1].kind is BlockKind.HEADING:
        yield piece.blocks[-1].line, "a heading without text"


def _claims(piece: Piece, lines: Lines) -> Iterator[Fault]:
    front = piece.front
    for field in ("title", "summary"):
        if word := absolute_in(getattr(front, field)):
            yield lines.of((field,)), f"an absolute claim: {word}"
    for number, question in enumerate(front.quiz):
        # A wrong answer may be an absolute claim: that is how it is taught.
        right = question.options[question.right - 1]
        for field, said in (("options", right), ("why", question.why)):
            if word := absolute_in(said):
                yield lines.of(("quiz", number, field)), f"an absolute claim: {word}"
    for block in piece.blocks:
        if word := absolute_in(block.text):
            yield block.line, f"an absolute claim: {word}"


def absolute_in(text: str) -> str | None:
    """The first absolute word that claims something, or None."""
    plain = _harmless().sub("", text)
    return next((word for word in limits()["absolute"]["words"] if word in plain), None)


@cache
def _harmless() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, limits()["absolute"]["harmless"])))


def _recipe(piece: Piece, lines: Lines) -> Iterator[Fault]:
    most = limits()["recipe"]["low_salt_most_mg"]
    low_salt = "hypertension" in piece.front.topics
    if low_salt and piece.nutrition and piece.nutrition.sodium_mg > most:
        yield (
            lines.of(("ingredients",)),
            f"{piece.nutrition.sodium_mg} mg sodium a serving, for high blood pressure: {most}",
        )
