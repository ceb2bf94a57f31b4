"""Readings in: one by one, in batches from a phone that was offline, from imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.access.categories import Action
from backend.access.errors import AccessDenied
from backend.access.relations import Relation
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.errors import KangbanError
from backend.identity.viewer import Viewer
from backend.measurements.asking import doubt_of, note_told
from backend.measurements.batch import Item, ItemOutcome, Plan, Planner, packed, unpacked
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Draft, Kind
from backend.measurements.errors import NeedsConfirmation
from backend.measurements.events import ReadingsRecorded
from backend.measurements.granted import category_of, granted_kinds
from backend.measurements.own_values import Doubt
from backend.measurements.people import People
from backend.measurements.reading import RecordedBy
from backend.measurements.write_errors import BatchTooLarge, WritesCollide

LARGEST_BATCH = 1_000
_ATTEMPTS = 3  # two phones with one queue: the second plan sees what the first wrote


class Recording:
    """Takes readings for a resident on behalf of a viewer."""

    def __init__(self, core: Core, access: Access, people: People) -> None:
        self._core = core
        self._access = access
        self._people = people

    async def record(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        draft: Draft,
        *,
        idempotency_key: str,
        confirmed: bool = False,
    ) -> ItemOutcome:
        """One reading. Raises what refuses it instead of answering ``REFUSED``."""
        outcome = (
            await self.record_batch(
                viewer, resident_id, [draft], idempotency_key=idempotency_key, confirmed=confirmed
            )
        )[0]
        if outcome.error is not None:
            raise outcome.error
        return outcome

    async def record_batch(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        items: Sequence[Item],
        *,
        idempotency_key: str | None,
        confirmed: bool = False,
    ) -> list[ItemOutcome]:
        """Up to 1,000 items, each answered on its own, in order.

        What can be taken is written in one transaction. Raises ``BatchTooLarge``,
        ``AccessDenied`` and the idempotency errors; a bad item is an outcome.
        """
        if len(items) > LARGEST_BATCH:
            raise BatchTooLarge(limit=LARGEST_BATCH)
        admitted, recorded_by = await self.admit(viewer, resident_id, items)
        return await self.store(
            viewer,
            resident_id,
            admitted,
            recorded_by=recorded_by,
            idempotency_key=idempotency_key,
            confirmed=confirmed,
        )

    async def admit(
        self, viewer: Viewer, resident_id: ObjectId, items: Sequence[Item]
    ) -> tuple[list[Item], RecordedBy]:
        """The items, those of a kind that is not granted refused; and who records them.

        Raises ``AccessDenied`` where no reading may be recorded at all.
        """
        granted = await granted_kinds(self._access, viewer, resident_id, Action.RECORD)
        wanted = {category_of(item.kind) for item in items if isinstance(item, Draft)}
        taken = wanted & {category_of(kind) for kind in granted}
        relations = [
            await self._access.require(viewer, resident_id, category, Action.RECORD)
            for category in sorted(taken or {category_of(min(granted))})
        ]
        admitted = [_if_granted(item, granted) for item in items]
        return admitted, recorder(viewer, relations[0])

    async def store(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        items: Sequence[Item],
        *,
        recorded_by: RecordedBy,
        idempotency_key: str | None,
        confirmed: bool,
        nobody_to_ask: bool = False,
        fhir: Sequence[bytes | None] = (),
    ) -> list[ItemOutcome]:
        """``record_batch`` after the policy was asked; importers come in here.

        ``nobody_to_ask``: no person stands behind ``confirmed``, so what is far from the
        resident's own last values is marked.
        """
        key = await self._core.keyring.key(resident_id)
        birth_date = await self._people.birth_date(resident_id)
        doubt = Doubt.MARK
        if not nobody_to_ask:
            doubt = await self._doubt(viewer, resident_id, items, confirmed)
        for _ in range(_ATTEMPTS):
            planner = Planner(resident_id, key, recorded_by, self._core.clock.now())
            plan = await planner.plan(
                items, birth_date=birth_date, confirmed=confirmed, doubt=doubt, fhir=fhir
            )
            if doubt is Doubt.ASK:
                await note_told(self._access, viewer, resident_id, _told_kinds(items, plan))
            arguments = ["record_batch", str(resident_id), confirmed, _described(items)]
            try:
                return await self._write(viewer, resident_id, plan, idempotency_key, arguments)
            except DuplicateKeyError:
                continue
        raise WritesCollide

    async def _doubt(
        self, viewer: Viewer, resident_id: ObjectId, items: Sequence[Item], confirmed: bool
    ) -> Doubt:
        if confirmed:
            return Doubt.TAKE
        kinds = {each.kind for each in items if isinstance(each, Draft)}
        return await doubt_of(self._access, viewer, resident_id, kinds)

    async def _write(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        plan: Plan,
        idempotency_key: str | None,
        arguments: list[Any],
    ) -> list[ItemOutcome]:
        ours = packed(plan.outcomes)

        async def work(session: Session) -> Raw:
            if plan.documents:
                await ReadingDocument.get_pymongo_collection().insert_many(
                    plan.documents, session=session
                )
            if plan.recorded_ids:
                event = ReadingsRecorded(
                    resident_id=PydanticObjectId(resident_id),
                    reading_ids=plan.recorded_ids,
                )
                await self._core.outbox.publish(session, event)
            return ours

        if idempotency_key is None:
            await self._core.store.transaction(work)
            return plan.outcomes
        answer = await self._core.idempotency.once(
            viewer.account_id, idempotency_key, arguments, work
        )
        return plan.outcomes if answer is ours else _as_asked(unpacked(answer), plan.outcomes)


def _as_asked(first: list[ItemOutcome], now: list[ItemOutcome]) -> list[ItemOutcome]:
    """The first answers; a question, kept without the value that it tells, as it is asked now."""
    return [
        today if isinstance(then.error, NeedsConfirmation) and _tells(today) else then
        for then, today in zip(first, now, strict=True)
    ]


def _told_kinds(items: Sequence[Item], plan: Plan) -> set[Kind]:
    pairs = zip(items, plan.outcomes, strict=True)
    return {item.kind for item, each in pairs if isinstance(item, Draft) and _tells(each)}


def _tells(outcome: ItemOutcome) -> bool:
    return isinstance(outcome.error, NeedsConfirmation) and outcome.error.of_own_values


def _if_granted(item: Item, granted: frozenset[Kind]) -> Item:
    if isinstance(item, KangbanError) or item.kind in granted:
        return item
    return AccessDenied(category=category_of(item.kind).value, action=Action.RECORD.value)


def recorder(viewer: Viewer, relation: Relation) -> RecordedBy:
    """Who records, and as what, for provenance."""
    return RecordedBy(
        account_id=viewer.account_id,
        relation=relation.kind.value,
        kinship=relation.kinship.value if relation.kinship else None,
        channel=viewer.channel.value,
    )


def _described(items: Sequence[Item]) -> list[Any]:
    # orjson knows dataclasses; an item that was no draft is told apart by its error.
    return [each if isinstance(each, Draft) else [each.code, each.data] for each in items]
