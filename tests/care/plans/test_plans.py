"""Proposed from the archive, confirmed, changed by people, ended with their reason."""

from __future__ import annotations

import pytest

from backend.access.errors import AccessDenied, RoleRequired
from backend.archive.sections import Section
from backend.care.plans.documents import Change, PlanState
from backend.care.plans.editing import Edit, Target
from backend.care.plans.errors import CarePlanChanged, CarePlanInvalid, CarePlanNotOpen
from backend.care.plans.programme import Part
from backend.core.clock import FixedClock
from backend.measurements.draft import Kind
from backend.services import Services
from tests.care.plans.helpers import (
    HIGH,
    SUGAR,
    a_doctor_of,
    proposed,
    reload,
    reminders,
    started,
    states,
    told,
    with_conditions,
)
from tests.factories import a_caregiver, a_key


async def test_a_diagnosis_of_the_archive_is_the_reason_of_a_plan_that_starts_when_confirmed(
    services: Services,
) -> None:
    viewer, resident_id, _ = await with_conditions(services, HIGH)
    waiting = await proposed(services, viewer, resident_id)
    assert set(waiting) == {"hypertension", "elder"}
    assert waiting["hypertension"].reason.zh == "因为档案中有高血压"
    assert await reminders(resident_id) == []
    [plan] = await started(services, viewer, resident_id, "hypertension")
    assert (plan.state, plan.version) == (PlanState.ACTIVE, 2)
    [measure] = await reminders(resident_id)
    assert (measure["subject"], measure["times"]) == ("blood_pressure", ["07:30", "20:00"])
    assert measure["rule"] == "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"
    checks = {each["subject"] for each in await reminders(resident_id, "recheck")}
    assert checks == {"2160-0", "9318-7", "13457-7", "11524-6"}
    [visit] = await reminders(resident_id, "follow_up")
    assert visit["start"] == "2026-12-19"
    page = await services.entries.page(viewer, resident_id, Section.CARE_PLAN, first=5)
    assert [each.body.title("zh") for each in page.items][0].startswith("照护计划：高血压管理计划")
    [revision] = await services.care_plans.looking.revisions(plan)
    assert (revision.what, revision.by) == (Change.STARTED, viewer.account_id)
    assert revision.why.zh == "您确认了这份计划"
    with pytest.raises(CarePlanNotOpen):
        await services.care_plans.deciding.confirm(
            viewer, resident_id, plan.id, idempotency_key=a_key()
        )
