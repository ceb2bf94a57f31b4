"""Which category's consent covers a resource that is kept as received.

What is not modelled may still name a sensitive diagnosis (a claim does), so the
codes inside decide before the type does.
"""

from __future__ import annotations

import re

from backend.access.categories import Category
from backend.archive.sections.sensitivity import of_code
from backend.archive.sections.tables import table

_TABLE = table("kept_categories")
_BY_TYPE = {
    fhir_type: Category(name)
    for name, types in _TABLE.items()
    if isinstance(types, list)
    for fhir_type in types
}
_BY_TYPE |= {"MedicationRequest": Category.MEDICATIONS, "MedicationStatement": Category.MEDICATIONS}
# Canonical JSON sorts its keys, so a Coding is always code, display, system.
_CODING = re.compile(
    rb'"code":"([^"]{1,40})"(?:,"display":"(?:[^"\\]|\\.)*")?(?:,"[^s][^"]*":[^{}\[\],]*)*'
    rb',"system":"([^"]+)"'
)


def category_of_kept(fhir_type: str, raw: bytes) -> Category:
    """``raw`` is canonical JSON."""
    for code, system in _CODING.findall(raw):
        found = of_code(system.decode(), code.decode())
        if found is not None:
            return found
    return _BY_TYPE.get(fhir_type, Category.CONDITIONS)
