"""Who came and who did not: recorded by the clinic, with what follows from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from backend.access.errors import RoleRequired
from backend.appointments.documents import AppointmentState
from backend.appointments.errors import (
    AppointmentNotFound,
    AppointmentOver,
    AttendanceTooLate,
    AttendanceTooSoon,
)
from backend.appointments.services import ServiceKind
from backend.care.reminders.documents import OccurrenceState
from backend.care.reminders.errors import ReminderNotFound
from backend.care.reminders.limits import ReminderKind
from backend.core.clock import FixedClock
from backend.main import build_dispatcher
from backend.services import Services
from tests.appointments.helpers import MORNING, a_clinic, a_slot, booked, events
from tests.care.reminders.helpers import a_draft, a_reminder, occurrences
from tests.factories import a_resident, a_viewer


async def test_who_came_has_answered_the_follow_up_and_earned_its_points(
    services: Services, clock: FixedClock
) -> None:
    clinic = await a_clinic(services)
    slot = await a_slot(services, clinic)
    viewer, resident = await a_resident(services)
    draft = a_draft("09:00", kind=ReminderKind.FOLLOW_UP, rule=None, start="2026-11-22")
    reminder = await a_reminder(services, viewer, resident, draft)
    with pytest.raises(ReminderNotFound):
        await booked(services, viewer, resident, slot, reminder_id=ObjectId())
    mine = await booked(services, viewer, resident, slot, reminder_id=reminder.id)
    room = services.appointments
    with pytest.raises(AttendanceTooSoon):
        await room.clinics.record(clinic, mine, attended=True)
    for _ in range(2):  # the linked reminder falls due, then the visit's own
        clock.set(MORNING - timedelta(days=3) if _ == 0 else MORNING - timedelta(hours=14))
        await services.reminders.worker.drain()
    clock.set(MORNING + timedelta(minutes=5))
    for other, error in ((await a_clinic(services), AppointmentNotFound), (viewer, RoleRequired)):
        with pytest.raises(error):
            await room.clinics.record(other, mine, attended=True)
    for _ in range(2):
        place = await room.clinics.record(clinic, mine, attended=True)
        assert place.state is AppointmentState.FULFILLED
    dispatcher = build_dispatcher(services)
    await dispatcher.drain()
    assert [each.state for each in await occurrences(resident)] == [OccurrenceState.TAKEN] * 2
    balance = services.points.statement.balance
    assert (await balance(viewer, resident)).points == 5
    log = await services.core.store.db["access_log"].find_one({"account_id": clinic.account_id})
    assert log is not None
    assert (log["relation"], log["action"], log["purpose"]) == (
        "institution",
        "record",
        "appointment",
    )
    # The clinic corrects itself: the points go, the resident is told.
    await room.clinics.record(clinic, mine, attended=False)
    await dispatcher.drain()
    assert (await balance(viewer, resident)).points == 0
    told = services.core.store.db["inbox_items"].find({"resident_id": resident})
    assert "appointment_missed" in [raw["text"] async for raw in told]
    assert (await events(services, resident)).count("appointment_attendance") == 2
    clock.set(MORNING + timedelta(days=7, minutes=1))
    with pytest.raises(AttendanceTooLate):
        await room.clinics.record(clinic, mine, attended=True)


async def test_only_a_follow_up_that_took_place_earns(
    services: Services, clock: FixedClock
) -> None:
    clinic = await a_clinic(services)
    jab = await a_slot(services, clinic, kind=ServiceKind.VACCINATION)
    visit = await a_slot(services, clinic)
    viewer, resident = await a_resident(services)
    room = services.appointments
    first = await booked(services, viewer, resident, jab)
    second = await booked(services, viewer, resident, visit)
    clock.set(MORNING - timedelta(hours=5))
    await room.bookings.cancel(viewer, resident, second)
    clock.set(MORNING)
    with pytest.raises(AppointmentOver):
        await room.clinics.record(clinic, second, attended=True)
    await room.clinics.record(clinic, first, attended=True)
    await build_dispatcher(services).drain()
    assert (await services.points.statement.balance(viewer, resident)).points == 0
    listed = await room.clinics.places(
        clinic, since=MORNING, until=MORNING + timedelta(days=1), first=10
    )
    assert [(each.id, each.state) for each in listed.items] == [(first, AppointmentState.FULFILLED)]
    with pytest.raises(RoleRequired):
        await room.clinics.places(a_viewer(), since=MORNING, until=MORNING, first=10)


async def test_the_download_holds_appointments_as_fhir(services: Services) -> None:
    from fhir.resources.R4B.appointment import Appointment

    clinic = await a_clinic(services)
    viewer, resident = await a_resident(services)
    slot = await a_slot(services, clinic)
    mine = await booked(services, viewer, resident, slot)
    [row] = await services.appointments.looking.exported(viewer, resident)
    parsed = Appointment.model_validate(row)
    assert (parsed.id, parsed.status) == (str(mine), "booked")
    assert row["start"] == "2026-11-25T09:00:00+08:00"
    found = await services.appointments.looking.get(viewer, resident, mine)
    pieces = services.appointments.looking.preparation(found)
    assert "test_home_bp" in {each.slug for each in pieces}
    assert {each.front.kind for each in pieces} == {"test"}
