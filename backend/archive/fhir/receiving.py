"""Identity, digest and provenance of a received resource."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from backend.archive.fhir.json_text import Json, canonical
from backend.archive.fhir.model import Identity
from backend.archive.fhir.provenance import origin_of, status_of

_UUID = "urn:uuid:"
# A server writes these anew on every export without anything having changed.
_VOLATILE = ("versionId", "lastUpdated")


def received(resource: Json, full_url: str | None, source_system: str) -> dict[str, Any]:
    """The fields of ``model.Received``."""
    raw = canonical(resource)
    digest = digest_of(resource, raw)
    fhir_type = resource["resourceType"]
    origin = origin_of(resource)
    key = _key(resource, full_url) or str(UUID(digest[:32]))
    return {
        "raw": raw,
        "identity": Identity(source_system, fhir_type, key),
        "digest": digest,
        "fhir_type": fhir_type,
        "full_url": full_url,
        "status": status_of(resource),
        "origin": origin,
        "own_id": resource.get("id") if origin is not None else None,
    }


def digest_of(resource: Json, raw: bytes) -> str:
    """SHA-256 (hex) of the canonical resource without its server's version and time."""
    meta = resource.get("meta")
    if isinstance(meta, dict) and any(name in meta for name in _VOLATILE):
        lasting = {name: value for name, value in meta.items() if name not in _VOLATILE}
        rest = {name: value for name, value in resource.items() if name != "meta"}
        raw = canonical({**rest, "meta": lasting} if lasting else rest)
    return hashlib.sha256(raw).hexdigest()


def _key(resource: Json, full_url: str | None) -> str | None:
    id_ = resource.get("id")
    if isinstance(id_, str) and id_:
        return id_
    return full_url.removeprefix(_UUID) if full_url else None
