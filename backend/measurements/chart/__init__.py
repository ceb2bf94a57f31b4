"""Trend charts as PNG for chat and print, readable on a phone by old eyes.

Pure apart from reading the machine's fonts. matplotlib's object API only, loaded late.
"""

from __future__ import annotations

from backend.measurements.chart.draw import trend_chart
from backend.measurements.chart.model import Band, Bucket, Part, Period

__all__ = ["Band", "Bucket", "Part", "Period", "trend_chart"]
