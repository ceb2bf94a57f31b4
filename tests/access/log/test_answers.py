"""The log through the web: nothing leaves unnoted, the resident reads it, nobody else does."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import strawberry
from bson import ObjectId

from backend.access.categories import Category
from backend.access.log.anchoring import Anchoring
from backend.access.log.errors import GateSkipped
from backend.access.log.trail import answering
from backend.access.relations import Kinship, RelationKind
from backend.identity.viewer import Role
from backend.measurements.documents import ReadingDocument
from backend.services import Services
from backend.web.graphql import admit
from graphql_api.common import ids
from graphql_api.common.context import Context, Info
from graphql_api.schema import Mutation, Query, Subscription, build_schema, schema_of
from mobile_contract import operation
from tests.access.log.test_noting import refuse_entries, rows, told
from tests.api import Api, sign_in
from tests.factories import a_caregiver, a_key, a_resident, bp

DOCS = Path(__file__).resolve().parents[3] / "docs"
LOG = operation("access_log")
REPORT = operation("report_access_entry")
LATEST = "query($id: ID!) { resident(id: $id) { latestReadings(kinds: [GLUCOSE]) { id } name } }"


async def a_daughter(services: Services, client: httpx.AsyncClient, resident_id: ObjectId) -> Api:
    api, viewer = await sign_in(services, client, Role.CAREGIVER)
    await services.identity.rename(viewer, "王芳")
    await services.access.grant(
        resident_id=resident_id,
        account_id=viewer.account_id,
        kind=RelationKind.CAREGIVER,
        kinship=Kinship.DAUGHTER,
    )
    return api


async def test_a_caregivers_query_is_one_look_that_the_resident_reads_in_plain_words(
    services: Services, client: httpx.AsyncClient
) -> None:
    own, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    daughter = await a_daughter(services, client, resident_id)
    relay_id = ids.encode("Resident", resident_id)
    await daughter.ask(LATEST, id=relay_id)
    found = [told(each) for each in await rows(services, resident_id)]
    assert found[-2:] == [
        ("caregiver", "profile", "view", "granted"),
        ("caregiver", "readings", "view", "granted"),
    ] or found[-2:] == [
        ("caregiver", "readings", "view", "granted"),
        ("caregiver", "profile", "view", "granted"),
    ]
    log = (await own.ask(LOG, residentId=relay_id))["resident"]["accessLog"]
    (look,) = [each["node"] for each in log["edges"] if each["node"]["relation"] == "caregiver"]
    assert look["sentence"] == "女儿王芳于今天 10:00 查看了您的个人资料和血压、血糖等测量"
    assert look["categories"] == ["PROFILE", "READINGS"]
    assert await daughter.refusal(LOG, residentId=relay_id) == "ACCESS_DENIED"
    await _filtered_and_paged(own, relay_id, look)
    await _reported(services, own, daughter, client, relay_id, look)


async def _filtered_and_paged(own: Api, relay_id: str, look: dict[str, Any]) -> None:
    only = {"accountIds": [look["accountId"]], "categories": ["READINGS"], "actions": ["VIEW"]}
    log = (await own.ask(LOG, residentId=relay_id, filter=only))["resident"]["accessLog"]
    assert [each["node"]["categories"] for each in log["edges"]] == [["READINGS"]]
    none = {"channels": ["TELEGRAM"]}
    log = (await own.ask(LOG, residentId=relay_id, filter=none))["resident"]["accessLog"]
    assert log["edges"] == []
    whole = (await own.ask(LOG, residentId=relay_id, first=100))["resident"]["accessLog"]["edges"]
    walked: list[str] = []
    after = None
    while True:
        page = await own.ask(LOG, residentId=relay_id, first=1, after=after)
        log = page["resident"]["accessLog"]
        walked += [each["node"]["id"] for each in log["edges"]]
        after = log["pageInfo"]["endCursor"]
        if not log["pageInfo"]["hasNextPage"]:
            break
    assert walked == [each["node"]["id"] for each in whole]


async def _reported(
    services: Services,
    own: Api,
    daughter: Api,
    client: httpx.AsyncClient,
    relay_id: str,
    look: dict[str, Any],
) -> None:
    said = {"id": look["id"], "reason": "我没有同意过", "idempotencyKey": a_key()}
    assert await daughter.refusal(REPORT, input=said) == "ACCESS_DENIED"
    first = await own.ask(REPORT, input=said)
    assert await own.ask(REPORT, input=said) == first
    again = {**said, "idempotencyKey": a_key()}
    assert await own.refusal(REPORT, input=again) == "ACCESS_ENTRY_REPORTED_ALREADY"
    short = {**again, "reason": "不"}
    assert await own.refusal(REPORT, input=short) == "REASON_UNFIT"
    events = services.core.store.db["outbox"]
    assert await events.count_documents({"name": "access_entry_reported"}) == 1
    operator, _ = await sign_in(services, client, Role.OPERATOR)
    waiting = operation("reported_access")
    assert await own.refusal(waiting) == "OPERATOR_REQUIRED"
    (edge,) = (await operator.ask(waiting))["reportedAccess"]["edges"]
    assert edge["node"]["reason"] == "我没有同意过"
    assert edge["node"]["entry"]["who"] == "女儿王芳"
    answer = operation("answer_access_report")
    reply = {"id": edge["node"]["id"], "answer": "她在您的照护圈里"}
    await operator.ask(answer, input=reply)
    assert await operator.refusal(answer, input=reply) == "ACCESS_REPORT_ANSWERED_ALREADY"
    mine = operation("access_reports")
    (report,) = (await own.ask(mine, residentId=relay_id))["resident"]["accessReports"]
    assert (report["state"], report["answer"]) == ("ANSWERED", "她在您的照护圈里")


async def test_the_downloaded_log_is_checked_with_the_standard_library_alone(
    services: Services, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    own, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    for _ in range(3):
        _, another = await a_resident(services)
        await services.access.require(
            await a_caregiver(services, another), another, Category.READINGS
        )
        sister = await a_caregiver(services, resident_id)
        await services.access.require(sister, resident_id, Category.READINGS)
        await Anchoring(services.core.clock).anchor()
    relay_id = ids.encode("Resident", resident_id)
    query = operation("access_log_download")
    address = (await own.ask(query, residentId=relay_id))["resident"]["accessLogDownload"]
    path = address.removeprefix(services.core.settings.public_url)
    text = (await client.get(path)).text
    stored = await rows(services, resident_id)
    lines = [json.loads(line) for line in text.splitlines()]
    assert sum(each["type"] == "entry" for each in lines) == len(stored)
    assert sum(each["type"] == "anchor" for each in lines) == 3
    assert _checked(tmp_path, lines) == (0, f"{len(stored)} ok")
    for number, line in enumerate(lines):
        if line["type"] in ("entry", "anchor", "root"):
            changed = {**line, "hash": "00" * 32}
            status, _ = _checked(tmp_path, [*lines[:number], changed, *lines[number + 1 :]])
            assert status == 1, line
    assert (await client.get(path.replace(str(resident_id), str(ObjectId())))).status_code == 401
    daughter = await a_daughter(services, client, resident_id)
    refused = await client.get(path.partition("?")[0], headers=daughter.headers())
    assert refused.json()["error"]["code"] == "ACCESS_DENIED"


def _checked(folder: Path, lines: list[dict[str, Any]]) -> tuple[int, str]:
    file = folder / "log.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", str(DOCS / "verify_access_log.py"), str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip()


@pytest.mark.spoils_database
async def test_an_answer_that_cannot_be_noted_does_not_leave(
    services: Services, client: httpx.AsyncClient
) -> None:
    own, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    await services.recording.record(viewer, resident_id, bp(), idempotency_key=a_key())
    daughter = await a_daughter(services, client, resident_id)
    relay_id = ids.encode("Resident", resident_id)
    await refuse_entries(services)
    body = {"query": LATEST, "variables": {"id": relay_id}}
    answer = await client.post("/graphql", json=body, headers=daughter.headers())
    assert answer.status_code == 503
    assert answer.json()["data"] is None
    assert [e["extensions"]["code"] for e in answer.json()["errors"]] == ["LOG_UNAVAILABLE"]
    bundle = await client.get(f"/fhir/{resident_id}/$everything", headers=daughter.headers())
    assert (bundle.status_code, bundle.json()["error"]["code"]) == (503, "LOG_UNAVAILABLE")
    # The resident's own look is nobody's news, and goes on.
    assert (await own.ask(LATEST, id=relay_id))["resident"]["name"] == "张建国"


@strawberry.type
class Past(Query):
    @strawberry.field
    async def count(self, info: Info, resident_id: strawberry.ID) -> int:
        key = ids.resident_id(resident_id)
        return await ReadingDocument.find({"resident_id": key}).count()

    @strawberry.field
    async def everybody(self, info: Info) -> int:
        return await ReadingDocument.find({"kind": "glucose"}).count()

    @strawberry.field
    async def gated(self, info: Info, resident_id: strawberry.ID) -> int:
        key = ids.resident_id(resident_id)
        await info.context.services.access.require(info.context.viewer, key, Category.READINGS)
        return await ReadingDocument.find({"resident_id": key}).count()


async def test_a_resolver_that_reads_past_the_gate_is_caught(
    services: Services, client: httpx.AsyncClient
) -> None:
    own, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    await services.recording.record(viewer, resident_id, bp(), idempotency_key=a_key())
    schema = schema_of(Past, Mutation, Subscription)
    relay_id = ids.encode("Resident", resident_id)

    async def asked(text: str) -> tuple[Any, list[str]]:
        context = Context(services=services)
        await admit(context, f"Bearer {own.token}")
        result = await schema.execute(text, context_value=context)
        codes = [str((each.extensions or {})["code"]) for each in result.errors or []]
        return result.data, codes

    assert await asked(f'{{ gated(residentId: "{relay_id}") }}') == ({"gated": 1}, [])
    assert await asked(f'{{ count(residentId: "{relay_id}") }}') == (None, ["INTERNAL"])
    assert await asked("{ everybody }") == (None, ["INTERNAL"])


async def test_the_gate_for_one_resident_is_none_for_another(services: Services) -> None:
    _, one = await a_resident(services)
    _, other = await a_resident(services)
    daughter = await a_caregiver(services, one)
    with pytest.raises(GateSkipped):  # noqa: PT012  (it is raised where the block ends)
        async with answering():
            await services.access.require(daughter, one, Category.READINGS)
            await ReadingDocument.find({"resident_id": {"$in": [one, other]}}).count()


async def test_every_event_of_a_subscription_is_an_entry(
    services: Services, client: httpx.AsyncClient
) -> None:
    viewer, resident_id = await a_resident(services)
    daughter = await a_daughter(services, client, resident_id)
    relay_id = ids.encode("Resident", resident_id)
    text = f'subscription {{ readingRecorded(residentId: "{relay_id}") {{ id }} }}'
    context = Context(services=services)
    await admit(context, f"Bearer {daughter.token}")
    results = await build_schema().stream(text, context_value=context)
    async with contextlib.aclosing(results):
        for number in range(3):
            coming = asyncio.create_task(anext(results))
            await asyncio.sleep(1)  # until it listens
            await services.recording.record(
                viewer, resident_id, bp(120 + number), idempotency_key=a_key()
            )
            assert (await asyncio.wait_for(coming, 20)).errors is None
            looks = [each for each in await rows(services, resident_id) if each["action"] == "view"]
            assert len(looks) == number + 1
