"""Looking up what a resource refers to, inside its own Bundle."""

from __future__ import annotations

from collections.abc import Mapping

from backend.archive.fhir.json_text import Json


class Context:
    """Finds resources by reference: contained, by fullUrl, or by type and id."""

    def __init__(self, by_reference: Mapping[str, Json] | None = None) -> None:
        self._by_reference = by_reference or {}

    def resolve(self, reference: Json | None, holder: Json) -> Json | None:
        """The resource that ``reference`` inside ``holder`` points to, or None."""
        target = (reference or {}).get("reference")
        if not isinstance(target, str):
            return None
        if target.startswith("#"):
            contained = holder.get("contained") or ()
            return next((item for item in contained if item.get("id") == target[1:]), None)
        return self._by_reference.get(target.partition("/_history/")[0])

    def name(self, reference: Json | None, holder: Json) -> str | None:
        """What to call who or what is referred to; None where nothing says it."""
        if not reference:
            return None
        display = reference.get("display")
        if display:
            return str(display)
        found = self.resolve(reference, holder)
        return name_of(found) if found else None


NOTHING = Context()


def name_of(resource: Json) -> str | None:
    """The name of a Practitioner, Organization, Location, Device, Patient …"""
    name = resource.get("name")
    if isinstance(name, str):
        return name
    if isinstance(name, list) and name and isinstance(name[0], dict):
        return _person(name[0])
    kind = resource.get("type") or resource.get("code")
    return kind.get("text") if isinstance(kind, dict) else None


def _person(name: Json) -> str | None:
    if name.get("text"):
        return str(name["text"])
    parts = [*(name.get("prefix") or ()), *(name.get("given") or ()), name.get("family")]
    return " ".join(part for part in parts if part) or None
