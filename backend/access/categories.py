"""The categories of a resident's data and what one may do with them.

A relation (caregiver, doctor, institution) is granted categories and rights;
every entry, reading, alert, chat and point belongs to exactly one category.
"""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    PROFILE = "profile"
    READINGS = "readings"
    CONDITIONS = "conditions"  # with allergies, procedures, encounters, family history, lifestyle
    MEDICATIONS = "medications"
    REPORTS = "reports"  # lab results, imaging, documents
    MENTAL_HEALTH = "mental_health"
    REPRODUCTIVE_HEALTH = "reproductive_health"
    CHAT = "chat"
    POINTS = "points"


class Action(StrEnum):
    VIEW = "view"
    RECORD = "record"  # add what is new, correct one's own
    MANAGE = "manage"  # correct anything, withdraw, settings, devices
    RECEIVE_ALERTS = "receive_alerts"


ALL_CATEGORIES = frozenset(Category)
ALL_ACTIONS = frozenset(Action)
