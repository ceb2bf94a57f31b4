"""Errors leave with a code, in the client's language; what is unknown leaves as INTERNAL."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest
import strawberry
import structlog

from backend.identity.viewer import Language
from backend.services import Services
from graphql_api.common.context import Context, Info
from graphql_api.schema import Mutation, Query, Schema, schema_of
from graphql_api.subscriptions import Subscription
from tests.graphql_api.household import signed_in

SECRET = "血糖 17.9 张建国"


@strawberry.type
class BrokenQuery(Query):
    @strawberry.field
    async def broken(self, info: Info, word: str) -> str:
        raise ValueError(f"{SECRET} {word}")

    @strawberry.field
    async def recursive(self, info: Info) -> str:
        raise RecursionError(SECRET)

    @strawberry.field
    async def unfit(self, info: Info) -> int:
        return SECRET  # type: ignore[return-value]


@pytest.fixture
async def context(services: Services) -> Context:
    viewer, _ = await signed_in(services)
    return Context(services=services, signed_in=viewer)


def broken() -> Schema:
    return schema_of(BrokenQuery, Mutation, Subscription)


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ('{ broken(word: "机密词") }', "ValueError"),
        ("{ recursive }", "RecursionError"),
        ("{ unfit }", "GraphQLError"),
    ],
)
async def test_an_unknown_error_shows_a_number_and_nothing_else(
    context: Context,
    query: str,
    kind: str,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as events:
        result = await broken().execute(query, context_value=context)
    [error] = result.errors or []
    shown = error.extensions or {}
    assert shown["code"] == "INTERNAL"
    number = shown["data"]["id"]
    assert error.message == f"服务出了问题，请稍后再试。如需帮助，请告知编号 {number}。"
    [event] = [each for each in events if each["event"] == "internal error"]
    assert (event["id"], event["type"]) == (number, kind)
    told = str(events) + caplog.text + "".join(capsys.readouterr()) + str(error.formatted)
    assert SECRET not in told
    assert "17.9" not in told
    assert "机密词" not in told
    assert error.original_error is None


async def test_it_speaks_english_to_who_asks_for_it(context: Context) -> None:
    context.language = Language.EN
    result = await broken().execute('{ broken(word: "a") }', context_value=context)
    [error] = result.errors or []
    assert error.message.startswith("Something went wrong here.")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("zh-CN", "请先登录。"),
        (None, "请先登录。"),
        ("en-GB,en;q=0.9,zh;q=0.8", "Please sign in."),
        ("fr", "请先登录。"),
    ],
)
async def test_messages_are_in_the_language_of_the_request(
    client: httpx.AsyncClient, header: str | None, message: str
) -> None:
    headers = {"accept-language": header} if header else {}
    response = await client.post("/graphql", json={"query": "{ me { id } }"}, headers=headers)
    assert response.status_code == 200
    [error] = response.json()["errors"]
    assert error["message"] == message
    assert error["extensions"] == {"code": "TOKEN_MISSING", "data": {}}


async def test_strawberrys_own_logging_is_silent(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    queries: list[Any] = ["{", "{ nothing }", "{ me { id } }"]
    for query in queries:
        await client.post("/graphql", json={"query": query})
    assert [each for each in caplog.records if each.name.startswith("strawberry")] == []
