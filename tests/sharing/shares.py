"""Somebody with a record and a link to it, and what a third party does with one."""

from __future__ import annotations

import base64
import zlib
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
from bson import ObjectId
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.access.categories import Category
from backend.archive.sections import AllergyBody, MedicationBody, coded, named
from backend.identity.viewer import Viewer
from backend.services import Services
from backend.sharing.choice import ShareChoice
from backend.sharing.links import MadeShareLink
from tests.api import Api, sign_in
from tests.factories import a_condition, a_key, a_resident, at, bp, glucose

HEALTH = frozenset(
    {
        Category.PROFILE,
        Category.READINGS,
        Category.CONDITIONS,
        Category.MEDICATIONS,
        Category.REPORTS,
    }
)


async def a_person(services: Services, client: httpx.AsyncClient) -> tuple[Api, Viewer, ObjectId]:
    """Signed in, with a record that has a little of everything."""
    api, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    for reading in (
        bp(152, 95, at("2026-05-02")),
        bp(138, 86, at("2026-11-18"), note="早上头晕"),
        glucose(6.8),
    ):
        await services.recording.record(viewer, resident_id, reading, idempotency_key=a_key())
    for body in (
        a_condition(),
        a_condition("抑郁症", "F32.9", "2019"),
        AllergyBody(substance=named("青霉素")),
        MedicationBody(name=coded("http://www.whocc.no/atc", "C08CA01", text="氨氯地平")),
    ):
        await services.entries.add(viewer, resident_id, body, idempotency_key=a_key())
    return api, viewer, resident_id


def a_choice(services: Services, **changes: Any) -> ShareChoice:
    given = {
        "categories": HEALTH,
        "label": "市第一医院",
        "expires_at": services.core.clock.now() + timedelta(days=7),
        "max_opens": 3,
    }
    return ShareChoice(**{**given, **changes})


async def a_link(
    services: Services, viewer: Viewer, resident_id: ObjectId, **changes: Any
) -> MadeShareLink:
    choice = a_choice(services, **changes)
    return await services.share_links.create(viewer, resident_id, choice, idempotency_key=a_key())


def read_shlink(text: str) -> dict[str, Any]:
    """The payload of ``shlink:/…``, by the specification alone."""
    head, encoded = text[:8], text[8:]
    assert head == "shlink:/"
    payload: dict[str, Any] = orjson.loads(_bytes(encoded))
    return payload


async def ask(client: httpx.AsyncClient, link: MadeShareLink, **body: Any) -> httpx.Response:
    """The manifest request of a receiving application."""
    url = read_shlink(link.shlink)["url"]
    return await client.post(urlsplit(url).path, json={"recipient": "李医生", **body})


def decrypted(jwe: str, key: str) -> dict[str, Any]:
    """Opens a compact JWE with nothing but AES-GCM and inflate (RFC 7516, RFC 1951)."""
    header, encrypted_key, iv, ciphertext, tag = jwe.split(".")
    said = orjson.loads(_bytes(header))
    assert said == {
        "alg": "dir",
        "enc": "A256GCM",
        "zip": "DEF",
        "cty": "application/fhir+json",
    }
    assert encrypted_key == ""
    sealed = _bytes(ciphertext) + _bytes(tag)
    packed = AESGCM(_bytes(key)).decrypt(_bytes(iv), sealed, header.encode())
    bundle: dict[str, Any] = orjson.loads(zlib.decompress(packed, -zlib.MAX_WBITS))
    return bundle


async def opened(client: httpx.AsyncClient, link: MadeShareLink, **body: Any) -> dict[str, Any]:
    """The Bundle, as whoever has the link gets it."""
    answer = await ask(client, link, **body)
    assert answer.status_code == 200, answer.text
    [file] = answer.json()["files"]
    assert file["contentType"] == "application/fhir+json"
    return decrypted(file["embedded"], read_shlink(link.shlink)["key"])


def of_type(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    resources = [entry["resource"] for entry in bundle["entry"]]
    return [each for each in resources if each["resourceType"] == kind]


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
