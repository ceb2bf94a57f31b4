"""What a mapping between a FHIR resource type and a body is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.sections.base import Body

OWN_EXTENSIONS = "urn:kangban:extension:"
OWN_SYSTEMS = "urn:kangban:codesystem:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Both directions of one resource type.

    ``read`` makes the body and raises a KangbanError or ValidationError where it
    cannot; ``write`` gives the modelled fields only. ``choices`` are the
    prefixes of ``x[x]`` fields among them, ``defaults`` what FHIR requires and
    the archive does not model. ``revived`` is the status of an entry that was
    marked as entered in error and no longer is; None removes the field.
    """

    fhir_type: str
    read: Callable[[Json, Context], Body]
    write: Callable[[Any], Json]
    subject: str = "subject"
    choices: tuple[str, ...] = ()
    defaults: Json = field(default_factory=dict)
    status_field: str = "status"
    revived: str | None = "unknown"
