"""From review into the archive, and back out: each in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action, Category
from backend.access.circle.persons import masked
from backend.access.relations import Relation
from backend.access.service import NOTHING, Access
from backend.archive.entry import EntrySource, Provenance
from backend.archive.residents import Residents
from backend.archive.sections import check_dates
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.history import ChangedMeanwhile
from backend.core.keys import OwnerKey
from backend.identity.viewer import Viewer
from backend.measurements.granted import category_of
from backend.measurements.recording import recorder
from backend.reports.bodies import Choice
from backend.reports.documents import ReportState
from backend.reports.errors import (
    ReportItemNotFound,
    ReportNotInState,
    ReportPatientDiffers,
    ReportUncertain,
)
from backend.reports.events import ReportConfirmed
from backend.reports.names import PatientMatch, match_names
from backend.reports.planning import Plan, plan_of
from backend.reports.report import Report
from backend.reports.reports import Reports
from backend.reports.review import Review
from backend.reports.settling import Settling
from backend.reports.versions import change_report
from backend.reports.vitals import vitals_of

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What somebody said when they confirmed.

    ``patient_confirmed``: the other name on the paper is this person all the same.
    ``uncertain_confirmed``: what is marked is right as it stands.
    """

    choice: Choice = Choice()  # noqa: RUF009  (frozen)
    patient_confirmed: bool = False
    uncertain_confirmed: bool = False


class Confirming:
    """Puts a reviewed report into the archive."""

    def __init__(self, core: Core, access: Access, residents: Residents, reports: Reports) -> None:
        self._core = core
        self._access = access
        self._residents = residents
        self._reports = reports

    async def confirm(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        report_id: ObjectId,
        *,
        version: int,
        said: Confirmation,
        idempotency_key: str,
    ) -> Report:
        """The paper, its results, what was chosen of drugs and diagnoses, and vital signs.

        Raises ``ReportNotInState``, ``ChangedMeanwhile``, ``ReportPatientDiffers``,
        ``ReportUncertain``, ``ReportItemNotFound`` (a choice that is not there),
        ``AccessDenied`` for a category that the viewer may not record in, and what
        ``check_dates`` refuses.
        """
        report = await self._reports.changeable(viewer, resident_id, report_id)
        plan: Plan | None = None
        if not await self._core.idempotency.known(viewer.account_id, idempotency_key):
            review = await self._checked(resident_id, report, version, said)
            plan = await self._plan(viewer, report, review, said.choice)
        arguments = ["confirm_report", resident_id, report_id, version, *_plain(said)]
        relation = await self._access.require(viewer, resident_id, Category.REPORTS, Action.RECORD)
        key = await self._core.keyring.key(resident_id)

        async def work(session: Session) -> Raw:
            if plan is None:
                raise ChangedMeanwhile  # the first answer was forgotten at this moment
            return await self._write(viewer, relation, report, plan, key, session)

        for _ in range(_ATTEMPTS):
            try:
                await self._core.idempotency.once(
                    viewer.account_id, idempotency_key, arguments, work
                )
            except DuplicateKeyError:
                continue  # the same reading was recorded at this moment: now it is a twin
            return await self._reports.load(resident_id, report_id)
        raise ChangedMeanwhile

    async def patient_match(self, resident_id: ObjectId, report: Report) -> PatientMatch:
        """The name on the paper beside the profile's; says neither."""
        printed = report.review.patient_name if report.review else None
        resident = await self._residents.load(resident_id)
        return match_names(printed, resident.profile.name)

    async def patient_name(self, viewer: Viewer, report: Report) -> str | None:
        """The name on the paper; masked for all but the person and their guardians."""
        printed = report.review.patient_name if report.review else None
        if printed is None or await self._access.holds(viewer, report.resident_id):
            return printed
        return masked(printed)

    async def _checked(
        self, resident_id: ObjectId, report: Report, version: int, said: Confirmation
    ) -> Review:
        if report.state is not ReportState.READY or report.review is None:
            raise ReportNotInState(state=report.state.value)
        if report.version != version:
            raise ChangedMeanwhile
        _check_choice(report.review, said.choice)
        if not said.patient_confirmed:
            match = await self.patient_match(resident_id, report)
            if match is PatientMatch.DIFFERENT:
                raise ReportPatientDiffers
        doubtful = [each.id for each in report.review.kept if each.uncertain]
        if doubtful and not said.uncertain_confirmed:
            raise ReportUncertain(count=len(doubtful), items=doubtful)
        return report.review

    async def _write(
        self,
        viewer: Viewer,
        relation: Relation,
        report: Report,
        plan: Plan,
        key: OwnerKey,
        session: Session,
    ) -> Raw:
        resident_id, now = report.resident_id, self._core.clock.now()
        by = recorder(viewer, relation)
        settling = Settling(self._core, session, resident_id, key, by=by, now=now)
        await settling.put_entries(plan.entries, _provenance(viewer, relation))
        await settling.put_readings(plan.readings)
        links = settling.settled.links
        kept_entries, kept_readings = _ids(links)
        stale = [
            each
            for each in _raw_links(report)
            if each["entry_id"] not in kept_entries and each["reading_id"] not in kept_readings
        ]
        await settling.retire(stale, keep_links=False)
        changes: Raw = {
            "state": ReportState.CONFIRMED.value,
            "links": links,
            "confirmed_by": by.to_raw(),
            "confirmed_at": now,
            "updated_at": now,
        }
        await change_report(session, report, changes)
        await settling.publish(
            ReportConfirmed(
                resident_id=PydanticObjectId(resident_id),
                report_id=PydanticObjectId(report.id),
                entry_ids=tuple(map(PydanticObjectId, settling.settled.entry_ids)),
                reading_ids=tuple(map(PydanticObjectId, settling.settled.reading_ids)),
                abnormal=tuple(map(PydanticObjectId, plan.abnormal)),
            )
        )
        return {"report_id": report.id}

    async def _plan(self, viewer: Viewer, report: Report, review: Review, choice: Choice) -> Plan:
        resident_id = report.resident_id
        granted = await self._access.categories(
            viewer, resident_id, Action.RECORD, looks_at=NOTHING
        )
        birth_date = await self._residents.birth_date(resident_id)
        now = self._core.clock.now()
        vitals = [
            each
            for each in vitals_of(report.id, review, now=now, birth_date=birth_date)
            if category_of(each.kind) in granted
        ]
        plan = plan_of(report, review, choice, vitals)
        used = {each.body.category for each in plan.entries}
        for category in sorted(used | {category_of(each.kind) for each in vitals}):
            await self._access.require(viewer, resident_id, category, Action.RECORD)
        for each in plan.entries:
            check_dates(each.body, now)
        return plan


def _check_choice(review: Review, choice: Choice) -> None:
    drugs = {each.id for each in review.medications}
    texts = {each.id for each in review.narrative}
    if not choice.medications <= drugs or not choice.conditions <= texts:
        raise ReportItemNotFound


def _provenance(viewer: Viewer, relation: Relation) -> Provenance:
    return replace(Provenance.of(viewer, relation), source=EntrySource.OCR)


def _raw_links(report: Report) -> list[Raw]:
    return [
        {"part": each.part, "entry_id": each.entry_id, "reading_id": each.reading_id}
        for each in report.links
    ]


def _ids(links: Iterable[Raw]) -> tuple[set[ObjectId], set[ObjectId]]:
    listed = list(links)
    return (
        {each["entry_id"] for each in listed if each["entry_id"]},
        {each["reading_id"] for each in listed if each["reading_id"]},
    )


def _plain(said: Confirmation) -> list[object]:
    """Sets have no order that a hash could rely on."""
    choice = said.choice
    return [
        sorted(choice.medications),
        sorted(choice.conditions),
        said.patient_confirmed,
        said.uncertain_confirmed,
    ]
