"""A Bundle, or a single resource, to the list of what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backend.archive.fhir.errors import FhirBundleTypeUnsupported, FhirNotABundle
from backend.archive.fhir.json_text import Json

SINGLE = "single"
_TYPES = frozenset(
    {
        "collection",
        "searchset",
        "transaction",
        "batch",
        "transaction-response",
        "batch-response",
        "document",
        "message",
    }
)
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as received: ``resource`` may be anything, or None where there is none."""

    index: int
    path: str
    resource: Any
    full_url: str | None = None
    method: str | None = None


def bundle_type(root: Any) -> str:
    """The Bundle's type, SINGLE for one resource. Raises FHIR_NOT_A_BUNDLE or
    FHIR_BUNDLE_TYPE_UNSUPPORTED."""
    if not isinstance(root, dict) or not isinstance(root.get("resourceType"), str):
        raise FhirNotABundle()
    if root["resourceType"] != "Bundle":
        return SINGLE
    kind = root.get("type")
    if kind not in _TYPES:
        raise FhirBundleTypeUnsupported(type=str(kind)[:_SHOWN])
    if not isinstance(root.get("entry", []), list):
        raise FhirNotABundle()
    return str(kind)


def items(root: Json) -> list[Item]:
    """All entries in order; Bundles inside (answers of a batch) are opened."""
    if root["resourceType"] != "Bundle":
        return [Item(0, root["resourceType"], root)]
    found = enumerate(_walk(root, ""))
    return [Item(index, path, *rest) for index, (path, *rest) in found]


def _walk(bundle: Json, path: str) -> Iterator[tuple[str, Any, str | None, str | None]]:
    for number, entry in enumerate(bundle.get("entry") or ()):
        here = f"{path}entry[{number}]"
        held = entry if isinstance(entry, dict) else {"resource": entry}
        resource = held.get("resource")
        if isinstance(resource, dict) and _is_open(resource):
            yield from _walk(resource, f"{here}.resource.")
            continue
        request = held.get("request")
        method = request.get("method") if isinstance(request, dict) else None
        yield here, resource, _text(held.get("fullUrl")), _text(method)


def _is_open(resource: Json) -> bool:
    """A Bundle of a type that we take; another (a history) is kept as one resource."""
    if resource.get("resourceType") != "Bundle" or resource.get("type") not in _TYPES:
        return False
    return isinstance(resource.get("entry", []), list)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
