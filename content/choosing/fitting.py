"""Whether a piece may be offered to somebody at all. Pure; nothing else decides this."""

from __future__ import annotations

from content.choosing.facts import Facts
from content.piece import EATING, Constitution, Piece, PieceKind

_ANYBODY = frozenset({Constitution.BALANCED})


def fits(piece: Piece, facts: Facts) -> bool:
    """Never against an allergy, a condition, a medicine; nor what is for others."""
    return not stands_against(piece, facts) and _is_for(piece, facts)


def stands_against(piece: Piece, facts: Facts) -> bool:
    """Whether something known, or not shown to the viewer, speaks against the piece."""
    front = piece.front
    if facts.barred_topics.intersection(front.against):
        return True
    if facts.barred_medicines.intersection(front.against_medicines):
        return True
    if facts.barred_allergens & piece.allergens:
        return True
    if front.kind is PieceKind.EXERCISE and facts.urgent:
        return True
    return front.kind in EATING and _eats_wrong(piece, facts)


def _eats_wrong(piece: Piece, facts: Facts) -> bool:
    if facts.barred_eating:
        return True
    return any(word in piece.folded for word in facts.allergy_words)


def _is_for(piece: Piece, facts: Facts) -> bool:
    front = piece.front
    if facts.age is not None and not front.ages[0] <= facts.age <= front.ages[1]:
        return False
    if front.sex is not None and facts.sex is not None and front.sex != facts.sex:
        return False
    if front.kind is PieceKind.MEDICATION and front.medicines:
        # How to take what nobody here takes only confuses.
        return bool(facts.medicines.intersection(front.medicines))
    if front.kind is PieceKind.TCM:
        known = facts.constitutions or _ANYBODY
        return bool(known.intersection(front.constitutions))
    return True
