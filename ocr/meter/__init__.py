"""The display of a home device, photographed: what it shows, or why it cannot be told.

Seven-segment digits are decoded from their segments, print is read by the engine of
reports. A proposal for a person to confirm, never a guess: every doubt is a refusal.
Entered through ``read_meter``; whether numbers can be true is not judged here.
"""

from __future__ import annotations

from ocr.meter.model import Box, Meter, Shown

__all__ = ["Box", "Meter", "Shown"]
