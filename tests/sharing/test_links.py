"""Share links: what is in them, who may make, see and end them, and who gets in."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from bson import ObjectId, encode
from fhir.resources.R4B.bundle import Bundle

from backend.access.categories import ALL_CATEGORIES, Action, Category
from backend.access.errors import AccessDenied
from backend.access.relations import Relation, RelationKind
from backend.core.clock import FixedClock
from backend.core.errors import KangbanError
from backend.core.idempotency import IdempotencyKeyInvalid, IdempotencyKeyReused
from backend.core.keys import LocalMasterKey
from backend.identity.accounts import Account
from backend.identity.viewer import Role, Viewer
from backend.services import Services
from backend.sharing.errors import (
    ShareCategoriesInvalid,
    ShareExpiryInvalid,
    ShareLabelInvalid,
    ShareLinkNotFound,
    ShareNameNeedsProfile,
    ShareOpensInvalid,
    SharePinInvalid,
    ShareSpanInvalid,
    ShareTooLarge,
    TooManyShareLinks,
)
from backend.sharing.link import ShareState
from tests.api import sign_in
from tests.factories import a_key, a_resident, at
from tests.sharing.shares import (
    HEALTH,
    a_choice,
    a_link,
    a_person,
    ask,
    of_type,
    opened,
    read_shlink,
    refusal,
)

GONE = (404, "SHARE_LINK_GONE")


async def everything_stored(services: Services) -> dict[str, list[bytes]]:
    db = services.core.store.db
    names = [name for name in await db.list_collection_names() if name.startswith("share_")]
    return {name: sorted([encode(each) async for each in db[name].find()]) for name in names}


async def test_a_third_party_reads_a_valid_bundle_of_what_was_chosen(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id)
    bundle = await opened(client, link)
    Bundle.model_validate(bundle)
    assert len(of_type(bundle, "Observation")) == 3
    assert [each["code"]["text"] for each in of_type(bundle, "Condition")] == ["高血压"]
    assert len(of_type(bundle, "AllergyIntolerance")) == 1
    assert len(of_type(bundle, "MedicationStatement")) == 1


async def test_the_link_has_the_form_of_the_specification(
    services: Services, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id, pin="2468")
    payload = read_shlink(link.shlink)
    assert set(payload) == {"url", "key", "exp", "flag", "label", "v"}
    assert payload["flag"] == "P"
    assert payload["v"] == 1
    assert payload["exp"] == int((clock.now() + timedelta(days=7)).timestamp())
    assert len(payload["key"]) == 43
    assert len(payload["url"]) <= 128
    assert len(payload["url"].split("/")[-2]) == 43  # 256 bits that nobody can guess
    assert len(payload["label"]) <= 80
    assert link.url.split("#") == ["http://127.0.0.1:8000/s", link.shlink]
    assert link.qr_svg.startswith("<svg")
    assert "flag" not in read_shlink((await a_link(services, viewer, resident_id)).shlink)


async def test_the_store_holds_neither_the_address_nor_the_key_nor_the_pin(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    idempotency_key = "7d5c3a50-89d0-4d2b-a2ce-2ba7f1f1d9c1"
    choice = a_choice(services, pin="86420975", label="市第一医院")
    link = await services.share_links.create(
        viewer, resident_id, choice, idempotency_key=idempotency_key
    )
    payload = read_shlink(link.shlink)
    db = services.core.store.db
    stored = b"".join(
        [
            encode(each)
            for name in await db.list_collection_names()
            async for each in db[name].find()
        ]
    )
    secrets = [payload["url"].split("/")[-2], payload["key"], "86420975", "市第一医院"]
    for secret in [*secrets, idempotency_key, "氨氯地平"]:
        assert secret.encode() not in stored


async def test_the_same_request_again_is_given_the_same_link(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    create, key = services.share_links.create, a_key()
    first = await create(viewer, resident_id, a_choice(services), idempotency_key=key)
    again = await create(viewer, resident_id, a_choice(services), idempotency_key=key)
    assert again.shlink == first.shlink
    assert again.link.id == first.link.id
    before = await everything_stored(services)
    with pytest.raises(IdempotencyKeyReused):
        await create(viewer, resident_id, a_choice(services, max_opens=9), idempotency_key=key)
    with pytest.raises(IdempotencyKeyInvalid):
        await create(viewer, resident_id, a_choice(services), idempotency_key="")
    await services.core.store.db["idempotent_answers"].delete_many({})
    with pytest.raises(IdempotencyKeyReused):
        await create(viewer, resident_id, a_choice(services), idempotency_key=key)
    assert await everything_stored(services) == before


async def test_two_equal_requests_at_once_make_one_link(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    key, choice = a_key(), a_choice(services)
    made = await asyncio.gather(
        *(
            services.share_links.create(viewer, resident_id, choice, idempotency_key=key)
            for _ in range(5)
        )
    )
    assert len({each.shlink for each in made}) == 1
    assert await services.core.store.db["share_links"].count_documents({}) == 1


async def test_the_person_is_masked_unless_the_name_is_given(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    masked = of_type(await opened(client, await a_link(services, viewer, resident_id)), "Patient")
    assert [each["name"] for each in masked] == [[{"text": "张**"}]]
    assert [each["birthDate"] for each in masked] == ["1952"]
    link = await a_link(services, viewer, resident_id, include_name=True)
    [named] = of_type(await opened(client, link), "Patient")
    assert named["name"] == [{"text": "张建国"}]
    assert named["birthDate"] == "1952-03-08"
    assert str(resident_id) not in str(named)
    link = await a_link(services, viewer, resident_id, categories=frozenset({Category.READINGS}))
    [nobody] = of_type(await opened(client, link), "Patient")
    assert {"name", "gender", "birthDate"}.isdisjoint(nobody)


async def test_a_sensitive_category_goes_only_where_it_is_chosen(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    plain = await opened(client, await a_link(services, viewer, resident_id))
    assert "抑郁症" not in str(plain)
    more = HEALTH | {Category.MENTAL_HEALTH}
    link = await a_link(services, viewer, resident_id, categories=more)
    assert "抑郁症" in str(await opened(client, link))


async def test_a_span_cuts_readings_and_keeps_what_stands(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id, since=at("2026-11-01"))
    bundle = await opened(client, link)
    assert len(of_type(bundle, "Observation")) == 2
    assert [each["code"]["text"] for each in of_type(bundle, "Condition")] == ["高血压"]
    link = await a_link(services, viewer, resident_id, until=at("2010-01-01"))
    assert of_type(await opened(client, link), "Condition") == []


async def test_what_is_recorded_later_is_not_in_an_older_link(
    services: Services, client: httpx.AsyncClient
) -> None:
    from tests.factories import bp

    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id)
    before = of_type(await opened(client, link), "Observation")
    await services.recording.record(
        viewer, resident_id, bp(199, 120, at("2026-11-19")), idempotency_key=a_key()
    )
    assert of_type(await opened(client, link), "Observation") == before


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"categories": frozenset()}, ShareCategoriesInvalid),
        ({"categories": frozenset({Category.CHAT})}, ShareCategoriesInvalid),
        ({"categories": HEALTH | {Category.POINTS}}, ShareCategoriesInvalid),
        (
            {"categories": frozenset({Category.READINGS}), "include_name": True},
            ShareNameNeedsProfile,
        ),
        ({"since": at("2026-11-02"), "until": at("2026-11-01")}, ShareSpanInvalid),
        ({"since": at("2026-11-01"), "until": at("2026-11-01")}, ShareSpanInvalid),
        ({"expires_at": at("2026-11-21", "10:00")}, ShareExpiryInvalid),
        ({"expires_at": at("2026-12-21", "10:01")}, ShareExpiryInvalid),
        ({"max_opens": 0}, ShareOpensInvalid),
        ({"max_opens": 101}, ShareOpensInvalid),
        ({"pin": "123"}, SharePinInvalid),
        ({"pin": "1234567890123"}, SharePinInvalid),
        ({"pin": "12a4"}, SharePinInvalid),
        ({"pin": "１２３４"}, SharePinInvalid),
        ({"label": " "}, ShareLabelInvalid),
        ({"label": "长" * 61}, ShareLabelInvalid),
        ({"label": "a\x00b"}, ShareLabelInvalid),
        ({"label": "a\ud800b"}, ShareLabelInvalid),
    ],
)
async def test_a_link_that_cannot_be_is_refused_and_nothing_is_stored(
    services: Services,
    client: httpx.AsyncClient,
    changes: dict[str, Any],
    error: type[KangbanError],
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    with pytest.raises(error):
        await a_link(services, viewer, resident_id, **changes)
    assert not any((await everything_stored(services)).values())


async def test_more_than_one_link_can_hold_is_refused(
    services: Services, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from backend.sharing import links, snapshot
    from backend.sharing.limits import share_limits

    _, viewer, resident_id = await a_person(services, client)
    small = replace(share_limits(), most_resources=3)
    monkeypatch.setattr(snapshot, "share_limits", lambda: small)
    with pytest.raises(ShareTooLarge):
        await a_link(services, viewer, resident_id)
    monkeypatch.undo()
    short = replace(share_limits(), largest_bytes=100)
    monkeypatch.setattr(links, "share_limits", lambda: short)
    with pytest.raises(ShareTooLarge):
        await a_link(services, viewer, resident_id)
    few = replace(share_limits(), most_running=2)
    monkeypatch.setattr(links, "share_limits", lambda: few)
    first, _ = [await a_link(services, viewer, resident_id) for _ in range(2)]
    with pytest.raises(TooManyShareLinks):
        await a_link(services, viewer, resident_id)
    await services.share_links.revoke(viewer, resident_id, first.link.id)
    await a_link(services, viewer, resident_id)


async def a_daughter(
    services: Services,
    client: httpx.AsyncClient,
    resident_id: ObjectId,
    categories: frozenset[Category],
    actions: frozenset[Action],
) -> Viewer:
    _, viewer = await sign_in(services, client, Role.CAREGIVER)
    await services.access.grant(
        resident_id=resident_id,
        account_id=viewer.account_id,
        kind=RelationKind.CAREGIVER,
        categories=categories,
        actions=actions,
    )
    return viewer


async def test_a_caregiver_shares_only_what_they_may_both_see_and_manage(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, _, resident_id = await a_person(services, client)
    readings = frozenset({Category.READINGS})
    both = frozenset({Action.VIEW, Action.MANAGE})
    daughter = await a_daughter(services, client, resident_id, readings, both)
    await a_link(services, daughter, resident_id, categories=readings)
    for more in (HEALTH, readings | {Category.MENTAL_HEALTH}):
        with pytest.raises(AccessDenied):
            await a_link(services, daughter, resident_id, categories=more)
    for fewer in (frozenset({Action.VIEW}), frozenset({Action.MANAGE})):
        other = await a_daughter(services, client, resident_id, readings, fewer)
        with pytest.raises(AccessDenied):
            await a_link(services, other, resident_id, categories=readings)
    assert await services.core.store.db["share_links"].count_documents({}) == 1


async def test_strangers_make_see_and_end_nothing(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = (await a_link(services, viewer, resident_id)).link
    _, stranger = await sign_in(services, client)
    _, own_id = await a_resident(services, stranger)
    links = services.share_links
    before = await everything_stored(services)
    for wrong in (frozenset[Category](), HEALTH, ALL_CATEGORIES):
        with pytest.raises(AccessDenied):
            await a_link(services, stranger, resident_id, categories=wrong)
    with pytest.raises(AccessDenied):
        await links.page(stranger, resident_id, first=10)
    with pytest.raises(AccessDenied):
        await links.revoke(stranger, resident_id, link.id)
    with pytest.raises(ShareLinkNotFound):
        await links.revoke(stranger, own_id, link.id)
    assert await everything_stored(services) == before


async def test_a_caregiver_sees_and_ends_only_links_within_their_rights(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    readings = frozenset({Category.READINGS})
    wide = (await a_link(services, viewer, resident_id)).link
    narrow = (await a_link(services, viewer, resident_id, categories=readings)).link
    both = frozenset({Action.VIEW, Action.MANAGE})
    daughter = await a_daughter(services, client, resident_id, readings, both)
    seen = await services.share_links.page(daughter, resident_id, first=10)
    assert [each.id for each in seen.items] == [narrow.id]
    with pytest.raises(ShareLinkNotFound):
        await services.share_links.revoke(daughter, resident_id, wide.id)
    ended = await services.share_links.revoke(daughter, resident_id, narrow.id)
    assert ended.state is ShareState.REVOKED


async def test_the_resident_sees_every_open(
    services: Services, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id)
    await opened(client, link, recipient=" 市第一医院 心内科 ")
    clock.advance(timedelta(minutes=1))
    await opened(client, link)
    [seen] = (await services.share_links.page(viewer, resident_id, first=10)).items
    assert (seen.opens, seen.max_opens, seen.state) == (2, 3, ShareState.OPEN)
    opens = await services.share_links.opens(resident_id, [seen.id])
    assert [each.recipient for each in opens[seen.id]] == ["李医生", "市第一医院 心内科"]
    assert {each.address for each in opens[seen.id]} == {"127.0.0.0/24"}
    assert {each.agent for each in opens[seen.id]} == {"other"}
    events = services.core.store.db["outbox"]
    assert await events.count_documents({"name": "share_opened"}) == 2


async def test_who_does_not_say_who_they_are_gets_nothing(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id)
    for wrong in ("", "  ", "长" * 81, "a\x00"):
        answer = await ask(client, link, recipient=wrong)
        assert refusal(answer) == (400, "SHARE_RECIPIENT_MISSING")
    path = read_shlink(link.shlink)["url"].removeprefix("http://127.0.0.1:8000")
    for body in (b"", b"[]", b"{", b'{"recipient": 5}', b'{"recipient":"a","passcode":1}'):
        assert refusal(await client.post(path, content=body)) == (400, "SHARE_REQUEST_INVALID")
    for more in ({"embeddedLengthMax": "1"}, {"embeddedLengthMax": True}):
        assert refusal(await ask(client, link, **more)) == (400, "SHARE_REQUEST_INVALID")
    assert (await client.post(path, content=b"x" * 5_000)).status_code == 413
    [seen] = (await services.share_links.page(viewer, resident_id, first=10)).items
    assert seen.opens == 0


async def test_every_dead_link_answers_alike(
    services: Services, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    revoked, used_up, expired = [
        await a_link(services, viewer, resident_id, max_opens=1) for _ in range(3)
    ]
    await services.share_links.revoke(viewer, resident_id, revoked.link.id)
    await opened(client, used_up)
    answers = [await ask(client, revoked), await ask(client, used_up)]
    clock.advance(timedelta(days=7))
    answers.append(await ask(client, expired))
    unknown = "/share/" + "A" * 43 + "/manifest"
    answers.append(await client.post(unknown, json={"recipient": "李医生"}))
    assert [refusal(each) for each in answers] == [GONE] * 4
    assert len({each.content for each in answers}) == 1


async def test_a_link_ends_by_the_clock_to_the_second(
    services: Services, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id)
    clock.advance(timedelta(days=7) - timedelta(seconds=1))
    await opened(client, link)
    clock.advance(timedelta(seconds=1))
    assert refusal(await ask(client, link)) == GONE


async def test_a_revoked_link_keeps_nothing_of_what_it_held(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = (await a_link(services, viewer, resident_id)).link
    await services.share_links.revoke(viewer, resident_id, link.id)
    assert await services.core.store.db["share_payloads"].count_documents({}) == 0
    once = await services.share_links.get(viewer, resident_id, link.id)
    assert await services.share_links.revoke(viewer, resident_id, link.id) == once


async def test_of_twenty_at_once_no_more_get_in_than_may(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id, max_opens=3)
    answers = await asyncio.gather(*(ask(client, link) for _ in range(20)))
    assert sorted(each.status_code for each in answers) == [200] * 3 + [404] * 17
    db = services.core.store.db
    assert await db["share_opens"].count_documents({}) == 3
    assert await db["outbox"].count_documents({"name": "share_opened"}) == 3


async def test_a_pin_is_asked_for_and_ten_wrong_ones_are_the_end(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id, pin="2468", max_opens=100)
    answer = await ask(client, link)
    assert refusal(answer) == (401, "SHARE_PIN_NEEDED")
    assert answer.json()["remainingAttempts"] == 10
    for left in range(9, 0, -1):
        answer = await ask(client, link, passcode=f"0{left:03}")
        assert refusal(answer) == (401, "SHARE_PIN_WRONG")
        assert answer.json()["remainingAttempts"] == left
        await opened(client, link, passcode="2468")  # a right one does not give tries back
    assert (await ask(client, link, passcode="0000")).json()["remainingAttempts"] == 0
    assert refusal(await ask(client, link, passcode="2468")) == GONE
    seen = await services.share_links.get(viewer, resident_id, link.link.id)
    assert seen.state is ShareState.LOCKED


async def test_guesses_at_once_get_no_further_than_in_a_row(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id, pin="2468")
    guesses = [ask(client, link, passcode=f"{number:04}") for number in range(25)]
    codes = [refusal(each) for each in await asyncio.gather(*guesses)]
    assert codes.count((401, "SHARE_PIN_WRONG")) == 10
    assert codes.count(GONE) == 15


async def test_a_large_file_comes_by_an_address_that_dies_with_the_link(
    services: Services, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id, max_opens=2)
    [file] = (await ask(client, link, embeddedLengthMax=10)).json()["files"]
    assert "embedded" not in file
    address = file["location"].removeprefix("http://127.0.0.1:8000")
    answer = await client.get(address)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    from tests.sharing.shares import decrypted

    assert of_type(decrypted(answer.text, read_shlink(link.shlink)["key"]), "Condition")
    assert refusal(await client.get(address + "x")) == (401, "LINK_INVALID")
    other = address.replace(str(link.link.id), str(ObjectId()))
    assert refusal(await client.get(other)) == (401, "LINK_INVALID")
    clock.advance(timedelta(minutes=5))
    assert refusal(await client.get(address)) == (401, "LINK_EXPIRED")
    [file] = (await ask(client, link, embeddedLengthMax=10)).json()["files"]
    address = file["location"].removeprefix("http://127.0.0.1:8000")
    assert (await client.get(address)).status_code == 200  # its last open was this one
    await services.share_links.revoke(viewer, resident_id, link.link.id)
    assert refusal(await client.get(address)) == GONE


async def test_a_location_of_a_share_opens_no_chart(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id)
    [file] = (await ask(client, link, embeddedLengthMax=10)).json()["files"]
    query = file["location"].split("?")[1]
    answer = await client.get(f"/charts/{resident_id}/glucose.png?{query}")
    assert refusal(answer) == (401, "LINK_INVALID")


@pytest.mark.parametrize("change", ["rights", "relation", "suspended", "role"])
async def test_a_link_gives_no_more_than_its_maker_may_still_give(
    services: Services, client: httpx.AsyncClient, change: str
) -> None:
    _, _, resident_id = await a_person(services, client)
    readings = frozenset({Category.READINGS})
    both = frozenset({Action.VIEW, Action.MANAGE})
    daughter = await a_daughter(services, client, resident_id, readings, both)
    link = await a_link(services, daughter, resident_id, categories=readings)
    await opened(client, link)
    mine = {"account_id": daughter.account_id}
    if change == "rights":
        await Relation.find(mine).update({"$set": {"actions": ["view"]}})
    elif change == "relation":
        now = services.core.clock.now()
        await Relation.find(mine).update({"$set": {"ended_at": now}})
    elif change == "suspended":
        await Account.find({"_id": daughter.account_id}).update({"$set": {"status": "suspended"}})
    else:
        await Relation.find(mine).update({"$set": {"kind": "doctor"}})
    assert refusal(await ask(client, link)) == GONE


async def test_an_erased_resident_is_erased_from_links(
    services: Services, client: httpx.AsyncClient, master_key: LocalMasterKey
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id)
    await services.core.keyring.destroy(resident_id)
    assert refusal(await ask(client, link)) == GONE
    assert await services.core.store.db["share_opens"].count_documents({}) == 0


async def test_a_damaged_file_does_not_open(services: Services, client: httpx.AsyncClient) -> None:
    from cryptography.exceptions import InvalidTag

    from tests.sharing.shares import decrypted

    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id)
    [file] = (await ask(client, link)).json()["files"]
    parts, key = file["embedded"].split("."), read_shlink(link.shlink)["key"]
    for place in (2, 3, 4):
        broken = parts.copy()
        flipped = "A" if broken[place][5] != "A" else "B"
        broken[place] = broken[place][:5] + flipped + broken[place][6:]
        with pytest.raises(InvalidTag):
            decrypted(".".join(broken), key)
    other = read_shlink((await a_link(services, viewer, resident_id)).shlink)["key"]
    with pytest.raises(InvalidTag):
        decrypted(file["embedded"], other)


async def test_readers_on_other_origins_may_ask(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id)
    path = read_shlink(link.shlink)["url"].removeprefix("http://127.0.0.1:8000")
    elsewhere = {"origin": "https://viewer.example"}
    asked = {
        **elsewhere,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    before = await client.options(path, headers=asked)
    assert before.status_code == 204
    assert before.headers["access-control-allow-origin"] == "*"
    assert "content-type" in before.headers["access-control-allow-headers"]
    answer = await client.post(path, json={"recipient": "a"}, headers=elsewhere)
    assert answer.headers["access-control-allow-origin"] == "*"
    refused = await client.post(f"{path}x", json={"recipient": "a"}, headers=elsewhere)
    assert refused.headers["access-control-allow-origin"] == "*"
    closed = await client.post("/graphql", json={}, headers=elsewhere)
    assert "access-control-allow-origin" not in closed.headers
