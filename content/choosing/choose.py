"""The list for somebody on one day: fitting, then weighed, varied, with one thing to explore.

Pure, and the same for the same day, person and facts: a list must not jump while it is read.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bson import ObjectId

from backend.core.clock import SHANGHAI
from content.choosing.facts import Facts
from content.choosing.fitting import fits
from content.choosing.past import Feedback, Met, Past
from content.choosing.scoring import (
    Reason,
    ReasonKind,
    Scored,
    opinions,
    rules,
    score,
    season_of,
)
from content.piece import Piece


@dataclass(frozen=True, slots=True)
class Choice:
    piece: Piece
    reason: Reason


def choose(
    pieces: Sequence[Piece],
    facts: Facts,
    past: Past,
    *,
    resident_id: ObjectId,
    now: datetime,
    count: int,
) -> list[Choice]:
    """At most ``count`` pieces, the weightiest first; the last one may be an exploration."""
    chance = random.Random(_seed(resident_id, now))
    season, liked = season_of(now), opinions(tuple(pieces), past)
    open_to = [each for each in pieces if fits(each, facts) and not _rests(each, past, now)]
    jitter = rules()["weights"]["jitter"]
    scored = [score(each, facts, past, liked, season) for each in open_to]
    weighed = sorted(
        scored, key=lambda each: (each.score + chance.random() * jitter, each.piece.slug)
    )
    exploring = count >= rules()["list"]["explore_from"]
    picked = _varied(list(reversed(weighed)), count - 1 if exploring else count)
    chosen = [Choice(each.piece, each.reason) for each in picked]
    if exploring:
        chosen += _explored(scored, picked, chance)
    return chosen


def _varied(ordered: list[Scored], count: int) -> list[Scored]:
    """The first of the list, no more than some of a kind while there are others."""
    kinds: Counter[str] = Counter()
    taken: list[Scored] = []
    left: list[Scored] = []
    for each in ordered:
        kind = each.piece.front.kind
        room = len(taken) < count and kinds[kind] < rules()["list"]["of_a_kind"]
        (taken if room else left).append(each)
        kinds[kind] += room
    return (taken + left)[:count]


def _explored(scored: list[Scored], picked: list[Scored], chance: random.Random) -> list[Choice]:
    """Something of a topic that the list does not hold, where there is such a thing."""
    slugs = {each.piece.slug for each in picked}
    topics = {topic for each in picked for topic in each.piece.front.topics}
    rest = [each for each in scored if each.piece.slug not in slugs]
    other = [each for each in rest if not topics & set(each.piece.front.topics)] or rest
    if not other:
        return []
    found = chance.choice(sorted(other, key=lambda each: each.piece.slug))
    return [Choice(found.piece, Reason(ReasonKind.EXPLORE))]


def _rests(piece: Piece, past: Past, now: datetime) -> bool:
    met, times = past.get(piece.slug, Met()), rules()["times"]
    if met.feedback is Feedback.NOT_FOR_ME and met.feedback_at is not None:
        return met.feedback_at > now - timedelta(days=times["refused_rest_days"])
    return met.read_at is not None and met.read_at > now - timedelta(days=times["read_rest_days"])


def _seed(resident_id: ObjectId, now: datetime) -> int:
    day = now.astimezone(SHANGHAI).date().isoformat()
    return int.from_bytes(hashlib.blake2b(f"{resident_id}:{day}".encode(), digest_size=8).digest())
