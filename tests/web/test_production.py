"""What production shuts: introspection, IDE, GET, batches, and documents nobody registered."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import pytest

from backend.services import Services
from backend.web.documents import operations
from graphql_api.schema import build_schema
from mobile_contract import operation

KINDS = operation("measurement_kinds")


def code(response: httpx.Response) -> str:
    body: dict[str, Any] = response.json()
    found: str = body["errors"][0]["extensions"]["code"]
    return found


async def test_a_registered_operation_runs_by_its_hash(
    production_client: httpx.AsyncClient,
) -> None:
    digest = hashlib.sha256(KINDS.encode()).hexdigest()
    response = await production_client.post(
        "/graphql", json={"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}}
    )
    assert response.status_code == 200
    kinds = [each["kind"] for each in response.json()["data"]["measurementKinds"]]
    assert "BLOOD_PRESSURE" in kinds


async def test_a_registered_operation_runs_by_its_whole_text(
    production_client: httpx.AsyncClient,
) -> None:
    response = await production_client.post("/graphql", json={"query": KINDS})
    assert response.json()["data"]["measurementKinds"]


@pytest.mark.parametrize(
    "body",
    [
        {"query": "{ measurementKinds { kind } }"},
        {"query": KINDS + " "},
        {"query": "{ __schema { queryType { name } } }"},
        {"query": None},
        {},
        {"extensions": {"persistedQuery": {"sha256Hash": "0" * 64}}},
        {"query": KINDS, "extensions": {"persistedQuery": {"sha256Hash": "0" * 64}}},
        {"query": "{ me { id } }", "extensions": {"persistedQuery": {"sha256Hash": 7}}},
    ],
)
async def test_what_is_not_registered_is_refused(
    production_client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    response = await production_client.post("/graphql", json=body)
    assert (response.status_code, code(response)) == (403, "DOCUMENT_NOT_TRUSTED")
    assert response.json()["data"] is None


async def test_no_ide_no_get_no_batches(production_client: httpx.AsyncClient) -> None:
    ide = await production_client.get("/graphql", headers={"accept": "text/html"})
    assert (ide.status_code, code(ide)) == (404, "ROUTE_NOT_FOUND")
    get = await production_client.get(
        "/graphql", params={"query": KINDS}, headers={"accept": "application/json"}
    )
    assert (get.status_code, code(get)) == (405, "METHOD_NOT_ALLOWED")
    batch = await production_client.post("/graphql", json=[{"query": KINDS}])
    assert batch.status_code == 400
    assert code(batch) in ("BATCHING_OFF", "REQUEST_INVALID")


async def test_the_production_schema_tells_nothing_of_itself() -> None:
    schema = build_schema(production=True)
    for query in ("{ __schema { queryType { name } } }", '{ __type(name: "Query") { name } }'):
        result = await schema.execute(query)
        assert result.data is None
        assert {str((e.extensions or {})["code"]) for e in result.errors or ()} == {
            "GRAPHQL_INVALID"
        }
    result = await schema.execute("{ measurementKind { kind } }")
    assert "Did you mean" not in str(result.errors)


async def test_development_answers_introspection_get_and_ide(client: httpx.AsyncClient) -> None:
    query = "{ __schema { queryType { name } } }"
    response = await client.post("/graphql", json={"query": query})
    assert response.json() == {"data": {"__schema": {"queryType": {"name": "Query"}}}}
    response = await client.get(
        "/graphql", params={"query": query}, headers={"accept": "application/json"}
    )
    assert response.json() == {"data": {"__schema": {"queryType": {"name": "Query"}}}}
    assert "graphiql" in (await client.get("/graphql", headers={"accept": "text/html"})).text


async def test_a_mutation_by_get_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.get(
        "/graphql",
        params={"query": "mutation { signOut { ok } }"},
        headers={"accept": "application/json"},
    )
    assert (response.status_code, code(response)) == (405, "METHOD_NOT_ALLOWED")


async def test_the_demo_cannot_be_signed_in_to(production: Services) -> None:
    assert "demo" not in {each.value for each in production.identity.providers}


def test_operations_are_named_by_the_hash_of_their_text() -> None:
    assert operations()[hashlib.sha256(KINDS.encode()).hexdigest()] == KINDS
