"""What an alert says once a reading that it stood on does not count any more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bson import ObjectId

from backend.core.container import Core
from backend.core.database import Raw
from backend.measurements import alert as stored
from backend.measurements.alert_rules import Judged
from backend.measurements.documents import AlertDocument

JudgeAgain = Callable[[Sequence[str]], Awaitable[list[Judged]]]
"""Today's judgements of those readings of the resident that still count."""


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
