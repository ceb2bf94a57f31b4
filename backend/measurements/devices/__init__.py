"""Readings out of devices and files. A new device is one new file in ``gatt/`` or ``files/``.

Everything here turns bytes into drafts and says what it could not take; nothing
is judged (``normalise`` does) or stored.

    decode_gatt   the value of a Bluetooth GATT characteristic
    decode_file   an export of another app, recognised by ``sniff``
"""

from __future__ import annotations

from backend.measurements.devices.outcome import Context, Outcome, Refusal, Skipped
from backend.measurements.devices.registry import (
    FileDecoder,
    PayloadDecoder,
    decode_file,
    decode_gatt,
    file_decoders,
    payload_decoders,
    sniff,
)

__all__ = [
    "Context",
    "FileDecoder",
    "Outcome",
    "PayloadDecoder",
    "Refusal",
    "Skipped",
    "decode_file",
    "decode_gatt",
    "file_decoders",
    "payload_decoders",
    "sniff",
]
