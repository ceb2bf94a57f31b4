"""What consent is asked for, each on its own (PIPL Art. 14, 29: no bundling)."""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    HEALTH_DATA = "health_data"  # keeping a health record at all
    ASSISTANT = "assistant"
    OUTSIDE_MODEL = "outside_model"  # a language model of another company
    TELEGRAM = "telegram"  # leaves the country
    FCM = "fcm"  # Firebase Cloud Messaging; leaves the country
    RESEARCH_STATISTICS = "research_statistics"


class ConsentState(StrEnum):
    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    OUTDATED = "outdated"  # given to an earlier major version of the notice: asked again
    MISSING = "missing"  # never asked, or never answered
