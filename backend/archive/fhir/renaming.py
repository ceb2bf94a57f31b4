"""Two senders may use one id for two resources; in one Bundle each needs its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

from backend.archive.fhir.json_text import Json, canonical, parse_canonical


@dataclass(slots=True)
class Renamer:
    """Gives the later of two resources with one type and id another id, and rewrites the
    references of the same sender's resources to it."""

    _taken: dict[str, str | None] = field(default_factory=dict)
    _renamed: dict[str | None, dict[str, str]] = field(default_factory=dict)

    def learn(self, resource: Json, system: str | None) -> None:
        name = _name(resource)
        if name is None:
            return
        if self._taken.setdefault(name, system) != system:
            fresh = str(uuid5(NAMESPACE_URL, f"{system}|{name}"))
            new = f"{resource['resourceType']}/{fresh}"
            self._renamed.setdefault(system, {})[name] = new

    def apply(self, resource: Json, system: str | None) -> Json:
        names = self._renamed.get(system)
        if not names:
            return resource
        renamed = parse_canonical(_rewritten(canonical(resource), names))
        own = names.get(_name(resource) or "")
        return {**renamed, "id": own.partition("/")[2]} if own else renamed


def _rewritten(raw: bytes, names: dict[str, str]) -> bytes:
    olds: Sequence[str] = sorted(names, key=len, reverse=True)
    pattern = re.compile(
        b'("reference":")(' + b"|".join(re.escape(old.encode()) for old in olds) + b')(?=["/])'
    )
    return pattern.sub(lambda found: found[1] + names[found[2].decode()].encode(), raw)


def _name(resource: Json) -> str | None:
    id_ = resource.get("id")
    return f"{resource['resourceType']}/{id_}" if id_ else None
