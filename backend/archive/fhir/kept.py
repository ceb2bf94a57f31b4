"""Resources that are not valid R4B, wrapped so that an exported Bundle is.

They travel as Binary (``application/fhir+json``) with a tag of ours; reading
such a Binary unwraps it, so that what is kept today may be mapped tomorrow.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error

from backend.archive.fhir.errors import FhirMalformedJson
from backend.archive.fhir.json_text import Json, fault_in, load
from backend.archive.fhir.mapping import OWN_SYSTEMS
from backend.core.errors import KangbanError

_WRAPPED = OWN_SYSTEMS + "kept"
_TAG = {"system": _WRAPPED, "code": "not-valid-r4b"}
CONTENT_TYPE = "application/fhir+json"


def wrap(raw: bytes, key: str) -> Json:
    """A Binary that holds the resource's canonical JSON; ``key`` becomes its id."""
    return {
        "resourceType": "Binary",
        "id": key,
        "meta": {"tag": [_TAG]},
        "contentType": CONTENT_TYPE,
        "data": b64encode(raw).decode(),
    }


def unwrap(resource: Json) -> Json | KangbanError:
    """What ``wrap`` wrapped, any other resource as it is; an error where the content is none."""
    tags = (resource.get("meta") or {}).get("tag") if resource["resourceType"] == "Binary" else ()
    if not isinstance(tags, list) or _TAG not in tags:
        return resource
    try:
        document = load(b64decode(resource.get("data") or "", validate=True))
    except KangbanError as error:
        return error
    except (Error, ValueError, TypeError):
        return FhirMalformedJson(line=1, column=1)
    fault = fault_in(document.root) if document.suspect else None
    root = document.root
    if fault is not None:
        return fault
    named = isinstance(root, dict) and isinstance(root.get("resourceType"), str)
    return root if named else FhirMalformedJson(line=1, column=1)
