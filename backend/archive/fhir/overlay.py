"""A changed entry over the resource it came in: only what changed is rewritten."""

from __future__ import annotations

from typing import Any

from backend.archive.fhir.json_text import Json

_EXTENSION = "extension"


def overlay(resource: Json, old: Json, new: Json, choices: tuple[str, ...]) -> Json:
    """``resource`` with the difference between ``old`` (what we would have written for what it
    says) and ``new``. Objects are merged field by field, lists replaced; a new ``x[x]``
    removes its siblings."""
    merged = _merged(resource, old, new)
    for prefix in choices:
        _keep_one(merged, prefix, old, new)
    return merged


def _merged(resource: Json, old: Json, new: Json) -> Json:
    merged = dict(resource)
    for name in [*new, *(name for name in old if name not in new)]:
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        value = _value(name, resource.get(name), before, after)
        if "_" + name not in new:
            merged.pop("_" + name, None)
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = value
    return merged


def _value(name: str, received: Any, before: Any, after: Any) -> Any:
    if name == _EXTENSION:
        replaced = {item["url"] for item in (*(before or ()), *(after or ()))}
        others = [item for item in received or () if item.get("url") not in replaced]
        return [*others, *(after or ())] or None
    if isinstance(received, dict) and isinstance(after, dict):
        return _merged(received, before if isinstance(before, dict) else {}, after)
    return after


def _keep_one(resource: Json, prefix: str, old: Json, new: Json) -> None:
    """Drops the other forms of ``prefix[x]`` where its value changed."""
    ours = {name: value for name, value in new.items() if _is_form(name, prefix)}
    if ours == {name: value for name, value in old.items() if _is_form(name, prefix)}:
        return
    for name in [name for name in resource if _is_form(name, prefix) and name not in ours]:
        del resource[name]


def _is_form(name: str, prefix: str) -> bool:
    rest = name.removeprefix("_").removeprefix(prefix)
    return rest != name.removeprefix("_") and rest[:1].isupper()
