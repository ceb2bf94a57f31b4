"""The room put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from beanie import Document

from backend.access.consent.service import Consents
from backend.access.service import Access
from backend.archive.exchange import FhirExport
from backend.archive.residents import Residents
from backend.core.container import Core
from backend.measurements.alerts import Alerts
from backend.measurements.readings import Readings
from backend.privacy.corrections import Corrections
from backend.privacy.downloads import Downloads
from backend.privacy.erasing import Erasing
from backend.privacy.exporters import (
    AccessLogExporter,
    AlertExporter,
    ConsentExporter,
    FhirExporter,
    OriginalsExporter,
    PeopleExporter,
    ReadingsExporter,
)
from backend.privacy.exporting import Exporter
from backend.privacy.held import Holdings
from backend.privacy.owned import Owned
from backend.privacy.records import Records
from backend.privacy.rollbacks import Rollbacks
from backend.privacy.worker import PrivacyWorker


@dataclass(frozen=True, slots=True)
class Privacy:
    """The rights, and the worker that does what takes time."""

    downloads: Downloads
    erasing: Erasing
    holdings: Holdings
    corrections: Corrections
    rollbacks: Rollbacks
    worker: PrivacyWorker


@dataclass(frozen=True, slots=True)
class Sources:
    """The rooms below that give something to a download."""

    residents: Residents
    consents: Consents
    fhir_export: FhirExport
    readings: Readings
    alerts: Alerts


def build_privacy(
    core: Core,
    access: Access,
    sources: Sources,
    documents: Sequence[type[Document]],
    exporters: Sequence[Exporter] = (),
) -> Privacy:
    """``documents`` is every document of every room; ``exporters`` are those of rooms above."""
    owned = Owned(core.store, documents)
    records = Records()
    own: tuple[Exporter, ...] = (
        FhirExporter(sources.fhir_export),
        ReadingsExporter(sources.readings),
        AlertExporter(sources.alerts),
        OriginalsExporter(core, access),
        ConsentExporter(sources.consents),
        PeopleExporter(access),
    )
    last = AccessLogExporter(access)  # so that it holds what the others noted
    downloads = Downloads(core, access, sources.residents, (*own, *exporters, last))
    erasing = Erasing(core, access, owned)
    return Privacy(
        downloads=downloads,
        erasing=erasing,
        holdings=Holdings(access, owned),
        corrections=Corrections(core, access, records),
        rollbacks=Rollbacks(core, access, records),
        worker=PrivacyWorker((downloads.step, erasing.step), first=erasing.reapply),
    )
