"""What a count is of, in words: 收缩压 160 及以上, 血糖低于 4, 血压偏高."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.assistant.answer import Fact
from bot.assistant.composing.wording import number, phrase
from bot.assistant.queries import series
from bot.assistant.records import Reading

if TYPE_CHECKING:
    from bot.assistant.answering.numbers import Numbers


def counted_as(n: Numbers) -> str:
    """What is counted, in words: 高于 140, 160 及以上, 偏低."""
    limit = n.query.limit
    if limit is None:
        key = {"below": "said_low", "within": "said_within"}.get(n.query.side or "", "said_high")
        return phrase(n.language, key)
    if limit.up_to is not None:
        low, high = number(limit.first), number(limit.up_to)
        return phrase(n.language, "said_between", low=low, high=high)
    figures = [number(each) for each in (limit.first, limit.second) if each is not None]
    told = "/".join(figures)
    if series.is_target(limit):
        return phrase(n.language, "said_below_both", limit=told)
    way = ("above" if limit.strict else "reaching") if limit.above else "below"
    way = way if limit.above or limit.strict else "down_to"
    said = phrase(n.language, f"said_{way}", limit=told)
    if limit.second is None:
        return said
    return phrase(n.language, "said_either", limit_said=said.strip())


def limit_facts(n: Numbers) -> list[Fact]:
    """The figures of the limit, so that they may be said."""
    limit = n.query.limit
    if limit is None:
        return []
    label = "界限" if n.language == "zh" else "limit"
    figures = (limit.first, limit.second, limit.up_to)
    return [Fact(label, figure) for figure in figures if figure is not None]


def counted_of(n: Numbers, rows: list[Reading]) -> str:
    """A lone figure for a pressure is held against one side of it, which is named."""
    limit = n.query.limit
    if limit is None or limit.second is not None or n.query.part is not None:
        return n.label
    part = series.part_for(rows[-1], limit)
    return n.label if part == "value" else n.part_name(part)
