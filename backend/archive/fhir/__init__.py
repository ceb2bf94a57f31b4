"""FHIR R4 in and out. Pure: no database, no web; ``fhir.resources`` is imported when the first
resource is read or written, not before.

``read_bundle(data, source_system=…)`` takes a Bundle (collection, searchset,
transaction, batch, their responses, document, message) or a single resource and
answers for each entry on its own: taken, merged, raw or refused, and why.
``write_bundle(export)`` gives a Bundle of type collection.

Modelled (``resources/``): Patient (profile), Condition, AllergyIntolerance,
MedicationStatement, MedicationRequest, Immunization, Procedure,
FamilyMemberHistory, Encounter, DiagnosticReport, DocumentReference,
QuestionnaireResponse, CarePlan, Goal, and Observation as

- a home reading, for the LOINC codes of ``data/observation_kinds.toml``, where it has a value
  with a unit and at least a day (``home_readings.py``, ``home_out.py``);
- lifestyle (smoking, drinking; exercise and diet under our own codes), pregnancy
  (LOINC 82810-3), child data (own codes): ``data/section_codes.toml``;
- otherwise an ``observation``: every other coded result.

Kept raw and exported as received: every other type (Organization, Practitioner,
Medication, Claim, Composition …); what a mapping cannot hold whole (never half
an entry); what is about a Group or Device; and what is not valid R4, with the
reason. The last goes out wrapped in a Binary so that the export validates, and
is unwrapped when it comes back. A few older forms whose meaning did not change
(status codes of STU3 conditions and allergies, STU3 doses) are rewritten and
said so (FHIR_CARRIED_OVER).

Refused: no resource, an unknown or pre-R4 type, another patient, a file about
several where nobody said which, a deletion, text or numbers that no JSON store
holds (U+0000, lone surrogates, duplicate keys, NaN).

``raw`` is canonical JSON (sorted keys) with every digit of every number as
received; narrative, extensions, ``_field`` siblings, contained resources and
meta survive in it. Not kept: the Bundle's own envelope (id, links, signature)
and ``entry.request``.

An unchanged entry goes out as received, id and fullUrl too. A changed one is an
overlay: only those fields whose mapped value changed are rewritten
(``overlay.py``). Our own entries get LOINC, SNOMED CT and UCUM codes where
there are any and codes under ``urn:kangban:codesystem:`` beside them, our hex
id, and ``meta.tag`` saying who recorded them (``provenance.py``).
"""

from __future__ import annotations

from backend.archive.fhir.export import Export, OutEntry, OutKept, OutPerson, OutReading
from backend.archive.fhir.json_text import canonical, dump, parse_canonical
from backend.archive.fhir.model import (
    BundleReading,
    EntryDraft,
    Identity,
    Kept,
    Mapped,
    Origin,
    Outcome,
    ReadingDraft,
)
from backend.archive.fhir.reading import read_bundle, reading_as_entry
from backend.archive.fhir.writing import write_bundle

__all__ = [
    "BundleReading",
    "EntryDraft",
    "Export",
    "Identity",
    "Kept",
    "Mapped",
    "Origin",
    "OutEntry",
    "OutKept",
    "OutPerson",
    "OutReading",
    "Outcome",
    "ReadingDraft",
    "canonical",
    "dump",
    "parse_canonical",
    "read_bundle",
    "reading_as_entry",
    "write_bundle",
]
