"""The care circle's services, wired to each other."""

from __future__ import annotations

from dataclasses import dataclass

from backend.access.circle import migrations
from backend.access.circle.authority import Authority
from backend.access.circle.guardians import Guardians
from backend.access.circle.invitations import Invitations
from backend.access.circle.links import Links
from backend.access.circle.persons import Persons
from backend.access.circle.renewal import Renewals
from backend.access.service import Access
from backend.core.container import Core
from backend.core.rounds import rounds

_SECONDS = 3_600.0
MIGRATIONS = (migrations.number_links,)
"""Named here so that whoever wires the circle has registered them."""


@dataclass(frozen=True, slots=True)
class Circle:
    """What GraphQL and the worker stand on."""

    authority: Authority
    invitations: Invitations
    links: Links
    guardians: Guardians
    renewals: Renewals


def build_circle(core: Core, access: Access, persons: Persons) -> Circle:
    authority = Authority(access, persons, core.clock)
    return Circle(
        authority=authority,
        invitations=Invitations(core, access, authority, persons),
        links=Links(core, access, authority),
        guardians=Guardians(core, access, authority),
        renewals=Renewals(core, access, persons),
    )


async def keep_renewing(circle: Circle) -> None:
    """Look for birthdays every hour, until cancelled. Any number of processes may."""
    await rounds("renewals", circle.renewals.run, _SECONDS)
