"""The library's files: all of them good, and every kind of fault refused by line and reason."""

from __future__ import annotations

import re
from datetime import date

import pytest

from backend.core.words import fold
from content.errors import ContentInvalid
from content.files.lists import allergens, foods, nutrition_of
from content.files.loading import packaged, read_library, read_piece
from content.limits import table
from content.piece import Ability, BlockKind, Constitution, Ingredient, PieceKind
from ocr.lab import dictionary

_UNWEIGHED = {"鸡蛋", "姜", "葱"}
"""What is counted in pieces, or said as 少许."""

GOOD = """+++
title = "少吃盐"
title_en = "Less salt"
summary = "一天五克"
summary_en = "Five grams a day."
kind = "lifestyle"
topics = ["hypertension"]
sources = ["diet_2022"]
reviewed = 2026-11-20

[[quiz]]
ask = "一天多少盐？"
options = ["五克", "十克"]
right = 1
why = "指南说五克。"

[[quiz]]
ask = "酱油里有盐吗？"
options = ["没有", "有"]
right = 2
why = "酱油里有钠。"
+++

## 为什么

{body}

- **少放**一点
- 看[这一篇](other.md)
"""
BODY = "\n\n".join(f"第{number}句话说少放一点盐，慢慢就习惯了。" for number in range(20))
TEXT = GOOD.replace("{body}", BODY)


def refused(text: str, name: str = "salt.md") -> tuple[int, str]:
    with pytest.raises(ContentInvalid) as caught:
        read_piece(name, text)
    assert caught.value.data["file"] == name
    return caught.value.data["line"], caught.value.data["reason"]


def test_a_good_piece_becomes_typed_blocks() -> None:
    piece = read_piece("salt.md", TEXT)
    assert piece.slug == "salt"
    assert piece.blocks[0].kind is BlockKind.HEADING
    strong, rest = piece.blocks[-2].spans
    assert (strong.text, strong.strong, rest.strong) == ("少放", True, False)
    assert piece.blocks[-1].spans[1].piece == "other"
    assert [source.year for source in piece.sources] == [2022]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("+++\ntitle", "title", 1, "front matter"),
        ('title = "少吃盐"', "title = 少吃盐", 2, "Invalid value"),
        ('title = "少吃盐"', "", 1, "title: Field required"),
        ('kind = "lifestyle"', 'kind = "poem"', 6, "kind: Input should be"),
        ('kind = "lifestyle"', 'kind = "lifestyle"\nmood = "gay"', 7, "mood: Extra inputs"),
        ('kind = "lifestyle"', 'kind = "exercise"', 1, "has an ability"),
        ('kind = "lifestyle"', 'kind = "recipe"', 1, "serves and [ingredients]"),
        ('kind = "lifestyle"', 'kind = "tcm"', 1, "names constitutions"),
        ('["hypertension"]', '["hypertenshun"]', 7, "hypertenshun is not in the list"),
        ('["diet_2022"]', "[]", 8, "sources"),
        ('["diet_2022"]', '["a_blog"]', 8, "a_blog is not in the list"),
        ("reviewed = 2026-11-20", 'reviewed = 2026-11-20\nagainst = ["hypertension"]', 10, "about"),
        ("right = 1", "right = 3", 14, "no such option"),
        ('["没有", "有"]', '["没有", "没有"]', 19, "stands there twice"),
        ('"一天五克"', '"吃了一定好"', 4, "an absolute claim: 一定"),
        ("指南说五克。", "保证有效。", 15, "an absolute claim: 保证"),
        ("第0句话", "这是最好的办法", 26, "an absolute claim: 最"),
        ("第0句话", "<script>alert(1)</script>", 26, "not allowed"),
        ("第0句话", "\n<div onclick='x()'>好</div>\n\n", 27, "html_block is not allowed"),
        ("第0句话", "![图](a.png)", 26, "image is not allowed"),
        ("第0句话", "[点](javascript:alert(1))", 26, "not allowed"),
        ("第0句话", "[点](https://example.com)", 26, "links lead to other pieces only"),
        ("第0句话", "`rm`", 26, "code_inline is not allowed"),
        ("## 为什么", "# 为什么", 24, "headings are ## or ###"),
        ("第0句话", "很长" * 30, 26, "a sentence of"),
        (BODY, "太短。", 23, "300 to 700"),
        (BODY, BODY * 3, 23, "300 to 700"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_line_and_reason(
    old: str, new: str, line: int, reason: str
) -> None:
    assert TEXT.count(old) >= 1
    found = refused(TEXT.replace(old, new, 1))
    assert found[0] == line, found
    assert reason in found[1]


def test_links_into_nowhere_and_days_to_come_are_refused() -> None:
    with pytest.raises(ContentInvalid) as caught:
        read_library([("salt.md", TEXT)])
    assert caught.value.data["reason"] == "there is no piece other"
    assert caught.value.data["file"] == "salt.md"
    with pytest.raises(ContentInvalid) as caught:
        read_piece("salt.md", TEXT, today=date(2026, 11, 19))
    assert caught.value.data["reason"] == "reviewed: a day to come"


def test_harmless_words_are_no_claims() -> None:
    read_piece("salt.md", TEXT.replace("第0句话", "最近血压高，不一定是盐。最后问医生，"))


def test_the_library_has_what_was_promised() -> None:
    pieces = packaged()
    assert len(pieces) >= 64
    kinds = [each.front.kind for each in pieces]
    assert set(kinds) == set(PieceKind)
    assert {each.front.ability for each in pieces} >= set(Ability)
    assert {c for each in pieces for c in each.front.constitutions} == set(Constitution)
    assert len({each.id for each in pieces}) == len(pieces)
    assert len({each.front.title for each in pieces}) == len(pieces)


def test_laboratory_codes_of_pieces_are_known_to_the_reports_dictionary() -> None:
    known = {line.loinc for line in dictionary().entries}
    known |= {unit.loinc for line in dictionary().entries for unit in line.units}
    labs = [each for each in packaged() if each.front.kind is PieceKind.LAB]
    assert [each.slug for each in labs if not known & set(each.front.items)] == []


def test_figures_of_a_recipe_are_the_sums_of_its_foods() -> None:
    made = nutrition_of((Ingredient("大米", 100), Ingredient("食盐", 2)), serves=2)
    assert (made.energy_kcal, made.protein_g, made.sodium_mg) == (174, 3.7, 395)


def test_energy_of_foods_follows_from_what_they_are_made_of() -> None:
    # 4, 9 and 4 kcal a gram (GB 28050-2011); fibre of mushrooms and seeds gives half.
    for food in foods().values():
        sum_of = 4 * food.protein_g + 9 * food.fat_g + 4 * food.carbohydrate_g
        assert food.energy_kcal <= sum_of * 1.04 + 3, food.name
        assert food.energy_kcal >= sum_of * 0.75 - 3, food.name


def test_recipes_name_all_they_contain() -> None:
    recipes = [each for each in packaged() if each.front.kind is PieceKind.RECIPE]
    assert len(recipes) >= 10
    for piece in recipes:
        assert piece.nutrition is not None
        for each in piece.ingredients:
            short = re.sub("^[干鲜南北生大瘦]", "", each.name)
            assert short in piece.text, (piece.slug, each.name)
            said = re.search(rf"{short}[^，。；]{{0,8}}?{each.grams:g}(克|毫升)", piece.text)
            assert said or short in _UNWEIGHED, (piece.slug, each.name)


def test_words_of_the_lists_are_as_they_are_looked_for() -> None:
    for name in ("topics", "medicines"):
        for row in table(name).values():
            assert all(fold(word) == word for word in row["words"])
    for key, allergen in allergens().items():
        assert all(fold(word) == word for word in allergen.words), key
