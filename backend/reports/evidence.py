"""FHIR resources that say where on which page they come from.

The paper is a DocumentReference; ``derivedFrom`` leads to it, and an extension on that
reference holds page (from 1) and rectangle (left, top, right, bottom in pixels of the page
as displayed).
"""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from backend.archive.exchange.envelope import packed
from backend.archive.fhir import Origin, canonical, home_out
from backend.archive.fhir.mapping import OWN_EXTENSIONS
from backend.archive.fhir.provenance import with_origin
from backend.archive.fhir.registry import mapping_for
from backend.archive.sections import Body
from backend.measurements.draft import Draft
from ocr.model import Box

PLACE = OWN_EXTENSIONS + "place-on-page"
Json = dict[str, Any]


def observation_raw(
    entry_id: ObjectId,
    body: Body,
    resident_id: ObjectId,
    document_id: ObjectId,
    page: int | None,
    box: Box | None,
) -> bytes:
    """An entry's resource, as the archive keeps what it received."""
    fields = mapping_for(body).write(body)
    return _packed(entry_id, fields, resident_id, document_id, page, box)


def reading_raw(
    reading_name: str,
    draft: Draft,
    resident_id: ObjectId,
    document_id: ObjectId,
    page: int | None,
    box: Box | None,
) -> bytes:
    """A vital sign's resource."""
    fields = {"status": "final", **home_out.write(draft)}
    return _packed(reading_name, fields, resident_id, document_id, page, box)


def _packed(
    id_: ObjectId | str,
    fields: Json,
    resident_id: ObjectId,
    document_id: ObjectId,
    page: int | None,
    box: Box | None,
) -> bytes:
    resource = {
        "resourceType": "Observation",
        "id": str(id_),
        "subject": {"reference": f"Patient/{resident_id}"},
        **fields,
        "derivedFrom": [_derived(document_id, page, box)],
    }
    return packed(canonical(with_origin(resource, Origin.OCR)), None)


def _derived(document_id: ObjectId, page: int | None, box: Box | None) -> Json:
    reference: Json = {"reference": f"DocumentReference/{document_id}"}
    if page is None or box is None:
        return reference
    place = {
        "url": PLACE,
        "extension": [
            {"url": "page", "valuePositiveInt": page},
            *(
                {"url": name, "valueUnsignedInt": pixels}
                for name, pixels in zip(("left", "top", "right", "bottom"), box, strict=True)
            ),
        ],
    }
    return {**reference, "extension": [place]}
