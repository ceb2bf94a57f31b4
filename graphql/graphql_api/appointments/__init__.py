"""Appointments: times that can be booked, the resident's own, and the clinic's desk."""
