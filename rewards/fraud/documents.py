"""What the watch stores."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from beanie import PydanticObjectId

from backend.core.documents import ASC, DESC, ResidentOwned, Stored, index, unique


class Sign(StrEnum):
    RHYTHM = "rhythm"  # more readings than a person takes
    COPIED_VALUES = "copied_values"
    SHARED_DEVICE = "shared_device"  # one device in many records


class SignalDocument(Stored):
    """Ids and counts only: operators see no readings."""

    resident_id: PydanticObjectId
    sign: Sign
    day: str
    subject: str
    times: int
    open: bool = True
    at: datetime
    closed_by: PydanticObjectId | None = None
    closed_at: datetime | None = None

    class Settings:
        name = "point_signals"
        indexes: ClassVar = [
            unique(
                "one_signal_per_sign_and_day",
                ("resident_id", ASC),
                ("sign", ASC),
                ("subject", ASC),
                ("day", ASC),
            ),
            index("signals_by_state", ("open", ASC), ("at", DESC), ("_id", DESC)),
        ]


class DeviceMarkDocument(ResidentOwned):
    """A keyed hash of a device that has a serial number; counted over residents."""

    mark: bytes

    class Settings:
        name = "point_device_marks"
        indexes: ClassVar = [
            unique("one_mark_per_resident", ("mark", ASC), ("resident_id", ASC)),
            index("marks_by_resident", ("resident_id", ASC)),
        ]


DOCUMENTS = (SignalDocument, DeviceMarkDocument)
