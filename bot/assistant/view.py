"""The door to an archive: what the engine may ask of a resident's data.

A view is made for one viewer and one resident. It has already applied the
policy, so what a caregiver was not granted is simply not there; it has left
out what was entered in error, withdrawn, dated after ``now`` or said of
somebody else, and has counted copies once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.assistant.records import Area, Entry, OwnLimit, Person, Reading


class ArchiveView(Protocol):
    """One resident's archive at one moment."""

    @property
    def now(self) -> datetime:
        """The moment the archive is read at (aware)."""
        ...

    @property
    def patient(self) -> Person: ...

    def readings(self, kind: str) -> Sequence[Reading]:
        """Readings of a kind, oldest first."""
        ...

    def own_names(self) -> Mapping[str, str]:
        """Result names as this archive writes them, to their kind."""
        ...

    def own_limits(self, kind: str) -> Sequence[OwnLimit]:
        """Ranges set for this person, whether or not they hold at the moment."""
        ...

    def entries(self, area: Area) -> Sequence[Entry]:
        """Entries of an area, oldest first; those without a date come first."""
        ...
