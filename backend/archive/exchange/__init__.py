"""The archive's traffic with other systems: FHIR Bundles taken in and given out.

What FHIR means is ``archive.fhir``'s matter; here it meets the store, the
policy and what is stored already.
"""

from backend.archive.exchange.exporting import FhirExport
from backend.archive.exchange.importing import FhirImport
from backend.archive.exchange.report import ImportReport, ItemReport

__all__ = ["FhirExport", "FhirImport", "ImportReport", "ItemReport"]
