"""The room put together."""

from __future__ import annotations

from dataclasses import dataclass

from backend.access.service import Access
from backend.appointments.bookings import Bookings
from backend.appointments.clinics import Clinics
from backend.appointments.importing import SlotImport
from backend.appointments.looking import Looking
from backend.appointments.visits import VisitReminders
from backend.appointments.waiting import WaitingList
from backend.appointments.worker import AppointmentWorker
from backend.care.reminders.wiring import ReminderServices
from backend.core.container import Core
from content.library import Library


@dataclass(frozen=True, slots=True)
class Appointments:
    """Everything that GraphQL, the bot and the worker use of this room."""

    bookings: Bookings
    waiting: WaitingList
    looking: Looking
    clinics: Clinics
    fhir: SlotImport
    visits: VisitReminders
    worker: AppointmentWorker


def build_appointments(
    core: Core, access: Access, reminders: ReminderServices, library: Library
) -> Appointments:
    visits = VisitReminders(reminders.reminders, reminders.occurrences)
    bookings = Bookings(core, access, visits)
    clinics = Clinics(core, access, visits)
    return Appointments(
        bookings=bookings,
        waiting=WaitingList(core, bookings),
        looking=Looking(core, access, library),
        clinics=clinics,
        fhir=SlotImport(core, clinics),
        visits=visits,
        worker=AppointmentWorker(core),
    )
