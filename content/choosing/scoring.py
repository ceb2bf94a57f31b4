"""How much speaks for a piece, and which of it is said. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from backend.core.clock import SHANGHAI
from content.choosing.facts import Facts, Signal
from content.choosing.past import Feedback, Met, Past
from content.limits import table
from content.piece import Piece, Season


class ReasonKind(StrEnum):
    """Why a piece is offered, the weightiest first."""

    STAGE = "stage"
    SIGNAL = "signal"
    LAB = "lab"
    TOPIC = "topic"
    MEDICINE = "medicine"
    CONSTITUTION = "constitution"
    SEASON = "season"
    AGE = "age"
    GENERAL = "general"
    EXPLORE = "explore"


@dataclass(frozen=True, slots=True)
class Reason:
    """``key`` names the topic, medicine or season; ``signal`` the readings."""

    kind: ReasonKind
    key: str | None = None
    signal: Signal | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    piece: Piece
    score: float
    reason: Reason


@cache
def rules() -> dict[str, Any]:
    return table("choosing")


def score(piece: Piece, facts: Facts, past: Past, liked: dict[str, int], season: Season) -> Scored:
    """``liked`` counts topics of what was found helpful, less those that were not."""
    weights = rules()["weights"]
    said = list(_reasons(piece, facts, season))
    total = sum(points for points, _ in said)
    met = past.get(piece.slug, Met())
    if met.opened_at is not None and met.read_at is None:
        total += weights["opened_unread"]
    if met.opened_at is None:
        total += weights["shown_unopened"] * min(met.shown, 5)
    for topic in piece.front.topics:
        opinion = liked.get(topic, 0)
        total += weights["helpful"] * min(opinion, 2) if opinion > 0 else 0
        total += weights["unhelpful"] if opinion < 0 else 0
    reason = max(said, key=lambda each: each[0])[1] if said else _general(piece, facts)
    return Scored(piece, total, reason)


def opinions(pieces: tuple[Piece, ...], past: Past) -> dict[str, int]:
    """Topics by what was said about their pieces."""
    found: dict[str, int] = {}
    for piece in pieces:
        feedback = past[piece.slug].feedback if piece.slug in past else None
        for topic in piece.front.topics if feedback else ():
            found[topic] = found.get(topic, 0) + (1 if feedback is Feedback.HELPFUL else -1)
    return found


def _reasons(piece: Piece, facts: Facts, season: Season) -> Iterator[tuple[float, Reason]]:
    front, weights, stage = piece.front, rules()["weights"], facts.stage
    if stage and (piece.slug in stage.pieces or set(stage.topics) & set(front.topics)):
        exactly = piece.slug in stage.pieces
        yield weights["stage"] * (1 if exactly else 0.5), Reason(ReasonKind.STAGE)
    for signal in facts.signals:
        if _answers(piece, signal):
            share = signal.count / signal.seen
            yield weights["signal"] * (1 + share), Reason(ReasonKind.SIGNAL, signal=signal)
    if set(front.items) & facts.labs.keys():
        yield weights["lab"], Reason(ReasonKind.LAB)
    topic = next((key for key in front.topics if key in facts.topics), None)
    if topic:
        yield weights["topic"], Reason(ReasonKind.TOPIC, topic)
    medicine = next((key for key in front.medicines if key in facts.medicines), None)
    if medicine:
        yield weights["medicine"], Reason(ReasonKind.MEDICINE, medicine)
    if facts.constitutions.intersection(front.constitutions):
        yield weights["constitution"], Reason(ReasonKind.CONSTITUTION)
    if season in front.seasons:
        yield weights["season"], Reason(ReasonKind.SEASON, season.value)


def _answers(piece: Piece, signal: Signal) -> bool:
    for rule in rules()["signal"]:
        if rule["kind"] == signal.kind and rule["direction"] == signal.direction:
            kinds = rule.get("kinds")
            if kinds is None or piece.front.kind in kinds:
                return bool(set(rule["topics"]) & set(piece.front.topics))
    return False


def _general(piece: Piece, facts: Facts) -> Reason:
    if facts.age is not None and piece.front.ages[0] >= 45:
        return Reason(ReasonKind.AGE)
    return Reason(ReasonKind.GENERAL)


def season_of(now: datetime) -> Season:
    """By the calendar in Shanghai: March to May is spring."""
    month = now.astimezone(SHANGHAI).month
    return (Season.WINTER, Season.SPRING, Season.SUMMER, Season.AUTUMN)[month % 12 // 3]
