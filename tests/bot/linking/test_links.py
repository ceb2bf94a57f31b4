"""A chat is linked by a one-time code, to one account, and to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from backend.core.clock import FixedClock
from backend.identity.accounts import Account, AccountStatus
from backend.identity.viewer import Channel, Role, Viewer
from backend.services import Services
from bot.linking.documents import ChatLink, LinkCode
from bot.linking.errors import LinkCodeInvalid, LinkTriedTooOften
from bot.linking.links import ChatLinks, limits

TELEGRAM = Channel.TELEGRAM


async def an_account(services: Services) -> Viewer:
    roles = frozenset({Role.RESIDENT})
    account_id = await services.identity.create_demo_account(str(ObjectId()), roles)
    return Viewer(account_id=account_id, roles=roles)


async def test_a_code_links_one_chat_once(services: Services) -> None:
    links, father = ChatLinks(services.core), await an_account(services)
    issued = await links.issue(father, TELEGRAM)

    assert await links.redeem(TELEGRAM, "1001", f" {issued.code[:4]}-{issued.code[4:].lower()} ")

    viewer = await links.viewer_of(TELEGRAM, "1001")
    assert viewer is not None
    assert (viewer.account_id, viewer.roles, viewer.channel) == (
        father.account_id,
        father.roles,
        TELEGRAM,
    )
    assert await links.viewer_of(TELEGRAM, "1002") is None
    assert await links.viewer_of(Channel.APP, "1001") is None
    with pytest.raises(LinkCodeInvalid):
        await links.redeem(TELEGRAM, "1002", issued.code)
    assert await links.viewer_of(TELEGRAM, "1002") is None


async def test_an_old_an_expired_and_another_messengers_code_are_refused(
    services: Services, clock: FixedClock
) -> None:
    links, father = ChatLinks(services.core), await an_account(services)
    old = await links.issue(father, TELEGRAM)
    newer = await links.issue(father, TELEGRAM)
    with pytest.raises(LinkCodeInvalid):
        await links.redeem(TELEGRAM, "1001", old.code)
    with pytest.raises(LinkCodeInvalid):
        await links.redeem(Channel.APP, "1001", newer.code)
    clock.advance(timedelta(minutes=limits()["code_minutes"]))
    with pytest.raises(LinkCodeInvalid):
        await links.redeem(TELEGRAM, "1001", newer.code)

    assert await ChatLink.count() == 0


async def test_who_guesses_waits_and_even_the_right_code_waits_with_them(
    services: Services, clock: FixedClock
) -> None:
    links, father = ChatLinks(services.core), await an_account(services)
    for _ in range(limits()["wrong_codes"]):
        with pytest.raises(LinkCodeInvalid):
            await links.redeem(TELEGRAM, "666", "AAAAAAAA")
    issued = await links.issue(father, TELEGRAM)

    with pytest.raises(LinkTriedTooOften):
        await links.redeem(TELEGRAM, "666", issued.code)

    assert await links.redeem(TELEGRAM, "1001", issued.code) == father.account_id
    clock.advance(timedelta(minutes=limits()["wrong_codes_minutes"] + 1))
    again = await links.issue(father, TELEGRAM)
    assert await links.redeem(TELEGRAM, "666", again.code) == father.account_id


async def test_a_new_link_ends_the_old_ones_of_both_sides(services: Services) -> None:
    links = ChatLinks(services.core)
    father, mother = await an_account(services), await an_account(services)
    await links.redeem(TELEGRAM, "1", (await links.issue(father, TELEGRAM)).code)
    await links.redeem(TELEGRAM, "2", (await links.issue(mother, TELEGRAM)).code)

    await links.redeem(TELEGRAM, "2", (await links.issue(father, TELEGRAM)).code)

    assert await links.viewer_of(TELEGRAM, "1") is None
    viewer = await links.viewer_of(TELEGRAM, "2")
    assert viewer is not None
    assert viewer.account_id == father.account_id
    assert await links.unlink(mother, TELEGRAM) is False
    assert await links.unlink(father, TELEGRAM) is True
    assert await links.viewer_of(TELEGRAM, "2") is None


async def test_a_suspended_account_writes_no_more_and_nothing_readable_is_stored(
    services: Services,
) -> None:
    links, father = ChatLinks(services.core), await an_account(services)
    issued = await links.issue(father, TELEGRAM)
    (code,) = await LinkCode.get_pymongo_collection().find({}).to_list()
    assert issued.code not in repr(code)
    await links.redeem(TELEGRAM, "123456789", issued.code)
    (link,) = await ChatLink.get_pymongo_collection().find({}).to_list()
    assert "123456789" not in repr(link)

    await Account.get_pymongo_collection().update_one(
        {"_id": father.account_id}, {"$set": {"status": AccountStatus.SUSPENDED.value}}
    )

    assert await links.viewer_of(TELEGRAM, "123456789") is None
