"""The closed sets of this room."""

from __future__ import annotations

from enum import StrEnum


class Urgency(StrEnum):
    ROUTINE = "routine"
    IMPORTANT = "important"
    EMERGENCY = "emergency"  # passes quiet hours and choices, by every channel at once


class ChannelKey(StrEnum):
    """Ways out of the house. The inbox is none: everything told is in it, always."""

    FCM = "fcm"
    WECHAT = "wechat"
    TELEGRAM = "telegram"
    WECOM = "wecom"


class PushState(StrEnum):
    """What became of an inbox item's way to the phone."""

    WAITING = "waiting"
    SENT = "sent"
    BUNDLED = "bundled"  # another item's push told of it
    MUTED = "muted"  # by choice
    NO_CHANNEL = "no_channel"  # no address that may be used: the inbox has it
    FAILED = "failed"  # every channel refused it
    UNKNOWN = "unknown"  # cut off while sending by a channel that would say it twice
    LATE = "late"  # too old to be news
    READ = "read"  # seen in the inbox before


class Audience(StrEnum):
    """Who is told."""

    SELF = "self"  # the resident, and guardians who act for them
    ALERTS = "alerts"  # caregivers with "receive alerts" in the category
    DOCTORS = "doctors"  # contracted doctors and teams with "receive alerts" in the category
    ASKED = "asked"  # doctors whom a ticket's stage asks
    OPERATORS = "operators"
    ACCOUNT = "account"  # named by the event, or by the document it names
