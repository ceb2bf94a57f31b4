"""The log's services for those who read, report and keep it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from backend.access.log.keeping import Keeping
from backend.access.log.proof import LogProof
from backend.access.log.reading import LogReading
from backend.access.log.reports import LogReports
from backend.access.service import Access
from backend.core.container import Core


@dataclass(frozen=True, slots=True)
class LogDesk:
    """What GraphQL, HTTP and the worker stand on."""

    reading: LogReading
    reports: LogReports
    proof: LogProof
    keeping: Keeping


def build_log_desk(core: Core, access: Access) -> LogDesk:
    settings = core.settings
    reading = LogReading(core, access)
    return LogDesk(
        reading=reading,
        reports=LogReports(core, access, reading),
        proof=LogProof(reading),
        keeping=Keeping(
            core.clock,
            every=timedelta(minutes=settings.access_root_minutes),
            months=settings.access_log_months,
        ),
    )
