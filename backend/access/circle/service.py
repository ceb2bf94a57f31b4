"""The care circle's services, wired to each other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog
from pymongo.errors import PyMongoError

from backend.access.circle import migrations
from backend.access.circle.authority import Authority
from backend.access.circle.guardians import Guardians
from backend.access.circle.invitations import Invitations
from backend.access.circle.links import Links
from backend.access.circle.persons import Persons
from backend.access.circle.renewal import Renewals
from backend.access.service import Access
from backend.core.container import Core
from backend.core.errors import KangbanError

log = structlog.get_logger(__name__)

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
    while True:
        try:
            await circle.renewals.run()
        except (PyMongoError, KangbanError) as error:  # the next hour finds the same links
            log.warning("renewals failed", error=type(error).__name__)
        await asyncio.sleep(_SECONDS)
