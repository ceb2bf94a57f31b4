"""Variables by compiled coercion and by graphql-core: the same values, the same errors."""

from __future__ import annotations

import math
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    parse,
)
from graphql.execution.executor import Executor
from graphql.type.definition import is_required_input_field
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as SlowExecutor

from graphql_api.common.coercion import coerced_variables
from graphql_api.common.executor import QuickExecutor
from graphql_api.schema import build_schema as our_schema

OURS = our_schema()._schema
ODD = build_schema("""
  enum Meal { FASTING BEDTIME }
  input Plain {
    grid: [[Int!]] = [[1], []], meal: Meal = FASTING, text: String! = "x"
    at: Float, id: ID, sure: Boolean!, meals: [Meal!]
  }
  input Again { name: String, again: [Again!] }
  input Either @oneOf { number: Int, word: String }
  type Query { a(plain: Plain, again: Again, either: Either): Int }
""")
JUNK = st.sampled_from(
    [None, True, 0, -1, 2**31, 1.5, math.nan, math.inf, "", "?", "\ud800", [], {}, [None], {"?": 1}]
)
LEAVES = {
    "String": st.sampled_from(["", "早上", "a\x00b"]),
    "ID": st.sampled_from(["", "UmVz", 7]),
    "Int": st.integers(-(2**31), 2**31 - 1),
    "Float": st.sampled_from([0, 7.83, -0.0, 120]),
    "Boolean": st.booleans(),
    "DateTime": st.sampled_from(["2026-11-21T08:00:00+08:00", "2024-02-29T23:59:59.5Z"]),
    "Date": st.sampled_from(["2026-11-21", "2024-02-29"]),
    "PartialDate": st.sampled_from(["2012", "2012-05", "2012-05-03"]),
}


def _inputs(schema: GraphQLSchema) -> list[tuple[GraphQLSchema, str]]:
    kinds = schema.type_map.items()
    return [(schema, name) for name, each in kinds if isinstance(each, GraphQLInputObjectType)]


def _values(type_: Any, deep: int) -> st.SearchStrategy[Any]:
    """JSON for a type, mostly good: now and then something else stands in its place."""
    if isinstance(type_, GraphQLNonNull):
        return _values(type_.of_type, deep)
    if isinstance(type_, GraphQLList):
        item = _values(type_.of_type, deep)
        good = st.one_of(st.lists(item, max_size=3), item)
    elif isinstance(type_, GraphQLInputObjectType):
        good = _objects(type_, deep - 1)
    elif isinstance(type_, GraphQLEnumType):
        good = st.sampled_from(sorted(type_.values))
    else:
        good = LEAVES[type_.name]
    return st.integers(0, 25).flatmap(lambda n: JUNK if n == 25 else good)


def _objects(type_: GraphQLInputObjectType, deep: int) -> st.SearchStrategy[dict[str, Any]]:
    fields = type_.fields.items() if deep else ()
    needed = {n: _values(f.type, deep) for n, f in fields if is_required_input_field(f)}
    optional = {n: _values(f.type, deep) for n, f in fields if n not in needed}
    whole = st.fixed_dictionaries(needed, optional=optional)
    some = st.fixed_dictionaries({}, optional={**needed, **optional, "unknown": st.just(1)})
    return st.integers(0, 10).flatmap(lambda n: some if n == 10 else whole)


@st.composite
def _requests(draw: st.DrawFn) -> tuple[GraphQLSchema, DocumentNode, dict[str, Any]]:
    schema, name = draw(st.sampled_from([*_inputs(OURS), *_inputs(ODD) * 20]))
    wrapped = draw(st.sampled_from([name, f"{name}!", f"[{name}!]!", f"{name} = {{}}"]))
    document = parse(f"query ($in: {wrapped}, $when: Int) {{ __typename }}")
    value = draw(_values(schema.get_type(name), 4))
    given = draw(st.sampled_from([{"in": value}, {"in": [value]}, {}, {"in": value, "when": 1}]))
    return schema, document, given


def _built(kind: Any, schema: GraphQLSchema, document: DocumentNode, given: Any) -> Any:
    built = kind.build(schema, document, None, None, given, is_awaitable=lambda _: False)
    if not isinstance(built, Executor):
        return [_told(each) for each in built]
    assert built.operation is document.definitions[0]
    sources = built.variable_values.sources.items()
    known = {n: (str(s.signature.type), bool(s.signature.default), s.value) for n, s in sources}
    return repr(known), _plain(built.variable_values.coerced)


def _told(error: GraphQLError) -> Any:
    return error.message, error.path, error.locations, type(error.original_error)


def _plain(value: Any) -> Any:
    """With the types, since 1 == 1.0 == True; without the order of an object's fields."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return type(value), repr(value)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(_requests())
def test_a_request_gets_what_graphql_core_would_give(
    request_: tuple[GraphQLSchema, DocumentNode, dict[str, Any]],
) -> None:
    assert _built(QuickExecutor, *request_) == _built(SlowExecutor, *request_)


READING = {
    "kind": "GLUCOSE",
    "at": "2026-11-21T08:00:00+08:00",
    "meal": "FASTING",
    "values": [{"component": "glucose", "value": 7, "unit": "mmol/L"}],
    "source": {"system": "ble", "id": None},
}


@pytest.mark.parametrize(
    ("change", "quick"),
    [
        ({}, True),
        ({"kind": "GLUKOSE"}, False),
        ({"at": "2026-11-21T24:00:00+08:00"}, False),
        ({"note": None, "attributes": []}, True),
        ({"values": [{"component": "glucose", "value": math.nan, "unit": "mmol/L"}]}, False),
        ({"values": {"component": "glucose", "value": 7, "unit": "mmol/L"}}, False),
        ({"note": "\ud800"}, True),
        ({"no_such_field": 1}, False),
        ({"source": {}}, False),
        ({"kind": None}, False),
        ({"source": {"system": None}}, False),
    ],
)
def test_good_readings_go_the_short_way_and_no_others(change: dict[str, Any], quick: bool) -> None:
    document = parse("query ($in: [ReadingInput!]!) { __typename }")
    operation, given = document.definitions[0], {"in": [READING, {**READING, **change}]}
    assert isinstance(operation, OperationDefinitionNode)
    assert (coerced_variables(OURS, operation, given) is not None) is quick
    assert _built(QuickExecutor, OURS, document, given) == _built(
        SlowExecutor, OURS, document, given
    )
