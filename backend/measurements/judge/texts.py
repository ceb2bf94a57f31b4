"""The words of ``data/alerts.toml``, filled in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from backend.measurements.draft import Kind, Meal
from backend.measurements.judge.model import Rule
from backend.measurements.thresholds import Direction, Level, Limit, Text, shown

DATA = Path(__file__).resolve().parents[1] / "data" / "alerts.toml"


@cache
def words() -> Mapping[str, Any]:
    """The data file as it is."""
    with DATA.open("rb") as file:
        return tomllib.load(file)


def text_of(raw: Mapping[str, str]) -> Text:
    return Text(raw["zh"], raw["en"])


def name_of(kind: Kind, meal: Meal | None = None) -> Text:
    """What a kind is called, with its meal where it has one: 空腹血糖."""
    names = words()["names"]
    return text_of(names.get(f"{kind}_{meal}") or names[kind.value])


def unit_of(kind: Kind) -> Text:
    """The unit as it follows a number, its space included."""
    return text_of(words()["units"].get(kind.value, {"zh": "", "en": ""}))


def values_text(kind: Kind, values: Mapping[str, float], component: str, *, extra: int = 0) -> str:
    """``component``'s number, or the pair it is said in: "7.8", "182/112"."""
    pair = words()["pairs"].get(kind.value)
    if pair is None:
        return shown(kind, values[component], extra=extra)
    parts = [shown(kind, values[c], extra=extra) for c in pair["components"] if c in values]
    return str(pair["joined_by"]).join(parts)


def relation_text(kind: Kind, crossed: Sequence[Limit]) -> Text:
    """ "达到或超过 180/110" when both of a pair crossed alike, else each with its own name."""
    pair = words()["pairs"].get(kind.value)
    if pair is None:
        return _relation(crossed[0], _limit_text(kind, crossed[0]))
    ordered = sorted(crossed, key=lambda limit: pair["components"].index(limit.component))
    if len({limit.op for limit in ordered}) == 1 and len(ordered) == len(pair["components"]):
        joined = pair["joined_by"].join(_limit_text(kind, limit) for limit in ordered)
        return _relation(ordered[0], joined)
    parts = [(pair[o.component], _relation(o, _limit_text(kind, o))) for o in ordered]
    return Text(
        "，".join(f"{label['zh']}{text.zh}" for label, text in parts),
        ", ".join(f"{label['en']} {text.en}" for label, text in parts),
    )


def reason_text(
    rule: Rule,
    direction: Direction,
    level: Level,
    parts: Mapping[str, Text],
    facts: Mapping[str, str],
) -> Text:
    """The whole sentence of name, unit and relation; ``facts`` as the rule's sentence has them."""
    reasons, tail = words()["reasons"], words()["tails"][level.key]
    template = reasons.get(rule.value) or reasons[f"{rule}_{direction}"]

    def fill(language: str) -> str:
        said = {key: text.get(language) for key, text in parts.items()}
        return str(template[language]).format(**said, tail=tail[language], **facts)

    return Text(fill("zh"), fill("en"))


def _relation(limit: Limit, number: str) -> Text:
    raw = words()["relations"][limit.op.value]
    return Text(raw["zh"].format(limit=number), raw["en"].format(limit=number))


def _limit_text(kind: Kind, limit: Limit) -> str:
    text = shown(kind, limit.value)
    # a girl's 116.5 and a doctor's 7.25 are said as they are
    return text if float(text) == limit.value else f"{limit.value:g}"
