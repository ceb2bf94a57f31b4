"""Lists of leaves, completed at once or item by item: the same answers, the same errors."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from enum import Enum
from inspect import isawaitable
from typing import Any, cast

import pytest
from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    Undefined,
    execute,
    parse,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as SlowExecutor

from backend.measurements.batch import Outcome
from graphql_api.common.executor import QuickExecutor, plain_leaves
from graphql_api.schema import build_schema


class Other(Enum):
    RECORDED = "recorded"


OUTCOME = cast(GraphQLEnumType, build_schema()._schema.type_map["BatchOutcome"])
LEAVES = [GraphQLString, GraphQLID, GraphQLInt, GraphQLFloat, GraphQLBoolean, OUTCOME]
ALIKE: list[list[Any]] = [["a", "b"], list(Outcome), [1, 2], [0.5, math.inf], [True, False]]
ODD = [
    None,
    "",
    2**31,
    math.nan,
    Other.RECORDED,
    "recorded",
    Undefined,
    ValueError("no"),
    [],
    object(),
]
ITEMS = st.one_of(
    *(st.lists(st.sampled_from([*alike, None]), max_size=4) for alike in ALIKE),
    st.lists(st.sampled_from([*ODD, *(each for alike in ALIKE for each in alike)]), max_size=4),
)


def answered(kind: Any, item: Any, make: Callable[[], list[Any]]) -> Any:
    field = GraphQLField(GraphQLList(item), resolve=lambda _, info: make())
    schema = GraphQLSchema(GraphQLObjectType("Query", {"items": field}))
    result: Any = execute(schema, parse("{ items }"), executor_class=kind)
    if isawaitable(result):
        result = asyncio.run(awaited(result))
    errors = [(each.message, each.path, each.locations) for each in result.errors or ()]
    return repr(result.data), errors


async def awaited(result: Any) -> Any:
    return await result


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(LEAVES), st.booleans(), ITEMS)
def test_a_list_is_answered_as_graphql_core_answers_it(
    leaf: Any, must: bool, items: list[Any]
) -> None:
    item = GraphQLNonNull(leaf) if must else leaf
    made = [answered(kind, item, lambda: items) for kind in (QuickExecutor, SlowExecutor)]
    assert made[0] == made[1]


def test_what_is_still_to_come_is_awaited() -> None:
    def items() -> list[Any]:
        return ["a", awaited(asyncio.sleep(0, "b")), None]

    assert answered(QuickExecutor, GraphQLString, items) == ("{'items': ['a', 'b', None]}", [])


@pytest.mark.parametrize(
    ("item", "items", "answer"),
    [
        (GraphQLNonNull(OUTCOME), [Outcome.REFUSED, Outcome.RECORDED], ["REFUSED", "RECORDED"]),
        (GraphQLID, ["x", "y"], ["x", "y"]),
        (GraphQLFloat, [1.0, 2.5], [1.0, 2.5]),
        (GraphQLNonNull(GraphQLString), ["x", None], None),
        (GraphQLFloat, [1.0, math.nan], None),
        (GraphQLString, [object()], None),
        (GraphQLList(GraphQLString), [["x"]], None),
    ],
)
def test_plain_lists_go_the_short_way_and_no_others(item: Any, items: Any, answer: Any) -> None:
    assert plain_leaves(item, items) == answer
