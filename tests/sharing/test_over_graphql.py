"""Share links as a phone handles them, and as they show in the log of who looked."""

from __future__ import annotations

from typing import Any

import httpx
from bson import ObjectId

from backend.access.categories import ALL_CATEGORIES, Action
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.log.documents import AccessEntry
from backend.access.relations import Kinship, RelationKind
from backend.identity.viewer import Role
from backend.services import Services
from graphql_api.common import ids
from mobile_contract import operation
from tests.api import Api, sign_in
from tests.factories import a_key
from tests.sharing.shares import a_link, a_person, ask, decrypted, of_type, read_shlink, refusal

CREATE, REVOKE, LIST = (
    operation(name) for name in ("create_share_link", "revoke_share_link", "share_links")
)


def an_input(resident_id: ObjectId, **changes: Any) -> dict[str, Any]:
    given = {
        "residentId": ids.encode("Resident", resident_id),
        "idempotencyKey": a_key(),
        "categories": ["PROFILE", "CONDITIONS"],
        "label": "市第一医院",
        "expiresAt": "2026-11-25T08:00:00+08:00",
        "maxOpens": 2,
    }
    return {**given, **changes}


async def the_links(api: Api, resident_id: ObjectId) -> list[dict[str, Any]]:
    data = await api.ask(LIST, residentId=ids.encode("Resident", resident_id))
    return [each["node"] for each in data["resident"]["shareLinks"]["edges"]]


async def test_a_phone_makes_lists_and_ends_a_link(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, _, resident_id = await a_person(services, client)
    wanted = an_input(resident_id)
    made = (await api.ask(CREATE, input=wanted))["createShareLink"]
    assert made["qrSvg"].startswith("<svg")
    again = (await api.ask(CREATE, input=wanted))["createShareLink"]
    assert again == made
    url = read_shlink(made["shlink"])["url"].removeprefix("http://127.0.0.1:8000")
    agent = {"user-agent": "Mozilla/5.0 Chrome/120 Mobile MicroMessenger/8.0"}
    answer = await client.post(url, json={"recipient": "心内科"}, headers=agent)
    file = answer.json()["files"][0]["embedded"]
    assert of_type(decrypted(file, read_shlink(made["shlink"])["key"]), "Condition")
    [link] = await the_links(api, resident_id)
    assert (link["state"], link["openCount"], link["mine"]) == ("OPEN", 1, True)
    [opened] = link["opens"]
    assert (opened["recipient"], opened["program"]) == ("心内科", "微信")
    ended = (await api.ask(REVOKE, input={"id": link["id"]}))["revokeShareLink"]
    assert ended["shareLink"]["state"] == "REVOKED"
    assert (await client.post(url, json={"recipient": "心内科"})).status_code == 404


async def test_a_link_ended_by_a_caregiver_is_noted_as_their_change(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, owner, resident_id = await a_person(services, client)
    link = await a_link(services, owner, resident_id)
    stranger, _ = await sign_in(services, client)
    daughter, carer = await sign_in(services, client, Role.CAREGIVER)
    share = {"input": {"id": ids.encode("ShareLink", resident_id, link.link.id)}}
    assert await stranger.refusal(REVOKE, **share) == "ACCESS_DENIED"
    actions = frozenset({Action.VIEW, Action.MANAGE})
    await services.access.grant(
        resident_id=resident_id,
        account_id=carer.account_id,
        kind=RelationKind.CAREGIVER,
        categories=ALL_CATEGORIES,
        actions=actions,
        kinship=Kinship.DAUGHTER,
    )
    ended = (await daughter.ask(REVOKE, **share))["revokeShareLink"]["shareLink"]
    assert ended["state"] == "REVOKED"
    noted = await AccessEntry.find({"account_id": carer.account_id, "action": "manage"}).to_list()
    assert {each.category for each in noted} == {str(each) for each in link.link.categories}
    assert {each.purpose for each in noted} == {"share_link"}


async def test_refusals_carry_their_codes(services: Services, client: httpx.AsyncClient) -> None:
    api, _, resident_id = await a_person(services, client)
    refused: dict[str, dict[str, Any]] = {
        "SHARE_CATEGORIES_INVALID": {"categories": ["CHAT"]},
        "SHARE_EXPIRY_INVALID": {"expiresAt": "2027-11-25T08:00:00+08:00"},
        "SHARE_PIN_INVALID": {"pin": "1"},
        "SHARE_NAME_NEEDS_PROFILE": {"categories": ["READINGS"], "includeName": True},
    }
    for code, changes in refused.items():
        assert await api.refusal(CREATE, input=an_input(resident_id, **changes)) == code
    stranger, _ = await sign_in(services, client)
    assert await stranger.refusal(CREATE, input=an_input(resident_id)) == "ACCESS_DENIED"
    assert await the_links(api, resident_id) == []


async def test_an_open_stands_in_the_log_of_who_looked(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id, pin="2468", max_opens=1)
    log = services.core.store.db["access_log"]
    looks = {"resident_id": resident_id, "channel": "share_link"}
    await ask(client, link, passcode="0000")
    assert await log.count_documents(looks) == 0
    assert (await ask(client, link, passcode="2468")).status_code == 200
    noted = await log.find(looks).to_list()
    assert {each["category"] for each in noted} == {str(each) for each in link.link.categories}
    assert {each["account_id"] for each in noted} == {link.link.id}
    assert (await ask(client, link, passcode="2468")).status_code == 404
    assert await log.count_documents(looks) == len(noted)


async def test_without_the_residents_consent_nothing_opens(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, viewer, resident_id = await a_person(services, client)
    link = await a_link(services, viewer, resident_id)
    [notice] = accepted_now(Purpose.HEALTH_DATA)
    await services.consents.change(
        viewer, resident_id, notice, given=False, idempotency_key=a_key()
    )
    assert refusal(await ask(client, link)) == (404, "SHARE_LINK_GONE")
