"""The download by its link: asked for, watched and fetched as a phone does; nobody else gets it."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from bson import ObjectId

from backend.core.clock import FixedClock
from backend.core.links import LIFE
from backend.identity.accounts import Account
from backend.privacy.limits import DOWNLOAD_KEPT
from backend.services import Services
from graphql_api.common import ids
from tests.api import Api, sign_in
from tests.factories import a_key, a_resident

REQUEST = """mutation R($input: RequestDownloadInput!) {
  requestDownload(input: $input) { download { id state done total url } } }"""
WATCH = "query W($id: ID!) { node(id: $id) { ... on Download { state done total url error } } }"
PAGE = """query P($id: ID!) { resident(id: $id) {
  held { key count what purpose legalBasis howLong whoSees keptAfterDeletion }
  deletion { state dueAt } downloads { state } consents { purpose state notice { stops } } } }"""
DELETE = """mutation D($input: RequestDeletionInput!) {
  requestDeletion(input: $input) { deletion { state dueAt } } }"""
CANCEL = """mutation C($input: CancelDeletionInput!) {
  cancelDeletion(input: $input) { deletion { state } } }"""


async def a_person(services: Services, client: httpx.AsyncClient) -> tuple[Api, str, ObjectId]:
    api, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    return api, ids.encode("Resident", resident_id), resident_id


async def made(services: Services, api: Api, resident: str) -> dict[str, Any]:
    """What the phone sees of a download that is ready."""
    given = {"residentId": resident, "idempotencyKey": a_key()}
    asked = (await api.ask(REQUEST, input=given))["requestDownload"]["download"]
    assert (asked["state"], asked["url"]) == ("QUEUED", None)
    await services.privacy.worker.drain()
    watched: dict[str, Any] = (await api.ask(WATCH, id=asked["id"]))["node"]
    assert watched["state"] == "READY", watched
    return watched


def changed(url: str, **query: str) -> str:
    parts = urlsplit(url)
    pairs = dict(parse_qsl(parts.query)) | query
    return parts._replace(query=urlencode(pairs)).geturl()


async def refusal(client: httpx.AsyncClient, url: str) -> str:
    response = await client.get(url)
    assert b"PK" not in response.content
    code: str = response.json()["error"]["code"]
    return code


async def test_a_phone_asks_watches_and_fetches(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, resident, _ = await a_person(services, client)
    ready = await made(services, api, resident)
    assert ready["done"] == ready["total"]
    response = await client.get(ready["url"])  # a browser: no token
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/zip"
    assert response.headers["cache-control"] == "private, no-store"
    assert "attachment" in response.headers["content-disposition"]
    assert "index.html" in zipfile.ZipFile(io.BytesIO(response.content)).namelist()


async def test_a_link_that_was_changed_or_is_old_opens_nothing(
    services: Services, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    api, resident, _ = await a_person(services, client)
    ready = await made(services, api, resident)
    url = ready["url"]
    _, _, other_id = await a_person(services, client)
    for bad in (
        changed(url, signature="0" * 64),
        changed(url, account=str(ObjectId())),
        changed(url, expires="9999999999"),
        url.replace(url.split("/downloads/")[1].split("/")[0], str(other_id)),
    ):
        assert await refusal(client, bad) == "LINK_INVALID"
    assert await refusal(client, urlsplit(url)._replace(query="").geturl()) == "TOKEN_MISSING"
    clock.advance(LIFE)
    assert await refusal(client, url) == "LINK_EXPIRED"


async def test_a_strangers_token_opens_nothing(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, resident, resident_id = await a_person(services, client)
    ready = await made(services, api, resident)
    path = urlsplit(ready["url"]).path
    stranger, _, own_id = await a_person(services, client)
    response = await client.get(path, headers=stranger.headers())
    assert response.json()["error"]["code"] == "ACCESS_DENIED"
    mine = path.replace(str(resident_id), str(own_id))
    response = await client.get(mine, headers=stranger.headers())
    assert response.json()["error"]["code"] == "DOWNLOAD_NOT_FOUND"
    response = await client.get("/downloads/x/y.zip", headers=stranger.headers())
    assert response.json()["error"]["code"] == "RESIDENT_UNKNOWN"


async def test_an_expired_download_and_a_suspended_account_open_nothing(
    services: Services, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    api, resident, _ = await a_person(services, client)
    await made(services, api, resident)
    clock.advance(DOWNLOAD_KEPT - timedelta(minutes=5))
    api, viewer = await _again(services, client, api)
    [listed] = (await api.ask(WATCHED, id=resident))["resident"]["downloads"]
    clock.advance(timedelta(minutes=5))
    assert await refusal(client, listed["url"]) == "DOWNLOAD_EXPIRED"
    await Account.find_one({"_id": viewer}).update({"$set": {"status": "suspended"}})
    assert await refusal(client, listed["url"]) == "ACCOUNT_SUSPENDED"


WATCHED = "query L($id: ID!) { resident(id: $id) { downloads { state url } } }"


async def _again(services: Services, client: httpx.AsyncClient, api: Api) -> tuple[Api, ObjectId]:
    """The same account with a new access token: a week later the old one has expired."""
    raw = await services.core.store.db["downloads"].find_one({})
    assert raw is not None
    account_id: ObjectId = raw["requested_by"]
    session = await services.core.store.db["sessions"].find_one({"account_id": account_id})
    assert session is not None
    token, _ = services.identity._access.sign(account_id, session["_id"], frozenset())
    return Api(client, token), account_id


async def test_the_privacy_page_says_what_is_held_and_deletion_can_be_taken_back(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, resident, _ = await a_person(services, client)
    given = {"residentId": resident, "idempotencyKey": a_key()}
    waiting = (await api.ask(DELETE, input=given))["requestDeletion"]["deletion"]
    assert waiting["state"] == "COOLING_OFF"
    page = (await api.ask(PAGE, id=resident))["resident"]
    held = {each["key"]: each for each in page["held"]}
    assert (held["profile"]["count"], held["readings"]["count"]) == (1, 0)
    assert held["access_log"]["keptAfterDeletion"] is True
    assert all(each["legalBasis"] and each["howLong"] for each in page["held"])
    assert page["deletion"] == waiting
    assert all(each["notice"]["stops"] for each in page["consents"])
    taken_back = await api.ask(CANCEL, input={"residentId": resident})
    assert taken_back["cancelDeletion"]["deletion"]["state"] == "CANCELLED"
    assert (await api.ask(PAGE, id=resident))["resident"]["deletion"] is None
    assert await api.refusal(CANCEL, input={"residentId": resident}) == "DELETION_NOT_FOUND"


@pytest.mark.parametrize("query", [REQUEST, DELETE])
async def test_the_same_key_for_another_person_is_refused(
    services: Services, client: httpx.AsyncClient, query: str
) -> None:
    api, resident, _ = await a_person(services, client)
    _, other, _ = await a_person(services, client)
    key = a_key()
    await api.ask(query, input={"residentId": resident, "idempotencyKey": key})
    refused = await api.refusal(query, input={"residentId": other, "idempotencyKey": key})
    assert refused == "ACCESS_DENIED"
