"""Dates that cannot be true: before anybody's lifetime, or in the future for what has happened."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.archive.sections.base import Body
from backend.archive.sections.errors import DateInFuture, DateTooEarly
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.tables import EARLIEST_YEAR

# A phone's clock and the farthest time zone may together be ahead by a day.
_AHEAD = timedelta(days=1)


def check_dates(body: Body, now: datetime) -> None:
    """Raises DATE_IN_FUTURE or DATE_TOO_EARLY, with the field's name."""
    for name in body.past_fields:
        date = getattr(body, name)
        if date is not None and date.start() > now + _AHEAD:
            raise DateInFuture(field=name)
    for name, value in body.__dict__.items():
        if type(value) is PartialDate and int(value.text[:4]) < EARLIEST_YEAR:
            raise DateTooEarly(field=name, limit=EARLIEST_YEAR)
