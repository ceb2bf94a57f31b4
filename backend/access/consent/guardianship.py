"""Who consents for whom: below an age only the guardian (``guardianship.toml``)."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from importlib import resources

from backend.access.consent.errors import ConsentGuardianNeeded, ConsentNotYours
from backend.access.relations import RelationKind
from backend.core.clock import SHANGHAI


@cache
def own_consent_from() -> int:
    """The age in years from which a person's own consent counts."""
    file = resources.files(__package__) / "guardianship.toml"
    age: int = tomllib.loads(file.read_text("utf-8"))["own_consent_from_years"]["value"]
    return age


def age_on(born: date, day: date) -> int:
    """Whole years. Who is born on 29 February has the birthday of a common year on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def check_may_consent(kind: RelationKind, born: date | None, now: datetime) -> None:
    """Raises ``ConsentNotYours`` or ``ConsentGuardianNeeded``.

    Whose birth date is not known to the day answers for themselves.
    """
    if kind is RelationKind.GUARDIAN:
        return
    if kind is not RelationKind.SELF:
        raise ConsentNotYours
    if born is not None and age_on(born, now.astimezone(SHANGHAI).date()) < own_consent_from():
        raise ConsentGuardianNeeded(age=own_consent_from())
