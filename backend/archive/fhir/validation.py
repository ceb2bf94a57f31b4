"""Checking one resource against the R4B models of ``fhir.resources``."""

from __future__ import annotations

import re

from pydantic import ValidationError

from backend.archive.fhir.errors import FhirInvalid
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.releases import model_of, older_release
from backend.archive.sections.errors import DateDoesNotExist, DateHourTwentyFour
from backend.archive.sections.partial_date import PartialDate
from backend.core.errors import KangbanError

_LIKE_A_DATE = re.compile(r"[0-9]{4}-[0-9]{2}.*")
_MOST_PLACES = 5


def invalid(resource: Json) -> KangbanError | None:
    """None for a valid resource; else why: an older release, a date that does not exist, or
    FHIR_INVALID with the places (never their values)."""
    model = model_of(resource["resourceType"])
    assert model is not None
    try:
        model.model_validate(resource)
    except ValidationError as error:
        return older_release(resource) or _date_fault(error) or _places(error)
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        # The models' own validators raise these for shapes that they did not foresee.
        return older_release(resource) or FhirInvalid(places=resource["resourceType"])
    return None


def _date_fault(error: ValidationError) -> KangbanError | None:
    for item in error.errors(include_url=False, include_context=False):
        text = item["input"]
        if not isinstance(text, str) or not _LIKE_A_DATE.fullmatch(text):
            continue
        try:
            PartialDate(text)
        except (DateDoesNotExist, DateHourTwentyFour) as fault:
            return fault
        except KangbanError:
            continue
    return None


def _places(error: ValidationError) -> FhirInvalid:
    places = [
        ".".join(str(part) for part in item["loc"])
        for item in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return FhirInvalid(places=", ".join(list(dict.fromkeys(places))[:_MOST_PLACES]))
