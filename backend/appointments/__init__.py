"""Appointments: times that clinics publish, bookings of them, waiting lists, attendance.

Owns schedules and slots (FHIR ``Schedule``, ``Slot``), the resident's ``Appointment`` and the
clinic's side of it, a ``Place``, which has the booking's number and says nothing of whose it is.
A place of a slot is taken and given back in one transaction with what it is taken for
(``places``). Who may book for a resident is the policy's matter; an institution account keeps
its own schedules only. Reminders, points and notifications follow the events.
"""
