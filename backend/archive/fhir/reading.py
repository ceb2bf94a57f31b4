"""``read_bundle``: FHIR in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from backend.archive.fhir import home_readings
from backend.archive.fhir.context import Context
from backend.archive.fhir.entries import Item, bundle_type, items
from backend.archive.fhir.errors import (
    FhirCarriedOver,
    FhirDeletion,
    FhirDuplicateEntry,
    FhirEntryWithoutResource,
    FhirInvalid,
    FhirNotAResource,
    FhirRepeatedEntry,
    FhirTypeUnchecked,
)
from backend.archive.fhir.json_text import (
    Document,
    Json,
    check_nesting,
    fault_in,
    load,
    parse_canonical,
)
from backend.archive.fhir.kept import unwrap
from backend.archive.fhir.model import (
    AnyDraft,
    BundleReading,
    EntryDraft,
    Identity,
    Kept,
    Mapped,
    Outcome,
    ReadingDraft,
)
from backend.archive.fhir.receiving import received
from backend.archive.fhir.registry import mapping_of
from backend.archive.fhir.releases import carry_over, type_fault
from backend.archive.fhir.resources import observation, patient
from backend.archive.fhir.subjects import Subjects, index_of
from backend.archive.fhir.validation import invalid
from backend.archive.sections import invalid as invalid_body
from backend.archive.sections.plausibility import check_dates
from backend.archive.sections.profile import Profile
from backend.core.errors import KangbanError
from backend.measurements.draft import Source

_REMOVING = ("DELETE",)


@dataclass(slots=True)
class _Reader:
    """What the entries of one file share."""

    source_system: str
    now: datetime | None
    suspect: bool
    subjects: Subjects
    chosen: str | None
    context: Context
    profile: Profile | None = None
    seen: dict[Identity, str] = field(default_factory=dict)

    def read(self, item: Item) -> Mapped:
        """One entry's answer. Nothing that is wrong with it reaches the others."""
        fault = self._refusal(item)
        if fault is not None:
            return _mapped(item, Outcome.REFUSED, fault)
        answer = self._take(item)
        return self._once(answer)

    def _refusal(self, item: Item) -> KangbanError | None:
        resource = item.resource
        if item.method in _REMOVING:
            return FhirDeletion(method=item.method)
        if resource is None:
            return FhirEntryWithoutResource()
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            return FhirNotAResource()
        fault = fault_in(resource) if self.suspect else None
        fault = fault or type_fault(resource["resourceType"])
        if fault is not None and not isinstance(fault, FhirTypeUnchecked):
            return fault
        return self.subjects.fault(item, self.chosen)

    def _take(self, item: Item) -> Mapped:
        resource, rewritten = carry_over(item.resource)
        fault = type_fault(resource["resourceType"]) or invalid(resource)
        if fault is not None:
            original = received(item.resource, item.full_url, self.source_system)
            return _kept(item, original, fault, valid=False)
        common = received(resource, item.full_url, self.source_system)
        fault = self.subjects.not_a_person(item)
        if fault is not None:
            return _kept(item, common, fault)
        try:
            if resource["resourceType"] == "Patient":
                return self._patient(item, resource, common)
            draft = self._draft(resource, common)
        except KangbanError as error:
            return _kept(item, common, error)
        except ValidationError as error:
            return _kept(item, common, invalid_body(error))
        except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError):
            # The resource is valid, but one that it refers to need not be: its names and
            # strengths are read from there.
            return _kept(item, common, FhirInvalid(places="reference"))
        if draft is None:
            return _kept(item, common, None)
        note = FhirCarriedOver(fields=", ".join(rewritten)) if rewritten else None
        return replace(_mapped(item, Outcome.TAKEN, note), drafts=(draft,))

    def _draft(self, resource: Json, common: Mapping[str, Any]) -> AnyDraft | None:
        if resource["resourceType"] == "Observation":
            identity: Identity = common["identity"]
            source = Source(system=f"fhir:{identity.system}", id=identity.key)
            home = home_readings.read(resource, self.context, source)
            if home is not None:
                return ReadingDraft(draft=home, **common)
        mapping = mapping_of(resource)
        if mapping is None:
            return None
        body = mapping.read(resource, self.context)
        if self.now is not None:
            check_dates(body, self.now)
        encounter = (resource.get("encounter") or {}).get("reference")
        return EntryDraft(section=body.section, body=body, encounter=encounter, **common)

    def _patient(self, item: Item, resource: Json, common: Mapping[str, Any]) -> Mapped:
        """The facts go into the profile; of several Patients of one person the first gives
        them, or the one that an export of ours made, which is not kept beside the profile."""
        profile, ours = patient.read(resource), common["origin"] is not None
        if self.profile is None or ours:
            self.profile = profile
        taken = _mapped(item, Outcome.TAKEN, None)
        return taken if ours else replace(taken, drafts=(Kept(**common),))

    def _once(self, answer: Mapped) -> Mapped:
        """The second of two resources with one identity adds nothing, or is refused."""
        for draft in answer.drafts:
            before = self.seen.get(draft.identity)
            if before is None:
                self.seen[draft.identity] = draft.digest
                continue
            same = before == draft.digest
            return replace(
                answer,
                status=Outcome.MERGED if same else Outcome.REFUSED,
                reason=FhirRepeatedEntry() if same else FhirDuplicateEntry(),
                drafts=(),
            )
        return answer


def read_bundle(
    data: bytes | Json,
    *,
    source_system: str,
    patient: str | None = None,
    now: datetime | None = None,
) -> BundleReading:
    """Reads a FHIR R4 Bundle, or one resource, of one person.

    ``source_system`` names the sender; ``patient`` (id, reference or fullUrl) says whose
    record to take from a file about several. With ``now``, dates in the future of what has
    happened are kept raw with their reason. Raises FHIR_TOO_LARGE, FHIR_NOT_UTF8,
    FHIR_MALFORMED_JSON, FHIR_TOO_DEEP, FHIR_NOT_A_BUNDLE, FHIR_BUNDLE_TYPE_UNSUPPORTED or
    FHIR_PATIENT_NOT_IN_BUNDLE; everything else is the answer of the entry that it concerns.
    """
    document = _document(data)
    kind = bundle_type(document.root)
    received_items = [_unwrapped(item) for item in items(document.root)]
    subjects = Subjects(received_items)
    chosen = subjects.choose(patient, kind == "document")
    context = Context(index_of(received_items))
    reader = _Reader(source_system, now, document.suspect, subjects, chosen, context)
    mapped = tuple(map(reader.read, received_items))
    return BundleReading(
        bundle_type=kind,
        patient=chosen,
        candidates=subjects.candidates,
        profile=reader.profile,
        mapped=mapped,
    )


def _document(data: bytes | Json) -> Document:
    if isinstance(data, bytes):
        return load(data)
    check_nesting(data)
    return Document(data, suspect=True)


def _unwrapped(item: Item) -> Item:
    """The item with what a Binary of ours wraps, or with the error as its resource."""
    resource = item.resource
    if not isinstance(resource, dict) or resource.get("resourceType") != "Binary":
        return item
    inner = unwrap(resource)
    return item if isinstance(inner, KangbanError) else replace(item, resource=inner)


def _mapped(item: Item, status: Outcome, reason: KangbanError | None) -> Mapped:
    resource = item.resource if isinstance(item.resource, dict) else {}
    fhir_type, fhir_id = resource.get("resourceType"), resource.get("id")
    return Mapped(
        index=item.index,
        path=item.path,
        status=status,
        fhir_type=fhir_type if isinstance(fhir_type, str) else None,
        fhir_id=fhir_id if isinstance(fhir_id, str) else None,
        full_url=item.full_url,
        reason=reason,
    )


def _kept(
    item: Item, common: Mapping[str, Any], reason: KangbanError | None, valid: bool = True
) -> Mapped:
    kept = Kept(valid=valid, reason=reason.code if reason else None, **common)
    return replace(_mapped(item, Outcome.RAW, reason), drafts=(kept,))


def reading_as_entry(reading: ReadingDraft) -> EntryDraft:
    """The same Observation as an entry of the archive, for a reading that the measurements
    room does not take (an unknown unit, an impossible value)."""
    body = observation.read(parse_canonical(reading.raw), Context())
    return EntryDraft(
        section=body.section,
        body=body,
        **{name: getattr(reading, name) for name in _COMMON},
    )


_COMMON = ("raw", "identity", "digest", "fhir_type", "full_url", "status", "origin", "own_id")
