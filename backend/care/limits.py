"""The numbers of ``data/tickets.toml``, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from backend.care.documents import Stage, TicketUrgency


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimit:
    """How long one urgency may take, and when others are asked."""

    answer: timedelta
    remind: timedelta
    team: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    claim: timedelta
    again: timedelta
    longest_text: int
    longest_follow_up: timedelta


def _raw() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", "tickets.toml").read_text("utf-8"))


@cache
def limits() -> Limits:
    raw = _raw()
    return Limits(
        claim=timedelta(minutes=raw["claim"]["minutes"]),
        again=timedelta(minutes=raw["overdue"]["again_minutes"]),
        longest_text=raw["text"]["longest"],
        longest_follow_up=timedelta(days=raw["follow_up"]["longest_days"]),
    )


@cache
def time_limit(urgency: TicketUrgency) -> TimeLimit:
    raw = _raw()["urgency"][urgency.value]
    answer = timedelta(minutes=raw["answer_minutes"])
    return TimeLimit(answer=answer, remind=answer * raw["remind_at"], team=answer * raw["team_at"])


def first_stage(urgency: TicketUrgency, *, alone: bool, team: bool) -> Stage:
    """Who is asked first; ``alone`` and ``team``: whether there is such a contract."""
    if urgency is TicketUrgency.EMERGENCY or not (alone or team):
        return Stage.DUTY
    return Stage.DOCTOR if alone else Stage.TEAM


def next_look(urgency: TicketUrgency, stage: Stage, asked: datetime, now: datetime) -> datetime:
    """When the clock has something to do with an unanswered ticket next, after ``now``."""
    limit = time_limit(urgency)
    moments = [asked + limit.remind, asked + limit.answer]
    if stage is Stage.DOCTOR:
        moments.append(asked + limit.team)
    ahead = [each for each in moments if each > now]
    if ahead:
        return min(ahead)
    # The times at which a late ticket speaks again are fixed, whoever looks when.
    late = now - (asked + limit.answer)
    return asked + limit.answer + limits().again * (late // limits().again + 1)
