"""Two processes whose clocks differ: what was ended is ended in both, and the log still holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from backend.access.categories import Category
from backend.access.circle.errors import InvitationInvalid
from backend.access.consent.errors import ConsentMissing
from backend.access.errors import AccessDenied
from backend.access.limits import INVITATION_LIFE
from backend.access.log.verify import verify
from backend.core.clock import FixedClock
from backend.core.container import build_core
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.identity.viewer import Viewer
from backend.services import Services, build_services
from tests.access.circle.family import invited, joined
from tests.access.consent.test_consents import change
from tests.factories import a_resident, a_viewer

SKEW = timedelta(minutes=5)


@pytest.fixture
def late(
    services: Services, settings: Settings, master_key: LocalMasterKey, clock: FixedClock
) -> Services:
    """Another process on the same store, whose clock is five minutes behind."""
    behind = FixedClock(clock.now() - SKEW)
    return build_services(build_core(settings, services.core.store, master_key, behind))


async def looks(services: Services, viewer: Viewer, resident_id: ObjectId) -> None:
    viewer.memo.clear()
    await services.access.require(viewer, resident_id, Category.READINGS)


async def test_a_link_and_a_consent_that_ended_by_a_fast_clock_end_for_a_slow_one(
    services: Services, late: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(late)
    daughter, link = await joined(late, owner, resident_id)
    son, _ = await joined(late, owner, resident_id)
    await looks(late, daughter, resident_id)
    await looks(services, daughter, resident_id)
    await services.circle.links.end(owner, resident_id, link.id)
    with pytest.raises(AccessDenied):
        await looks(late, daughter, resident_id)
    await change(services, owner, resident_id, given=False)
    with pytest.raises(ConsentMissing):
        await looks(late, son, resident_id)
    # Given by the fast clock, withdrawn after it by the slow one: the last word counts.
    await change(services, owner, resident_id, given=True)
    await change(late, owner, resident_id, given=False)
    for each in (services, late):
        with pytest.raises(ConsentMissing):
            await looks(each, son, resident_id)
    verdict = await verify(clock.now())
    assert (verdict.broken, verdict.entries > 3) == (None, True)


async def test_a_code_lives_no_longer_than_its_life_and_the_difference_of_the_clocks(
    services: Services, late: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(late)
    _, code = await invited(late, owner, resident_id)
    clock.advance(INVITATION_LIFE - SKEW)
    with pytest.raises(InvitationInvalid):
        await services.circle.invitations.accept(a_viewer(), code)
    _, fresh = await invited(services, owner, resident_id)
    guest = a_viewer()
    await late.circle.invitations.accept(guest, fresh)
    for other in (services, late):
        with pytest.raises(InvitationInvalid):
            await other.circle.invitations.accept(a_viewer(), fresh)
