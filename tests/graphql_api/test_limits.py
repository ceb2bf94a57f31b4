"""What one operation may ask for, and what a viewer may spend."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from bson import ObjectId
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st

from backend.services import Services
from graphql_api.common.budget import Allowance, Budget
from graphql_api.common.context import Context
from graphql_api.common.errors import OperationTooCostly, RateLimited, TooManySubscriptions
from graphql_api.common.limits import ALIASES, DEPTH, NODES, TOKENS, VARIABLES_DEPTH
from graphql_api.common.measure import Measure, Size
from graphql_api.common.streams import Streams
from graphql_api.schema import build_schema
from tests.api import Api, sign_in

SCHEMA = build_schema()


async def codes(query: str, **variables: Any) -> list[str]:
    """Of an operation that no resolver of is ever reached: there are no services."""
    context = Context(services=None)  # type: ignore[arg-type]
    result = await SCHEMA.execute(query, variable_values=variables, context_value=context)
    assert result.data is None
    return [str((each.extensions or {})["code"]) for each in result.errors or ()]


def deep(levels: int) -> str:
    """A questionnaire's items within items: ``levels`` fields with selections."""
    head = "{ node(id: 1) { ... on Entry { content { ... on Questionnaire { "
    return head + "items { " * (levels - 2) + "linkId" + " }" * (levels - 2) + " } } } } }"


def size(query: str, **variables: Any) -> Size:
    document = parse(query)
    operation: Any = document.definitions[0]
    return Measure(SCHEMA._schema, document, variables).operation(operation)


def test_depth_counts_fields_with_fields_in_them() -> None:
    assert size(deep(DEPTH)).depth == DEPTH
    assert size("{ me { id } }").depth == 1
    assert size("{ measurementKinds { components { unit } } }").depth == 2


async def test_the_eleventh_level_is_one_too_many() -> None:
    assert await codes(deep(DEPTH + 1)) == ["OPERATION_TOO_DEEP"]
    assert await codes(deep(DEPTH)) != ["OPERATION_TOO_DEEP"]
    assert await codes(deep(300)) == ["OPERATION_TOO_DEEP"]


async def test_the_sixteenth_alias_is_one_too_many() -> None:
    def aliased(count: int) -> str:
        return "{" + " ".join(f"a{n}: me {{ id }}" for n in range(count)) + "}"

    assert await codes(aliased(ALIASES + 1)) == ["TOO_MANY_ALIASES"]
    assert await codes(aliased(ALIASES)) == ["TOKEN_MISSING"]


async def test_aliases_in_a_fragment_count_each_time_it_is_spread() -> None:
    spread = "{ " + "me { ...F } " * 4 + "} fragment F on Me { a: id b: id c: id d: id }"
    assert await codes(spread) == ["TOO_MANY_ALIASES"]


async def test_the_two_thousand_and_first_token_is_one_too_many() -> None:
    def long(kinds: int) -> str:
        values = "GLUCOSE " * kinds
        return f'{{ resident(id: "x") {{ latestReadings(kinds: [{values}]) {{ id }} }} }}'

    rest = 20  # the tokens around the list
    assert await codes(long(TOKENS - rest + 1)) == ["TOO_MANY_TOKENS"]
    assert await codes(long(TOKENS - rest)) == ["TOKEN_MISSING"]


async def test_pages_within_pages_multiply() -> None:
    page = (
        'resident(id: "x") {{ readings(first: {first}) {{ edges {{ node {{ id {inner} }} }} }} }}'
    )
    assert size("{" + page.format(first=100, inner="") + "}").nodes == 301
    many = " ".join(f"r{n}: " + page.format(first=100, inner="values { label }") for n in range(13))
    assert await codes("{" + many + "}") == ["TOO_MANY_NODES"]
    few = " ".join(f"r{n}: " + page.format(first=10, inner="values { label }") for n in range(13))
    assert await codes("{" + few + "}") == ["TOKEN_MISSING"]


async def test_a_page_size_in_a_variable_counts_as_well() -> None:
    query = """query Q($n: Int!) { resident(id: "x") { readings(first: $n) {
      edges { node { id values { label quantity { value } } } } } } }"""
    assert size(query, n=7).nodes == 1 + 7 * (1 + 4)
    assert await codes(query, n=NODES) == ["TOO_MANY_NODES"]
    assert await codes(query, n=10) == ["TOKEN_MISSING"]
    defaulted = query.replace("$n: Int!", "$n: Int! = 5000")
    assert await codes(defaulted) == ["TOO_MANY_NODES"]


async def test_fragments_that_double_do_not_cost_their_product() -> None:
    # 100 fragments, each spreading the next one twice: 2**100 fields on paper.
    chain = " ".join(f"fragment F{n} on Me {{ ...F{n + 1} ...F{n + 1} }}" for n in range(100))
    query = f"{{ me {{ ...F0 }} }} {chain} fragment F100 on Me {{ id }}"
    assert await codes(query) == ["TOKEN_MISSING"]
    assert size(query).depth == 1
    looped = "{ me { ...A } } fragment A on Me { ...B } fragment B on Me { ...A }"
    assert await codes(looped) == ["GRAPHQL_INVALID"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_SYNTAX_INVALID"),
        ('{ node(id: "\\ud800") { id } }', "GRAPHQL_SYNTAX_INVALID"),
        ("{ nothing }", "GRAPHQL_INVALID"),
        ("query Q($a: Nothing) { me { id } }", "GRAPHQL_INVALID"),
        ("{ me }", "GRAPHQL_INVALID"),
        ("{ node(id: " + "[" * 900 + "]" * 900 + ") { id } }", "OPERATION_TOO_DEEP"),
        ("{me" * 600, "OPERATION_TOO_DEEP"),
        ("{ me { ... on Me " * 300, "OPERATION_TOO_DEEP"),
    ],
)
async def test_what_is_no_operation_has_a_code(query: str, code: str) -> None:
    assert set(await codes(query)) == {code}


async def test_variables_that_do_not_fit_have_a_code(
    services: Services, client: httpx.AsyncClient
) -> None:
    query = "query Q($id: ID!) { resident(id: $id) { id } }"
    assert await codes(query) == ["TOKEN_MISSING"]  # who is nobody is told that first
    api, _ = await sign_in(services, client)
    assert await api.refusal(query) == "VARIABLES_INVALID"
    assert await api.refusal(query, id=["a"]) == "VARIABLES_INVALID"
    assert await api.refusal(query, id=None) == "VARIABLES_INVALID"


async def test_variables_nest_so_deep_and_no_deeper() -> None:
    query = "mutation M($i: AddEntryInput!) { addEntry(input: $i) { entry { id } } }"
    value: Any = {}
    for _ in range(VARIABLES_DEPTH):
        value = {"items": [value]}
    assert await codes(query, i=value) == ["VARIABLES_TOO_DEEP"]


def test_what_makes_the_store_work_costs_more() -> None:
    assert size("{ me { id } }").price == 2
    assert (
        size('mutation { signInAsStaff(input: {login: "a"}) { session { accessToken } } }').price
        > 500
    )
    home = '{ resident(id: "x") { name trend(kind: GLUCOSE) { buckets { start all { count } } } } }'
    assert size(home).price == 1 + 1 + 30 + 1 + 30 * 3


def test_a_union_costs_its_dearest_branch() -> None:
    branches = "... on Entry { id history { version } } ... on Reading { id kind at }"
    whole = (
        f'{{ resident(id: "x") {{ timeline(first: 3) {{ edges {{ node {{ {branches} }} }} }} }} }}'
    )
    assert size(whole).price == 1 + 10 + 3 * (1 + 1 + (1 + 10 + 1))


class Now:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_spent_budget_says_when_to_come_back_and_comes_back() -> None:
    now = Now()
    budget = Budget(account=Allowance(100, 10), address=Allowance(50, 5), now=now)
    me, other = ObjectId(), ObjectId()
    budget.spend_as_account(me, 95)
    with pytest.raises(RateLimited) as refused:
        budget.spend_as_account(me, 31)
    assert refused.value.data == {"retry_after": 3}
    budget.spend_as_account(other, 100)
    budget.spend_as_address("10.0.0.1", 50)
    now.at = 2.5
    with pytest.raises(RateLimited):
        budget.spend_as_account(me, 31)
    now.at = 2.6
    budget.spend_as_account(me, 31)


def test_what_costs_more_than_there_ever_is_is_not_a_matter_of_time() -> None:
    budget = Budget(account=Allowance(100, 10), address=Allowance(50, 5))
    with pytest.raises(OperationTooCostly) as refused:
        budget.spend_as_account(ObjectId(), 101)
    assert refused.value.data == {"price": 101, "limit": 100}
    with pytest.raises(OperationTooCostly):
        budget.spend_as_address("10.0.0.1", 51)


@given(st.lists(st.tuples(st.integers(0, 120), st.floats(0, 20))))
def test_nobody_ever_spends_more_than_the_bucket_and_its_refill(
    steps: list[tuple[int, float]],
) -> None:
    now = Now()
    budget = Budget(account=Allowance(100, 10), address=Allowance(50, 5), now=now)
    spent = 0
    for points, pause in steps:
        now.at += pause
        try:
            budget.spend_as_account("me", points)
        except (RateLimited, OperationTooCostly):
            continue
        spent += points
        assert spent <= 100 + now.at * 10 + 1e-6


async def test_a_viewer_who_spent_too_much_is_told_so_over_http(
    services: Services, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Budget, "_filled", _empty)
    api, _ = await sign_in(services, client)
    answer = await api.post("{ me { id } }")
    assert answer["data"] is None
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert error["extensions"]["data"] == {"retry_after": 1}
    assert "1 秒" in error["message"]
    assert await Api(client).refusal("{ measurementKinds { kind } }") == "RATE_LIMITED"


def _empty(budget: Budget, key: object, allowance: Allowance) -> Any:
    from graphql_api.common.budget import _Bucket

    return _Bucket(0, 0)


def test_ten_streams_a_viewer_and_one_ended_makes_room() -> None:
    streams, me, other = Streams(10), ObjectId(), ObjectId()
    held = [streams.one_more(me) for _ in range(10)]
    for each in held:
        each.__enter__()
    with pytest.raises(TooManySubscriptions), streams.one_more(me):
        pass
    with streams.one_more(other):
        assert streams.count(other) == 1
    held[0].__exit__(None, None, None)
    with streams.one_more(me):
        assert streams.count(me) == 10
    for each in held[1:]:
        each.__exit__(None, None, None)
    assert (streams.count(me), streams.count(other)) == (0, 0)
