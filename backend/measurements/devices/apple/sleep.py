"""Sleep segments of export.xml, gathered by app and given out as nights."""

from __future__ import annotations

from collections.abc import Iterator

from backend.measurements.devices.apple import fields
from backend.measurements.devices.apple.mapping import healthkit
from backend.measurements.devices.apple.stream import Element
from backend.measurements.devices.errors import RecordInvalid
from backend.measurements.devices.outcome import Outcome
from backend.measurements.devices.records import SkippedTypes
from backend.measurements.devices.sleep import Segment, nights, span, stage_minutes
from backend.measurements.draft import Draft, Kind

MOST_SEGMENTS = 250_000
"""Kept at once, some twenty years of a watch; then the nights so far are given out."""
_IN_BED = "HKCategoryValueSleepAnalysisInBed"


class Sleep:
    """Nights of each app apart: two trackers in one night are two readings."""

    def __init__(self, skipped: SkippedTypes) -> None:
        self._segments: dict[str, list[Segment]] = {}
        self._count = 0
        self._skipped = skipped

    def record(self, element: Element) -> Iterator[Outcome]:
        value = element.attributes.get("value", "")
        stage = healthkit().sleep.get(value)
        if stage is None:
            if value != _IN_BED:
                raise RecordInvalid(field="value")
            self._skipped.add("HKCategoryTypeIdentifierSleepAnalysis InBed")
            return
        metadata = element.metadata
        start = fields.time(element.attributes, "startDate", metadata)
        end = fields.time(element.attributes, "endDate", metadata)
        app = element.attributes.get("sourceName", "")
        self._segments.setdefault(app, []).append(Segment(start, end, stage))
        self._count += 1
        if self._count >= MOST_SEGMENTS:
            yield from self.nights()

    def nights(self) -> Iterator[Outcome]:
        """Everything gathered so far, app by app."""
        gathered, self._segments, self._count = self._segments, {}, 0
        for app, segments in gathered.items():
            for night in nights(segments):
                yield from self._night(app, night)

    def _night(self, app: str, night: list[Segment]) -> Iterator[Outcome]:
        values = stage_minutes(night)
        if not values["duration"].value:
            self._skipped.add("HKCategoryTypeIdentifierSleepAnalysis without sleep", len(night))
            return
        at, end = span(night)
        source = fields.source(Kind.SLEEP, at, end, {"sourceName": app}, values)
        yield Draft(kind=Kind.SLEEP, at=at, end=end, values=values, source=source)
