"""fullUrls for what came without one."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

from backend.archive.fhir.json_text import Json, canonical
from backend.archive.fhir.receiving import digest_of

_URN = "urn:uuid:"


def made_url(resource: Json) -> str:
    """A UUID from type and id; without an id the content's own, which is its identity."""
    if resource.get("id"):
        return of_name(f"{resource['resourceType']}/{resource['id']}")
    return _URN + str(UUID(digest_of(resource, canonical(resource))[:32]))


def of_name(name: str) -> str:
    """A UUID from any name, always the same."""
    return _URN + str(uuid5(NAMESPACE_URL, f"urn:kangban:{name}"))


class Urls:
    """Gives every entry a fullUrl that no other entry has, as FHIR's bdl-7 asks."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def entry(self, resource: Json, wanted: str) -> Json:
        url = wanted
        while url in self._used:
            url = of_name(url)
        self._used.add(url)
        return {"fullUrl": url, "resource": resource}
