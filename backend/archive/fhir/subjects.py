"""Whose record a Bundle holds, and which entries are about somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from backend.archive.fhir.entries import Item
from backend.archive.fhir.errors import (
    FhirNotAboutAPerson,
    FhirOtherPatient,
    FhirPatientNotInBundle,
    FhirSeveralPatients,
)
from backend.archive.fhir.json_text import Json
from backend.core.errors import KangbanError

_FIELDS = ("subject", "patient", "beneficiary")
_TYPED = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/[^/]+")
# Every one of Patient.link's types says that both are one actual person (FHIR R4 link-type).
_MOST_LINKS = 1000


class Subjects:
    """Resolves references to patients; two names of one person (fullUrl, ``Patient/id``, a
    linked Patient) become one key."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._keys: dict[str, str] = {}
        self._types: dict[str, str] = {}
        self._same: dict[str, str] = {}
        self._patients: list[str] = []
        for item in items:
            self._learn(item)
        for item in items:
            self._link(item)
        used = [key for key in map(self.key_of, items) if key is not None]
        self._subjects = tuple(dict.fromkeys(used))
        self._composition = _composition_subject(items, self)

    @property
    def candidates(self) -> tuple[str, ...]:
        """All persons whom the entries are about, else whom they describe."""
        return self._subjects or tuple(dict.fromkeys(map(self._person, self._patients)))

    def choose(self, wanted: str | None, is_document: bool) -> str | None:
        """The one whose record this is; None where nobody is named or it is not clear.

        Raises FHIR_PATIENT_NOT_IN_BUNDLE for a ``wanted`` (id, reference or fullUrl) that
        the file does not know.
        """
        if wanted is not None:
            return self._find(wanted)
        if is_document and self._composition is not None:
            return self._composition
        return self.candidates[0] if len(self.candidates) == 1 else None

    def fault(self, item: Item, chosen: str | None) -> KangbanError | None:
        """Why the entry does not belong to ``chosen``'s record, or None."""
        if chosen is None and len(self.candidates) > 1:
            return FhirSeveralPatients(count=len(self.candidates))
        key = self.own_key(item) if _is_patient(item) else self.key_of(item)
        return FhirOtherPatient() if key is not None and key != chosen else None

    def not_a_person(self, item: Item) -> FhirNotAboutAPerson | None:
        """Set where the entry is about a Group, a Device or a Location."""
        reference = _reference(item.resource)
        if reference is None:
            return None
        kind = self._types.get(reference) or _type_in(reference)
        return None if kind in (None, "Patient") else FhirNotAboutAPerson(type=kind)

    def is_chosen(self, item: Item, chosen: str | None) -> bool:
        return _is_patient(item) and self.own_key(item) == chosen

    def key_of(self, item: Item) -> str | None:
        """The person whom an entry is about; None where it names nobody."""
        reference = _reference(item.resource) if not _is_patient(item) else None
        if reference is None or self.not_a_person(item) is not None:
            return None
        return self._person(self._resolved(reference, item.full_url))

    def _resolved(self, reference: str, holder_url: str | None) -> str:
        """FHIR's rule for relative references: they begin where the holder's fullUrl does."""
        if holder_url and holder_url.startswith("http") and ":" not in reference:
            base = "/".join(holder_url.split("/")[:-2])
            return self._keys.get(f"{base}/{reference}", self._keys.get(reference, reference))
        return self._keys.get(reference, reference)

    def _learn(self, item: Item) -> None:
        if not isinstance(item.resource, dict):
            return
        kind, id_ = item.resource.get("resourceType"), item.resource.get("id")
        names = [name for name in (item.full_url, f"{kind}/{id_}" if id_ else None) if name]
        for name in names:
            self._types.setdefault(name, str(kind))
        if kind == "Patient":
            key = self.own_key(item)
            self._patients.append(key)
            for name in names:
                self._keys.setdefault(name, key)

    def own_key(self, item: Item) -> str:
        id_ = item.resource.get("id")
        own = item.full_url or (f"Patient/{id_}" if id_ else f"#{item.index}")
        return self._person(own)

    def _link(self, item: Item) -> None:
        if not _is_patient(item):
            return
        links = item.resource.get("link")
        for link in links[:_MOST_LINKS] if isinstance(links, list) else ():
            other = _target(link.get("other")) if isinstance(link, dict) else None
            if other is None:
                continue
            alias, own = self._person(self._resolved(other, item.full_url)), self.own_key(item)
            if alias != own:
                self._same[alias] = own

    def _person(self, key: str) -> str:
        while key in self._same:
            key = self._same[key]
        return key

    def _find(self, wanted: str) -> str:
        known = (*self._subjects, *self._patients, *self._keys)
        for key in known:
            if key == wanted or key.endswith((f"/{wanted}", f":{wanted}")):
                return self._person(self._keys.get(key, key))
        raise FhirPatientNotInBundle()


def _composition_subject(items: Iterable[Item], subjects: Subjects) -> str | None:
    for item in items:
        if isinstance(item.resource, dict) and item.resource.get("resourceType") == "Composition":
            return subjects.key_of(item)
    return None


def _is_patient(item: Item) -> bool:
    return isinstance(item.resource, dict) and item.resource.get("resourceType") == "Patient"


def _reference(resource: object) -> str | None:
    """The reference to whom a resource is about, without a version; None where it names nobody
    (or somebody inside itself)."""
    if not isinstance(resource, dict):
        return None
    for field in _FIELDS:
        value = resource.get(field)
        first = value[0] if isinstance(value, list) and value else value
        target = _target(first)
        if target is not None and not target.startswith("#"):
            return target
    return None


def _target(element: object) -> str | None:
    target = element.get("reference") if isinstance(element, dict) else None
    return target.partition("/_history/")[0] if isinstance(target, str) else None


def _type_in(reference: str) -> str | None:
    match = _TYPED.fullmatch(reference)
    return match[1] if match else None


def index_of(items: Iterable[Item]) -> dict[str, Json]:
    """All resources by fullUrl and by type and id."""
    found: dict[str, Json] = {}
    for item in items:
        resource = item.resource
        if not isinstance(resource, dict):
            continue
        if item.full_url:
            found.setdefault(item.full_url, resource)
        if resource.get("id"):
            found.setdefault(f"{resource.get('resourceType')}/{resource['id']}", resource)
    return found
