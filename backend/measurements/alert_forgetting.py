"""What an alert says once a reading that it stood on counts no more, or counts otherwise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from bson import ObjectId

from backend.core.container import Core
from backend.core.database import Raw
from backend.measurements import alert as stored
from backend.measurements.alert_rules import Judged
from backend.measurements.documents import AlertDocument
from backend.measurements.draft import Kind
from backend.measurements.judge import Rule

JudgeAgain = Callable[[Sequence[str]], Awaitable[list[Judged]]]
"""Today's judgements of those readings of the resident that still count."""
JudgeAt = Callable[[datetime], Awaitable[list[Judged]]]
"""The trends of one kind as of a time, by today's limits."""


async def forget(
    core: Core, resident_id: ObjectId, reading_id: ObjectId, judge_again: JudgeAgain
) -> None:
    """Closes the open alerts that have no other reason left; the others say what is left.

    Their level, words and times are those of the remaining readings: a slip of
    the finger that is taken back may not go on sending somebody to hospital.
    """
    collection = AlertDocument.get_pymongo_collection()
    here: Raw = {"resident_id": resident_id, "open": True, "readings": str(reading_id)}
    for _ in range(_ATTEMPTS):
        standing = await collection.find(here).to_list()
        for raw in standing:
            rest = [each for each in raw["readings"] if each != str(reading_id)]
            reasons = [each for each in await judge_again(rest) if _same_trouble(each, raw)]
            change = {"readings": rest, **await _left(core, raw, reasons)} if reasons else _CLOSED
            # One that changed meanwhile is looked at once more.
            await collection.update_one(
                {"_id": raw["_id"], "version": raw["version"]},
                {"$set": {**change, "updated_at": core.clock.now()}, "$inc": {"version": 1}},
            )
        if not standing:
            return
    raise RuntimeError("an alert changed under every attempt")


async def forget_in_trends(
    core: Core, resident_id: ObjectId, kind: Kind, judge_at: JudgeAt
) -> None:
    """The same for rows and means: each newest run is judged once more as of its own end.

    Which readings a run held is not kept, so every open trend of the kind is looked at.
    """
    collection = AlertDocument.get_pymongo_collection()
    here: Raw = {
        "resident_id": resident_id,
        "open": True,
        "kind": kind.value,
        "rule": {"$in": [each.value for each in _TRENDS]},
    }
    for raw in await collection.find(here).to_list():
        for _ in range(_ATTEMPTS):
            change = await _judged_again(core, raw, judge_at)
            done = await collection.update_one(
                {"_id": raw["_id"], "version": raw["version"]},
                {"$set": {**change, "updated_at": core.clock.now()}, "$inc": {"version": 1}},
            )
            if done.matched_count:
                break
            again = await collection.find_one({"_id": raw["_id"], "open": True})
            if again is None:
                break
            raw = again
        else:
            raise RuntimeError("an alert changed under every attempt")


async def _judged_again(core: Core, raw: Raw, judge_at: JudgeAt) -> Raw:
    runs = sorted(raw["readings"], key=_end)
    older, newest = runs[:-_RUNS], runs[-_RUNS:]
    reasons = [
        each
        for run in newest
        for each in await judge_at(_end(run))
        if _same_trouble(each, raw) and _series(each.reading) == _series(run)
    ]
    if not reasons:
        return _CLOSED
    left = await _left(core, raw, reasons)
    if older:
        left["first_at"] = raw["first_at"]
    return {"readings": [*older, *dict.fromkeys(each.reading for each in reasons)], **left}


def _end(run: str) -> datetime:
    return datetime.fromisoformat(run.rpartition("/")[2])


def _series(run: str) -> list[str]:
    """Rule and meal of a run's key."""
    return run.split(":")[:2]


_TRENDS = (Rule.IN_A_ROW, Rule.WEEKLY_MEAN, Rule.WEIGHT_GAIN)
_RUNS = 5  # of one alert; each is a query
_ATTEMPTS = 5
_CLOSED: Raw = {"open": False, "closed_reason": "reading_withdrawn"}


def _same_trouble(judged: Judged, raw: Raw) -> bool:
    return judged.judgement.finding is not None and stored.trouble(judged) == raw["trouble"]


async def _left(core: Core, raw: Raw, reasons: list[Judged]) -> Raw:
    """Of the gravest the latest gives the words."""
    key = await core.keyring.key(raw["resident_id"])
    found = [(each.judgement.finding, each.at) for each in reasons if each.judgement.finding]
    finding, _ = max(found, key=lambda each: (each[0].level, each[1]))
    return {
        "level": int(finding.level),
        "text": stored.sealed_text(finding, raw["_id"], key),
        "first_at": min(each.at for each in reasons),
        "last_at": max(each.at for each in reasons),
    }
