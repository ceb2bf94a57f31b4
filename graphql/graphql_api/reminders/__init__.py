"""Reminders under the resident: what falls due, what became of it."""
