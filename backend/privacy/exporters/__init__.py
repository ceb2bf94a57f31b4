"""What the rooms below put into a download. Rooms above bring their own ``Exporter``."""

from backend.privacy.exporters.access import AccessLogExporter, ConsentExporter, PeopleExporter
from backend.privacy.exporters.originals import OriginalsExporter
from backend.privacy.exporters.record import AlertExporter, FhirExporter, ReadingsExporter

__all__ = [
    "AccessLogExporter",
    "AlertExporter",
    "ConsentExporter",
    "FhirExporter",
    "OriginalsExporter",
    "PeopleExporter",
    "ReadingsExporter",
]
