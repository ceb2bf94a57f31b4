"""The first steps of both READMEs ask for what the schema has, in the same words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from graphql_api.schema import build_schema

ROOT = Path(__file__).resolve().parents[2]
ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_QUERY = re.compile(r"<<'?Q'?[^\n]*\n(.*?)\nQ$", re.DOTALL | re.MULTILINE)


def blocks(path: Path) -> list[str]:
    found: list[str] = _BLOCK.findall(path.read_text("utf-8"))
    return [re.sub(r" +# .*", "", each) for each in found]


def queries() -> list[str]:
    text = "".join(blocks(ENGLISH))
    subscription = re.search(r'echo "(subscription .*)"', text)
    assert subscription is not None
    return [*_QUERY.findall(text), subscription[1].replace("\\", "")]


@pytest.mark.parametrize("query", queries())
def test_a_query_of_the_first_steps_fits_the_schema(query: str) -> None:
    filled = query.replace("$RESIDENT", "UmVz").replace("$NOW", "2026-11-21T02:00:00Z")
    assert validate(build_schema()._schema, parse(filled)) == []


def test_there_are_queries_to_check() -> None:
    assert len(queries()) >= 8


def test_both_languages_have_the_same_commands() -> None:
    assert blocks(CHINESE) == blocks(ENGLISH)


@pytest.mark.parametrize("path", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_every_file_that_is_linked_is_there(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8"))
    assert len(links) >= 5
    assert [link for link in links if not (ROOT / link).exists()] == []
