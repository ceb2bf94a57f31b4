"""Markdown → blocks. Only what is named here passes: no HTML, pictures, code or foreign links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from content.piece import Block, BlockKind, Span

_PIECE = re.compile(r"(?P<slug>[a-z0-9_]+)\.md")
_STRUCTURE = frozenset(
    {
        "paragraph_close", "heading_close", "bullet_list_open", "bullet_list_close",
        "ordered_list_open", "ordered_list_close", "list_item_close",
    }
)  # fmt: skip
_LEFT_OVER = re.compile(r"\]\(|javascript:|data:|<[a-zA-Z/!]|https?:", re.IGNORECASE)


class Unsafe(ValueError):
    """``line`` counts from 1 in the body."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(reason)


def blocks_of(body: str, first_line: int = 1) -> tuple[Block, ...]:
    """The body's blocks; ``first_line`` is where it begins in its file. Raises ``Unsafe``."""
    return tuple(_blocks(_parser().parse(body), first_line))


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    # HTML is recognised only so that it can be refused; nothing here ever renders any.
    return MarkdownIt("commonmark", {"html": True})


def _blocks(tokens: Sequence[Any], first_line: int) -> Iterator[Block]:
    kind, number, in_item, line = BlockKind.PARAGRAPH, 0, False, first_line
    ordered: list[bool] = []
    for token in tokens:
        line = first_line + token.map[0] if token.map else line
        name = token.type
        if name in ("bullet_list_open", "ordered_list_open"):
            if ordered:
                raise Unsafe(line, "a list within a list")
            ordered, number = [name == "ordered_list_open"], 0
        elif name in ("bullet_list_close", "ordered_list_close"):
            ordered = []
        elif name == "list_item_open":
            in_item, number = True, number + 1
            kind = BlockKind.STEP if ordered[0] else BlockKind.BULLET
        elif name == "list_item_close":
            in_item = False
        elif name in ("heading_open", "paragraph_open"):
            kind = _kind(token, kind, in_item, line)
        elif name == "inline":
            step = number if kind is BlockKind.STEP else None
            yield Block(kind, tuple(_spans(token.children, line)), line, step)
        elif name not in _STRUCTURE:
            raise Unsafe(line, f"{name} is not allowed")


def _kind(token: Any, item: BlockKind, in_item: bool, line: int) -> BlockKind:
    if token.type == "heading_open":
        if token.tag not in ("h2", "h3"):
            raise Unsafe(line, "headings are ## or ###")
        return BlockKind.HEADING
    return item if in_item else BlockKind.PARAGRAPH


def _spans(tokens: Sequence[Any], line: int) -> Iterator[Span]:
    strong, piece = False, None
    for token in tokens:
        name = token.type
        if name == "text":
            if _LEFT_OVER.search(token.content):
                raise Unsafe(line, "a link or markup that is not allowed")
            if token.content:
                yield Span(token.content, strong, piece)
        elif name in ("strong_open", "strong_close"):
            strong = name == "strong_open"
        elif name == "link_open":
            piece = _target(str(token.attrs.get("href", "")), line)
        elif name == "link_close":
            piece = None
        elif name != "softbreak":
            raise Unsafe(line, f"{name} is not allowed")


def _target(href: str, line: int) -> str:
    found = _PIECE.fullmatch(href)
    if found is None:
        raise Unsafe(line, "links lead to other pieces only (name.md); sources stand in the front")
    return found["slug"]
