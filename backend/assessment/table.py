"""The rules, read once from ``data/assessment.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from backend.access.categories import Category
from backend.measurements.thresholds import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRule:
    """``needs``: the categories a row says something of."""

    key: str
    name: Text
    unit: str
    decimals: int
    needs: frozenset[Category]
    formula: Text
    change: Text
    source: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRule:
    """``units``: factors from the unit as reported (lower case) to the row's."""

    key: str
    name: Text
    days: int
    least_days: int
    loinc: frozenset[str]
    units: Mapping[str, float]

    @property
    def lasts(self) -> timedelta:
        return timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Class:
    """``key`` for programs, ``name`` for people."""

    key: str
    name: Text
    source: Text


@cache
def table() -> dict[str, Any]:
    text = files("backend.assessment").joinpath("data/assessment.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def rows() -> tuple[RowRule, ...]:
    return tuple(
        RowRule(
            key=raw["key"],
            name=text_of(raw),
            unit=raw["unit"],
            decimals=raw["decimals"],
            needs=frozenset(Category(each) for each in raw["needs"]),
            formula=text_of(raw["formula"]),
            change=text_of(raw["change"]),
            source=source_of(raw["source"]),
        )
        for raw in table()["row"]
    )


@cache
def input_rule(key: str) -> InputRule:
    raw = table()["input"][key]
    return InputRule(
        key=key,
        name=text_of(raw),
        days=raw["days"],
        least_days=raw.get("least_days", 1),
        loinc=frozenset(raw.get("loinc", ())),
        units=raw.get("units", {}),
    )


def class_of(scheme: str, value: float) -> Class:
    """The last class of the scheme that ``value`` (0 or more) reaches."""
    found = table()["classes"][scheme]
    raw = [each for each in found["of"] if value >= each["from"]][-1]
    return Class(raw["id"], text_of(raw), source_of(found["source"]))


def say(word: str, **values: Text | int) -> Text:
    """The words for ``word`` in both languages."""
    raw = table()["words"][word]
    return Text(
        raw["zh"].format(**{k: _in(v, "zh") for k, v in values.items()}),
        raw["en"].format(**{k: _in(v, "en") for k, v in values.items()}),
    )


def listed(texts: list[Text]) -> Text:
    """Several names as one, "none" for no name."""
    if not texts:
        return say("none")
    joiner = say("joiner")
    return Text(
        joiner.zh.join(each.zh for each in texts), joiner.en.join(each.en for each in texts)
    )


def text_of(raw: Mapping[str, Any]) -> Text:
    return Text(raw["zh"], raw["en"])


def source_of(key: str) -> Text:
    return text_of(table()["sources"][key])


def _in(value: Text | int, language: str) -> str:
    return value.get(language) if isinstance(value, Text) else str(value)
