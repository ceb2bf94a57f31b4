"""A photo of a device in, a reading to confirm out. Nothing is stored, the photo least of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from bson import ObjectId

from backend.access.categories import Action
from backend.access.service import Access
from backend.core.attempts import AttemptCounter
from backend.core.container import Core
from backend.core.errors import KangbanError
from backend.identity.viewer import Viewer
from backend.measurements.draft import Draft, Kind, Meal, Quantity
from backend.measurements.errors import NeedsConfirmation, PlausibilityImpossible
from backend.measurements.granted import category_of, granted_kinds
from backend.measurements.kinds import spec
from backend.measurements.normalise import normalise
from backend.measurements.people import People
from backend.measurements.picture.documents import PictureAttempts
from backend.measurements.picture.errors import (
    DISPLAY_ERRORS,
    PictureImplausible,
    PictureKindUnfit,
    PictureTooOften,
)
from backend.measurements.picture.limits import PER_ACCOUNT
from ocr.errors import OcrError
from ocr.meter.model import Meter, Shown
from ocr.meter.table import KINDS

T = TypeVar("T")


class Process(Protocol):
    """Runs work on files from outside in a process of its own, with limits."""

    async def run(self, work: Callable[..., T], *arguments: Any) -> T: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the display shows, as a person is asked to confirm it."""

    kind: Kind
    shown: tuple[Shown, ...]


class Pictures:
    """``told`` gives the client's error for one of the file itself."""

    def __init__(
        self,
        core: Core,
        access: Access,
        people: People,
        process: Process,
        told: Callable[[OcrError], KangbanError],
    ) -> None:
        self._core = core
        self._access = access
        self._people = people
        self._process = process
        self._told = told
        self._counter = AttemptCounter(PictureAttempts, core.clock, PictureTooOften)

    def close(self) -> None:
        self._process.close()

    async def require(self, viewer: Viewer, resident_id: ObjectId, kind: Kind | None) -> None:
        """Asked before a body is read.

        Raises ``AccessDenied``, ``PictureKindUnfit``, ``PictureTooOften``.
        """
        if kind is None:
            await granted_kinds(self._access, viewer, resident_id, Action.RECORD)
        else:
            await self._may_record(viewer, resident_id, kind)
            if kind.value not in KINDS:
                raise PictureKindUnfit
        account = self._core.keyring.blind_index("pictures:account", str(viewer.account_id))
        await self._counter.count(account, PER_ACCOUNT)

    async def read(
        self, viewer: Viewer, resident_id: ObjectId, data: bytes, kind: Kind | None
    ) -> Proposal:
        """After ``require``. Raises ``DISPLAY_…``, ``PictureImplausible`` and file errors."""
        try:
            meter: Meter = await self._process.run(
                read_picture, data, kind.value if kind else None, self._core.settings.ocr_threads
            )
        except OcrError as error:
            raise self._said(error) from error
        proposal = Proposal(Kind(meter.kind), meter.shown)
        await self._may_record(viewer, resident_id, proposal.kind)
        await self._check(resident_id, proposal)
        return proposal

    async def _may_record(self, viewer: Viewer, resident_id: ObjectId, kind: Kind) -> None:
        await self._access.require(viewer, resident_id, category_of(kind), Action.RECORD)

    def _said(self, error: OcrError) -> KangbanError:
        if error.code in DISPLAY_ERRORS:
            return DISPLAY_ERRORS[error.code](**error.data)
        return self._told(error)

    async def _check(self, resident_id: ObjectId, proposal: Proposal) -> None:
        """As if it were recorded now; what would ask to be confirmed is not proposed at all."""
        now = self._core.clock.now()
        draft = Draft(
            kind=proposal.kind,
            at=now,
            values={each.component: Quantity(each.value, each.unit) for each in proposal.shown},
            meal=Meal.RANDOM if spec(proposal.kind).meal else None,
        )
        birth_date = await self._people.birth_date(resident_id)
        try:
            normalise(draft, now=now, birth_date=birth_date)
        except (PlausibilityImpossible, NeedsConfirmation) as error:
            raise PictureImplausible from error


def read_picture(data: bytes, kind: str | None, threads: int) -> Meter:
    """In the process: the image libraries are loaded there and nowhere else."""
    from ocr.meter.reader import read_meter

    return read_meter(data, kind=kind, threads=threads)
