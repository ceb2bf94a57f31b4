"""A form's file, read strictly: what does not fit is refused with its place and reason."""

from __future__ import annotations

import tomllib
from typing import Any

from pydantic import ValidationError

from backend.questionnaires.model import Form, Item, ItemKind, Score


class FormFileInvalid(ValueError):
    """``file``: where and why. Nothing starts with a form that is wrong."""


def parse(name: str, text: str) -> Form:
    """The form of a TOML file. Raises ``FormFileInvalid``."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FormFileInvalid(f"{name}: {error}") from error
    try:
        form = Form.model_validate(_with_scales(raw))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise FormFileInvalid(f"{name}: {place}: {first['msg']}") from error
    for complaint in _complaints(form):
        raise FormFileInvalid(f"{name}: {complaint}")
    return form


def _with_scales(raw: dict[str, Any]) -> dict[str, Any]:
    """Items that name a scale get its options."""
    scales = raw.pop("scales", {})
    for item in raw.get("items", ()):
        scale = item.pop("scale", None)
        if scale is not None:
            item["options"] = scales.get(scale, [])
    return raw


def _complaints(form: Form) -> list[str]:
    found: list[str] = []
    if len(form.by_id) != len(form.items):
        found.append("items: an id stands twice")
    before: set[str] = set()
    for item in form.items:
        found += _of_item(item, before)
        before.add(item.id)
    for score in form.scores:
        found += _of_score(score, form)
    keys = [each.key for each in form.scores]
    if len(set(keys)) != len(keys):
        found.append("scores: a key stands twice")
    if form.constitution is not None and form.constitution.balanced not in keys:
        found.append("constitution: balanced names no score")
    found += [
        f"alarms: {each.item} is no choice"
        for each in form.alarms
        if each.item not in form.by_id or form.by_id[each.item].kind is not ItemKind.CHOICE
    ]
    return found


def _of_item(item: Item, before: set[str]) -> list[str]:
    found: list[str] = []
    chosen = item.kind in (ItemKind.CHOICE, ItemKind.CHOICES)
    if chosen != bool(item.options):
        found.append(f"items: {item.id} has options where it may not, or none")
    if len(item.by_value) != len(item.options):
        found.append(f"items: {item.id} has a value twice")
    if item.kind is ItemKind.NUMBER and (item.minimum is None or item.maximum is None):
        found.append(f"items: {item.id} needs minimum and maximum")
    if item.when is not None and item.when.item is not None and item.when.item not in before:
        found.append(f"items: {item.id} depends on {item.when.item}, which is not asked before")
    steps = [each.at_least for each in item.steps]
    if steps != sorted(steps):
        found.append(f"items: {item.id} has steps out of order")
    return found


def _of_score(score: Score, form: Form) -> list[str]:
    found = [
        f"scores: {score.key} counts {each}, which is no item with points"
        for each in score.items
        if each not in form.by_id or not _has_points(form.by_id[each])
    ]
    found += [
        f"scores: {score.key} reverses {each}, which it does not count"
        for each in score.reversed
        if each not in score.items
    ]
    bands = [each.at_least for each in score.bands]
    if bands != sorted(set(bands)):
        found.append(f"scores: {score.key} has bands out of order")
    return found


def _has_points(item: Item) -> bool:
    return bool(item.options) or bool(item.steps)
