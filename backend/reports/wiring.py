"""The services of reports, wired to each other."""

from __future__ import annotations

from dataclasses import dataclass

from backend.access.service import Access
from backend.archive.residents import Residents
from backend.core.container import Core
from backend.measurements.overrides import Overrides
from backend.measurements.people import People
from backend.measurements.readings import Readings
from backend.reports.alerts.alerts import ResultAlerts
from backend.reports.alerts.raising import ResultAlerting
from backend.reports.arranging import Arranging
from backend.reports.confirming import Confirming
from backend.reports.engines import Engines
from backend.reports.intake import Intake
from backend.reports.lab_trend import LabTrends
from backend.reports.moving import Moving
from backend.reports.originals import Originals
from backend.reports.reader import ReportReader
from backend.reports.reports import Reports
from backend.reports.retiring import Retiring
from backend.reports.reviewing import Reviewing
from backend.reports.sandbox import Sandbox
from backend.reports.uploads import Uploads


@dataclass(frozen=True, slots=True)
class ReportServices:
    """``sandbox`` and ``engines`` own processes: close them with the server."""

    sandbox: Sandbox
    engines: Engines
    reports: Reports
    intake: Intake
    uploads: Uploads
    reviewing: Reviewing
    confirming: Confirming
    retiring: Retiring
    moving: Moving
    arranging: Arranging
    lab_trends: LabTrends
    originals: Originals
    alerts: ResultAlerts
    alerting: ResultAlerting
    reader: ReportReader

    def close(self) -> None:
        self.sandbox.close()
        self.engines.close()


def build_reports(
    core: Core,
    access: Access,
    residents: Residents,
    readings: Readings,
    overrides: Overrides,
    people: People,
) -> ReportServices:
    settings = core.settings
    sandbox, engines = Sandbox(), Engines(settings.ocr_engine, settings.ocr_threads)
    reports = Reports(core, access, sandbox)
    intake = Intake(core, access, reports, sandbox)
    return ReportServices(
        sandbox=sandbox,
        engines=engines,
        reports=reports,
        intake=intake,
        uploads=Uploads(core, access, intake),
        reviewing=Reviewing(core, access, reports),
        confirming=Confirming(core, access, residents, reports),
        retiring=Retiring(core, access, reports),
        moving=Moving(core, access, reports, intake),
        arranging=Arranging(core, reports),
        originals=Originals(core, access),
        alerts=ResultAlerts(core, access),
        alerting=ResultAlerting(core, reports, overrides, people),
        lab_trends=LabTrends(core, access, readings),
        reader=ReportReader(core, engines),
    )
