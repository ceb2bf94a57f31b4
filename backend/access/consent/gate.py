"""The door's part of consent: without it nothing but the profile and the rights go on."""

from __future__ import annotations

from collections.abc import Iterable

from bson import ObjectId

from backend.access.categories import Category
from backend.access.consent.errors import ConsentMissing
from backend.access.consent.purpose import ConsentState, Purpose
from backend.access.consent.states import ConsentStates
from backend.access.relations import Relation
from backend.identity.viewer import Viewer

_EXEMPT = "access.consent.exempt"

# An emergency needs no consent (PIPL Art. 13 (4): to protect life and health); it has its
# own reason, end and review instead. By name, as the kind belongs to the contracts' room.
_GOES_ON = frozenset({"break_glass"})


class ConsentGate:
    """Asked after the policy allowed something: who may not know anything learns nothing."""

    def __init__(self) -> None:
        self._states = ConsentStates()

    async def check(
        self, viewer: Viewer, resident_id: ObjectId, relation: Relation, category: Category
    ) -> None:
        """Raises ``ConsentMissing`` for anything but the profile."""
        if category is not Category.PROFILE and relation.kind.value not in _GOES_ON:
            await self._check(viewer, resident_id)

    async def check_any(
        self, viewer: Viewer, resident_id: ObjectId, relations: Iterable[Relation]
    ) -> None:
        """Of all categories at once. Raises ``ConsentMissing``."""
        if not any(each.kind.value in _GOES_ON for each in relations):
            await self._check(viewer, resident_id)

    async def preload(self, viewer: Viewer, resident_ids: Iterable[ObjectId]) -> None:
        """Many residents' consent in one read, for lists of people."""
        await self._states.preload(viewer, resident_ids)

    def exempt(self, viewer: Viewer, resident_id: ObjectId) -> None:
        viewer.memo.setdefault(_EXEMPT, set()).add(resident_id)

    async def _check(self, viewer: Viewer, resident_id: ObjectId) -> None:
        if resident_id in viewer.memo.get(_EXEMPT, ()):
            return
        state = await self._states.health_data(viewer, resident_id)
        if state is not ConsentState.GIVEN:
            raise ConsentMissing(purpose=Purpose.HEALTH_DATA.value, state=state.value)
