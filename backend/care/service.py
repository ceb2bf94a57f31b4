"""The room put together."""

from __future__ import annotations

from dataclasses import dataclass

from backend.access.service import Access
from backend.care.answering import Answering
from backend.care.answers import DoctorsAnswers
from backend.care.desk import Desk
from backend.care.doors import Doors
from backend.care.hearing import Hearing
from backend.care.opening import Opening
from backend.care.tickets import Tickets
from backend.care.timekeeping import Timekeeper
from backend.core.container import Core
from backend.measurements.overrides import Overrides


@dataclass(frozen=True, slots=True)
class Care:
    """What GraphQL, the assistant and the worker stand on."""

    opening: Opening
    tickets: Tickets
    desk: Desk
    hearing: Hearing
    answering: Answering
    timekeeper: Timekeeper
    answers: DoctorsAnswers


def build_care(core: Core, access: Access, overrides: Overrides) -> Care:
    doors = Doors(access)
    opening = Opening(core)
    return Care(
        opening=opening,
        tickets=Tickets(core, access, opening, doors),
        desk=Desk(core, access, doors),
        hearing=Hearing(core, access, doors),
        answering=Answering(core, doors, overrides),
        timekeeper=Timekeeper(core),
        answers=DoctorsAnswers(core),
    )
