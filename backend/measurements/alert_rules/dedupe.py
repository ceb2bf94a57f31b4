"""One alert for one trouble: what a judged reading does to the alerts there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from backend.measurements.draft import Kind
from backend.measurements.judge.model import Judgement, Rule
from backend.measurements.judge.texts import words
from backend.measurements.thresholds import Direction, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A judgement with the reading it is of.

    ``reading`` is the reading's own id, or for a trend any text that is the
    same for the same run of readings; by it a second delivery is recognised.
    """

    reading: str
    at: datetime
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """An alert that is not closed, as far as these rules need it.

    ``first_at``/``last_at``: the earliest and the latest of its readings.
    ``spoke_at``: when the resident was last told. ``readings``: ids that it
    holds; its count is their number.
    """

    id: str
    kind: Kind
    rule: Rule
    direction: Direction
    level: Level
    first_at: datetime
    last_at: datetime
    spoke_at: datetime
    readings: frozenset[str]
    acknowledged_at: datetime | None = None


class Action(StrEnum):
    NEW = "new"
    UPDATE = "update"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done.

    ``alert_id``, ``level``, ``count``, ``first_at``, ``last_at``: the alert as
    it is afterwards. ``latest``: its shown reason becomes this reading's.
    ``speak``: tell the resident now. ``reopen``: take back the acknowledgement.
    """

    action: Action
    alert_id: str | None = None
    level: Level | None = None
    count: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    latest: bool = False
    raised: bool = False
    reopen: bool = False
    speak: bool = False


NOTHING = Decision(action=Action.NONE)


def should_alert(
    judged: Judged,
    open_alerts: Collection[OpenAlert],
    *,
    snoozed_until: datetime | None,
    now: datetime,
) -> Decision:
    """A new alert, an update of an open one, or nothing. All times aware.

    Readings of one kind, rule and direction that lie near each other in time
    are one alert; it takes the highest level among them. It speaks when it is
    new, when its level rises, and when a further reading finds its quiet time
    over; while snoozed only when new or raised to the level where a snooze
    ends. Old readings and second deliveries do nothing. Among readings of one
    window the order of arrival changes neither level, count nor times.
    """
    finding, pacing = judged.judgement.finding, words()["pacing"]
    if finding is None or now - judged.at > timedelta(hours=pacing["stale_after_hours"]):
        return NOTHING
    mine = [alert for alert in open_alerts if _same_trouble(alert, judged.judgement)]
    if any(judged.reading in alert.readings for alert in mine):
        return NOTHING
    snoozed = snoozed_until is not None and now < snoozed_until
    near = [alert for alert in mine if _near(alert, judged.at)]
    if not near:
        return _new(judged, finding.level, silent=snoozed and not _ends_snooze(finding.level))
    # several are near where a late reading falls between two alerts
    return _update(max(near, key=_precedence), judged, finding.level, snoozed=snoozed, now=now)


def has_lapsed(alert: OpenAlert, *, now: datetime) -> bool:
    """Whether no reading of now could join it any more, so that it may be closed."""
    return now - alert.last_at > _join_within()


def _same_trouble(alert: OpenAlert, judgement: Judgement) -> bool:
    return (alert.kind, alert.rule, alert.direction) == (
        judgement.kind,
        judgement.rule,
        judgement.direction,
    )


def _near(alert: OpenAlert, at: datetime) -> bool:
    return alert.first_at - _join_within() <= at <= alert.last_at + _join_within()


def _join_within() -> timedelta:
    return timedelta(hours=words()["pacing"]["join_within_hours"])


def _precedence(alert: OpenAlert) -> tuple[Level, datetime, str]:
    return alert.level, alert.last_at, alert.id


def _new(judged: Judged, level: Level, *, silent: bool) -> Decision:
    return Decision(
        action=Action.NEW,
        level=level,
        count=1,
        first_at=judged.at,
        last_at=judged.at,
        latest=True,
        speak=not silent,
    )


def _update(
    alert: OpenAlert, judged: Judged, level: Level, *, snoozed: bool, now: datetime
) -> Decision:
    raised = level > alert.level
    due = raised or _quiet_is_over(alert, level, now)
    return Decision(
        action=Action.UPDATE,
        alert_id=alert.id,
        level=max(level, alert.level),
        count=len(alert.readings) + 1,
        first_at=min(alert.first_at, judged.at),
        last_at=max(alert.last_at, judged.at),
        latest=raised or (judged.at >= alert.last_at and (due or level == alert.level)),
        raised=raised,
        reopen=due and alert.acknowledged_at is not None,
        speak=due and (not snoozed or (raised and _ends_snooze(level))),
    )


def _quiet_is_over(alert: OpenAlert, level: Level, now: datetime) -> bool:
    """By the reading's own level: after an urgent one, a milder one may wait longer."""
    since = max(alert.spoke_at, alert.acknowledged_at or alert.spoke_at)
    return now - since >= timedelta(hours=words()["pacing"]["quiet_hours"][level.key])


def _ends_snooze(level: Level) -> bool:
    return level >= Level[words()["pacing"]["snooze_ends_at"].upper()]
