"""What every channel is: it hands parcels over, and says what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, NamedTuple, Protocol

from backend.access.consent.purpose import Purpose
from backend.identity.viewer import Language, Role, Viewer
from backend.notifications.catalogue import push_texts
from backend.notifications.kinds import ChannelKey, Urgency

OPEN, LATER = ("open", "open"), ("later", "wait")
"""Words of ``[push.*]`` and what the chat is told (``bot.chat``) when it is pressed."""


class Button(NamedTuple):
    """``action`` holds the tag and nothing else."""

    label: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """All that a channel is told. Made of urgency, count and language: no health content can
    be in it. ``tag`` is the inbox item's id, by which a phone knows a repeat."""

    tag: str
    urgency: Urgency
    count: int
    language: Language
    at: datetime

    @property
    def title(self) -> str:
        return push_texts()["title"].of(self.language)

    @property
    def text(self) -> str:
        several = self.count > 1 and self.urgency is not Urgency.EMERGENCY
        words = push_texts()["several" if several else self.urgency.value].of(self.language)
        return words.format(count=self.count)

    @property
    def buttons(self) -> list[Button]:
        """What can be pressed below it; an emergency cannot be put off."""
        keys = (OPEN,) if self.urgency is Urgency.EMERGENCY else (OPEN, LATER)
        return [
            Button(push_texts()[key].of(self.language), f"{action}:{self.tag}")
            for key, action in keys
        ]


class Result(StrEnum):
    SENT = "sent"
    GONE = "gone"  # the address is dead: it is removed
    REFUSED = "refused"  # this message will never be taken
    SPENT = "spent"  # no message is left of what the person allowed
    LATER = "later"  # try again
    UNKNOWN = "unknown"  # cut off after it was handed over: it may have arrived
    MISCONFIGURED = "misconfigured"  # the operator's to mend; tried again


@dataclass(frozen=True, slots=True)
class Answer:
    """``after``: how long the channel asks to wait. ``code``: its own, for the operator."""

    result: Result
    after: timedelta | None = None
    code: str = ""


SENT = Answer(Result.SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a channel can do; who chooses among channels asks this and not its name.

    ``replaces``: the same tag sent twice is shown once. ``counted``: needs a subscription for
    each message. ``consent``: asked of the resident it is about, as it leaves the country.
    ``registers``: roles whose accounts may register an address themselves.
    """

    replaces: bool
    counted: bool = False
    consent: Purpose | None = None
    registers: frozenset[Role] = frozenset()


class Channel(Protocol):
    key: ClassVar[ChannelKey]
    capability: ClassVar[Capability]

    async def address_of(self, viewer: Viewer, given: str) -> str:
        """What is kept of what a client registers. Raises ``PushAddressInvalid`` or the
        errors of who proves it."""
        ...

    async def send(self, parcels: Sequence[tuple[str, Parcel]]) -> list[Answer]:
        """Hand parcels to addresses; an answer for each. Raises nothing."""
        ...

    async def close(self) -> None: ...
