"""What meters upload by themselves: signed, counted, each counter once.

The counter is claimed in one atomic step before anything is stored, together with a
keyed hash of the body; of two uploads with one counter one gets it. The readings carry
ids made of the counter, so that a claim whose work was cut off is finished by the
meter's next try, and stored once.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta

from beanie import PydanticObjectId

from backend.access.categories import Action, Category
from backend.access.consent.purpose import Purpose
from backend.access.consent.states import ConsentStates
from backend.access.log import AccessLog, By
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.identity.viewer import Channel, Viewer
from backend.measurements import meter_store
from backend.measurements.batch import Item, ItemOutcome
from backend.measurements.devices import Context
from backend.measurements.documents import MeterDocument, MeterState
from backend.measurements.draft import Draft
from backend.measurements.granted import category_of
from backend.measurements.meter import MeterSuspected
from backend.measurements.meter_body import read_body, read_items
from backend.measurements.meter_errors import (
    MeterRevoked,
    MeterSignatureInvalid,
    MeterSuspect,
    MeterTimestampStale,
    MeterUnbound,
    ReadingBeforeBinding,
)
from backend.measurements.meter_keys import MeterKeys
from backend.measurements.meter_upload import ItemAnswer, SignedUpload
from backend.measurements.plausibility import CLOCK_TOLERANCE
from backend.measurements.reading import RecordedBy
from backend.measurements.recording import Recording
from backend.measurements.write_errors import WritesCollide

_TOLERANCE = timedelta(minutes=10)
_UPLOADS_KEPT = 8  # how far back a meter on a bad line may ask again
_ATTEMPTS = 5


class MeterUploads:
    """Takes uploads. The meter's signature stands in for a viewer."""

    def __init__(self, core: Core, log: AccessLog, recording: Recording) -> None:
        self._core = core
        self._log = log
        self._recording = recording
        self._keys = MeterKeys(core)
        self._consent = ConsentStates()

    async def take(self, upload: SignedUpload) -> list[ItemAnswer]:
        """Store what can be taken and answer each item; sent again, the first answer again.

        Raises, with nothing stored: ``MeterHeaderInvalid``, ``MeterSignatureInvalid`` (an
        unknown serial too), ``MeterTimestampStale``, ``MeterUnbound``, ``MeterRevoked``,
        ``MeterSuspect`` (this upload may be what makes it so), ``ConsentMissing``,
        ``MeterBodyInvalid``, ``BatchTooLarge``.
        """
        upload.check()
        meter = await self._authentic(upload)
        self._check_fresh(upload)
        mark = self._keys.body_hash(upload.body)
        for _ in range(_ATTEMPTS):
            _check_state(meter)
            await self._consent.require(meter["resident_id"], Purpose.HEALTH_DATA)
            taken = _taken(meter, upload.number)
            if taken is not None and hmac.compare_digest(taken["body"], mark):
                return await self._finish(meter, taken, upload)
            if taken is not None or upload.number <= meter["counter"]:
                await self._suspect(meter)
                raise MeterSuspect
            read_body(upload.body)
            meter = await self._claim(meter, upload.number, mark) or await _again(meter)
        raise WritesCollide

    async def _authentic(self, upload: SignedUpload) -> Raw:
        meter = await meter_store.by_serial(upload.serial)
        expected = upload.expected_signature(self._keys.open(meter))
        if not hmac.compare_digest(expected, upload.signature) or meter is None:
            raise MeterSignatureInvalid
        return meter

    def _check_fresh(self, upload: SignedUpload) -> None:
        now = self._core.clock.now()
        if abs(now - datetime.fromtimestamp(int(upload.timestamp), UTC)) > _TOLERANCE:
            minutes = int(_TOLERANCE / timedelta(minutes=1))
            raise MeterTimestampStale(tolerance_minutes=minutes, now=int(now.timestamp()))

    async def _claim(self, meter: Raw, counter: int, mark: bytes) -> Raw | None:
        """The meter with the counter taken; None where it changed a moment ago."""
        now = self._core.clock.now()
        upload = {
            "counter": counter,
            "body": mark,
            "resident_id": meter["resident_id"],
            "received_at": now,
            "answer": None,
        }
        unchanged = {name: meter[name] for name in ("_id", "generation", "state", "resident_id")}
        return await meter_store.updated(
            {**unchanged, "counter": {"$lt": counter}},
            {
                "$set": {"counter": counter, "last_seen_at": now},
                "$push": {"uploads": {"$each": [upload], "$slice": -_UPLOADS_KEPT}},
            },
        )

    async def _finish(self, meter: Raw, taken: Raw, upload: SignedUpload) -> list[ItemAnswer]:
        if taken["answer"] is None:
            if taken["resident_id"] != meter["resident_id"]:
                raise MeterUnbound  # it was somebody else's when this was measured
            taken = await self._answered(meter, taken, await self._store(meter, taken, upload))
        return [
            ItemAnswer(each["position"], ItemOutcome.from_raw(each)) for each in taken["answer"]
        ]

    async def _store(self, meter: Raw, taken: Raw, upload: SignedUpload) -> list[Raw]:
        context = Context(
            received_at=taken["received_at"], device=meter["model"], device_id=meter["serial"]
        )
        sent = read_items(
            read_body(upload.body),
            system=f"meter:{meter['serial']}",
            number=f"{meter['generation']}.{taken['counter']}",
            context=context,
        )
        if not sent:
            return []
        by = RecordedBy(**{**meter["bound_by"], "channel": Channel.DEVICE.value})
        viewer = Viewer(account_id=by.account_id, roles=frozenset(), channel=Channel.DEVICE)
        # Its key and its binding let the meter in, not a relation: that is noted here.
        await self._log.note(
            viewer,
            meter["resident_id"],
            {category_of(each.item.kind) for each in sent if isinstance(each.item, Draft)}
            or {Category.READINGS},
            Action.RECORD,
            By(kind=by.relation, kinship=by.kinship, why="meter", via=meter["_id"]),
        )
        outcomes = await self._recording.store(
            viewer,
            meter["resident_id"],
            [_since_bound(each.item, meter["bound_at"]) for each in sent],
            recorded_by=by,
            idempotency_key=None,
            # Nobody can be asked: what is unlikely was measured all the same.
            confirmed=True,
            nobody_to_ask=True,
        )
        return [
            {"position": each.position, **outcome.to_raw()}
            for each, outcome in zip(sent, outcomes, strict=True)
        ]

    async def _answered(self, meter: Raw, taken: Raw, answer: list[Raw]) -> Raw:
        """The upload with its answer: the one of who was first."""
        counter = taken["counter"]
        unanswered = {"$elemMatch": {"counter": counter, "answer": None}}
        here = {"_id": meter["_id"], "generation": meter["generation"]}
        await meter_store.updated(
            {**here, "uploads": unanswered}, {"$set": {"uploads.$.answer": answer}}
        )
        now = await MeterDocument.get_pymongo_collection().find_one(here)
        first = _taken(now, counter) if now else None
        return first or {**taken, "answer": answer}

    async def _suspect(self, meter: Raw) -> None:
        now = self._core.clock.now()

        async def work(session: Session) -> None:
            result = await MeterDocument.get_pymongo_collection().update_one(
                {
                    "_id": meter["_id"],
                    "generation": meter["generation"],
                    "state": MeterState.BOUND.value,
                },
                {"$set": {"state": MeterState.SUSPECT.value, "suspected_at": now}},
                session=session,
            )
            if result.modified_count:
                event = MeterSuspected(
                    resident_id=PydanticObjectId(meter["resident_id"]),
                    meter_id=PydanticObjectId(meter["_id"]),
                )
                await self._core.outbox.publish(session, event)

        await self._core.store.transaction(work)


def _check_state(meter: Raw) -> None:
    if meter["state"] == MeterState.REVOKED:
        raise MeterRevoked
    if meter["state"] == MeterState.SUSPECT:
        raise MeterSuspect
    if meter["state"] == MeterState.UNBOUND:
        raise MeterUnbound


def _taken(meter: Raw, counter: int) -> Raw | None:
    return next((each for each in meter["uploads"] if each["counter"] == counter), None)


async def _again(meter: Raw) -> Raw:
    """The meter as it is now. Raises ``MeterSignatureInvalid`` where its key has changed."""
    same_key = {"_id": meter["_id"], "generation": meter["generation"]}
    found: Raw | None = await MeterDocument.get_pymongo_collection().find_one(same_key)
    if found is None:
        raise MeterSignatureInvalid
    return found


def _since_bound(item: Item, bound_at: datetime) -> Item:
    """Before, the meter was in other hands: a shop's, or another resident's."""
    if not isinstance(item, Draft) or item.at.tzinfo is None:
        return item
    if item.at < bound_at - CLOCK_TOLERANCE:
        return ReadingBeforeBinding()
    return item
