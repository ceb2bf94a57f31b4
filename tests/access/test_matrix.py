"""The matrix in the docs is the policy's, and says what nobody may."""

from __future__ import annotations

from pathlib import Path

from backend.access.categories import Category
from backend.access.limits import BREAK_GLASS_CATEGORIES
from backend.access.matrix import cell, matrix, rows
from backend.access.policy import role_needed
from backend.access.relations import RelationKind

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "access-matrix.md"


def test_the_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text("utf-8") == matrix(), "run: kangban access-matrix > " + DOCUMENT.name


def test_every_kind_of_relation_has_a_row() -> None:
    shown = {each.kind for row in rows() for each in row.relations}
    assert shown == set(RelationKind)
    for row in rows():
        for each in row.relations:
            needed = role_needed(each.kind)
            assert needed is None or needed in row.roles or "lost" in row.title


def test_who_has_no_relation_has_nothing() -> None:
    for row in rows():
        if not row.relations:
            assert {cell(row, category) for category in Category} == {"–"}, row.title


def test_looking_is_all_that_emergencies_and_shares_do() -> None:
    found = {row.relations[0].kind: row for row in rows() if row.relations}
    glass, share = found[RelationKind.BREAK_GLASS], found[RelationKind.SHARE]
    for category in Category:
        assert cell(glass, category) == ("V" if category in BREAK_GLASS_CATEGORIES else "–")
        assert cell(share, category) == "V"
