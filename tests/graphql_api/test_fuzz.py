"""Random operations made from the schema itself: never a 5xx, never INTERNAL.

``KANGBAN_FUZZ_EXAMPLES`` asks for so many of each field instead of a few, other ones each time.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any, cast

import graphql
import httpx
import pytest
import schemathesis
from graphql import ArgumentNode, ObjectFieldNode, StringValueNode, visit
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from backend.access.categories import ALL_CATEGORIES
from backend.access.relations import RelationKind
from backend.core.settings import Settings
from backend.identity.providers.demo import DemoName
from backend.identity.sessions import Device
from backend.identity.viewer import Role
from backend.services import Services
from graphql_api.schema import build_schema
from tests.graphql_api.household import a_household

EXAMPLES = int(os.environ.get("KANGBAN_FUZZ_EXAMPLES", "0"))
FEW = 8
TIMES = (
    "2026-11-20T08:00:00+08:00", "2026-11-20T24:00:00+08:00", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00", "2026-02-30T08:00:00Z", "2024-02-29T08:00:00.999999Z",
    "2026-11-20", "2026", "-1", "",
)  # fmt: skip


def _times() -> st.SearchStrategy[Any]:
    words = st.one_of(st.sampled_from(TIMES), st.text(max_size=12))
    return words.map(lambda text: StringValueNode(value=text))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A budget that does not end."""
    return settings.model_copy(update={"graphql_points": 10**12})


@pytest.fixture(scope="module")
def operations() -> dict[str, list[str]]:
    """Random documents for every root field, by its name."""
    for scalar in ("DateTime", "Date", "PartialDate"):
        schemathesis.graphql.scalar(scalar, _times())
    introspection = graphql.introspection_from_schema(build_schema()._schema)
    loaded = schemathesis.graphql.from_dict(cast(dict[str, Any], introspection))
    found = [cast(Any, each).ok() for each in loaded.get_all_operations()]
    return {operation.label: _drawn(operation.as_strategy()) for operation in found}


def _drawn(cases: st.SearchStrategy[Any]) -> list[str]:
    found: list[str] = []

    @examples(
        max_examples=EXAMPLES or FEW,
        database=None,
        derandomize=not EXAMPLES,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(cases)
    def draw(case: Any) -> None:
        found.append(str(case.body))

    cast(Callable[[], None], draw)()
    return found


class RealIds(graphql.Visitor):
    """Half of the ids become real ones: a random id gets no further than the front door."""

    def __init__(self, ids: dict[str, str], choice: random.Random) -> None:
        super().__init__()
        self._ids = ids
        self._choice = choice

    def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
        return self._real(node)

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> Any:
        return self._real(node)

    def _real(self, node: Any) -> Any:
        name = node.name.value
        if name not in ("id", "residentId") or self._choice.random() < 0.5:
            return None
        kind = "Resident" if name == "residentId" else self._choice.choice(sorted(self._ids))
        return type(node)(name=node.name, value=StringValueNode(value=self._ids[kind]))


@pytest.mark.slow
async def test_no_operation_makes_the_server_stumble(
    services: Services, client: httpx.AsyncClient, operations: dict[str, list[str]]
) -> None:
    house = await a_household(services)
    name = "fuzz"
    account = await services.identity.create_demo_account(name, frozenset({Role.CAREGIVER}))
    await services.access.grant(
        resident_id=house.resident_id,
        account_id=account,
        kind=RelationKind.CAREGIVER,
        categories=ALL_CATEGORIES,
    )
    choice = random.Random(7)
    faults, answered = [], 0
    for label, documents in operations.items():
        for document in documents:
            with_ids = graphql.print_ast(
                visit(graphql.parse(document), RealIds(dict(house.samples.ids), choice))
            )
            # Anew each time: some of what is asked signs out.
            tokens = await services.identity.sign_in(DemoName(name), Device())
            response = await client.post(
                "/graphql",
                json={"query": with_ids},
                headers={"authorization": f"Bearer {tokens.access_token}"},
            )
            answered += 1
            if response.status_code >= 500 or '"INTERNAL"' in response.text:
                faults.append((label, with_ids, response.text))
    assert faults == []
    assert answered >= len(operations) * 2
