"""The household as a plan: pure, and the same for the same anchor and seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from backend.access.categories import ALL_ACTIONS, ALL_CATEGORIES, Action, Category
from backend.access.relations import Kinship, RelationKind
from backend.archive.sections import Section, build
from backend.demo.children import growth, vaccinations
from backend.demo.labs import labs
from backend.demo.panel import panel
from backend.demo.people import (
    Grant,
    Household,
    Login,
    Noticed,
    PlannedDraft,
    PlannedEntry,
    PlannedResident,
)
from backend.demo.photo import PlannedPaper
from backend.demo.series import SYSTEM, Series
from backend.demo.tables import table
from backend.demo.writing import day_of, instant_of, written_out
from backend.identity.viewer import Role
from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source
from backend.measurements.thresholds import Override

SEED = 20261121
PANEL = 38
"""Generated residents; with father and mother the doctor looks after forty."""


def household(anchor: date, *, seed: int = SEED, panel_size: int = PANEL) -> Household:
    """The family and the panel as they are on the day ``anchor``."""
    raw = table("household")
    others = list(panel(panel_size, anchor, seed))
    family = [_resident(key, each, anchor, seed) for key, each in raw["resident"].items()]
    return Household(
        anchor=anchor,
        seed=seed,
        logins=(*map(_login, raw["login"]), *(login for login, _ in others)),
        residents=(*family, *(resident for _, resident in others)),
    )


def first_day(anchor: date) -> date:
    """When the family joined: a year before the anchor."""
    return day_of(table("household")["since"], anchor)


def _login(raw: dict[str, Any]) -> Login:
    return Login(**{**raw, "roles": frozenset(map(Role, raw["roles"]))})


def _resident(key: str, raw: dict[str, Any], anchor: date, seed: int) -> PlannedResident:
    habits = table("rhythms")[key]
    born = day_of(raw["profile"]["birth_date"], anchor)
    child = "guardian" in raw
    return PlannedResident(
        key=key,
        login=raw["login"],
        profile=written_out(raw["profile"], anchor),
        guardian=Kinship(raw["guardian"]) if child else None,
        grants=tuple(map(_grant, raw.get("grant", ()))),
        entries=tuple(_entries(raw, born, anchor, seed)),
        limits=tuple(_limit(each, anchor) for each in raw.get("limit", ())),
        noticed=tuple(
            Noticed(by=each["by"], day=day_of(each["day"], anchor))
            for each in raw.get("noticed", ())
        ),
        series=tuple(map(Series.of, habits.get("series", ()))),
        moments=tuple(_moments(raw, born, anchor, seed)),
        papers=tuple(PlannedPaper.of(each, anchor) for each in raw.get("paper", ())),
        gaps=tuple(range(first, last + 1) for first, last in habits.get("gaps", ())),
        first_day=born if child else first_day(anchor),
    )


def _entries(raw: dict[str, Any], born: date, anchor: date, seed: int) -> Iterator[PlannedEntry]:
    facility = table("household")["community"]
    for each in raw["entry"]:
        body = build(Section(each["section"]), written_out(each["body"], anchor))
        yield PlannedEntry(by=each["by"], body=body)
    for each in raw.get("labs", ()):
        yield from labs(each, anchor, facility)
    if "guardian" in raw:
        yield from vaccinations(born, anchor, seed, by=raw["login"], facility=facility)


def _moments(raw: dict[str, Any], born: date, anchor: date, seed: int) -> Iterator[PlannedDraft]:
    for each in raw.get("moment", ()):
        draft = Draft(
            kind=Kind(each["kind"]),
            at=instant_of(each["at"], anchor),
            values={name: Quantity(*pair) for name, pair in each["values"].items()},
            meal=Meal(each["meal"]) if "meal" in each else None,
            note=each.get("note"),
            source=Source(system=SYSTEM, id=each["name"]),
        )
        yield PlannedDraft(by=each.get("by", raw["login"]), draft=draft)
    if "guardian" in raw:
        yield from growth(born, seed, by=raw["login"])


def _grant(raw: dict[str, Any]) -> Grant:
    actions = raw.get("actions")
    return Grant(
        login=raw["login"],
        kind=RelationKind(raw["kind"]),
        kinship=Kinship(raw["kinship"]) if "kinship" in raw else None,
        categories=ALL_CATEGORIES - set(map(Category, raw.get("without", ()))),
        actions=frozenset(map(Action, actions)) if actions else ALL_ACTIONS,
    )


def _limit(raw: dict[str, Any], anchor: date) -> tuple[str, Override]:
    return raw["by"], Override(
        kind=Kind(raw["kind"]),
        component=raw["component"],
        low=raw["low"],
        high=raw["high"],
        valid_from=day_of(raw["valid_from"], anchor),
        set_by=raw["set_by"],
        note=raw["note"],
    )
