"""Reminders: measuring, medication, follow-up, vaccination, re-check, lifestyle.

Owns the schedules (RFC 5545 recurrence on a wall clock) and what became of each time they fell
due. Plans and other rooms make reminders through ``Reminders.put``; the worker hands what is due
to ``backend.notifications`` in one transaction with the occurrence it is told for.
"""
