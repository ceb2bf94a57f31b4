"""Walks a GraphQL schema itself: one operation for every field that can be reached.

Arguments are filled by type from ``Samples``; nobody lists the fields by hand,
so that a new one is walked from the day it is written.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    is_leaf_type,
)

_ANY = "any"
"""The variable of a plain ``id``."""


@dataclass(frozen=True)
class Samples:
    """``ids`` holds real global ids by type name; ``scalars`` a literal by scalar's name.

    ``enums`` picks an enum's value where the first one would not fit the others.
    """

    ids: Mapping[str, str]
    scalars: Mapping[str, str]
    enums: Mapping[str, str] = field(default_factory=dict)
    by_name: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One operation that asks for ``coordinate`` (``Type.field``) and nothing else."""

    coordinate: str
    operation: str  # query, mutation, subscription
    root: str
    document: str
    variables: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    """What a plain ``id`` stands for in this case."""

    @property
    def ids(self) -> frozenset[str]:
        """The types of all ids that it names."""
        plain = {self.kind} if self.kind and _ANY in self.variables else set()
        return frozenset((self.variables.keys() - {_ANY}) | plain)


@dataclass(frozen=True)
class _Place:
    """How to get to a type: what goes before and after its selection."""

    operation: str
    root: str
    before: str
    after: str
    kind: str | None = None


def cases(schema: GraphQLSchema, samples: Samples) -> Iterator[Case]:
    """Every field of every object type that a root leads to, each by its shortest way."""
    roots = (
        ("query", schema.query_type),
        ("mutation", schema.mutation_type),
        ("subscription", schema.subscription_type),
    )
    seen: set[str] = set()
    queue: deque[tuple[GraphQLObjectType, _Place]] = deque()
    for name, kind in roots:
        if kind is not None:
            queue.append((kind, _Place(name, "", "{", "}")))
    while queue:
        parent, place = queue.popleft()
        if parent.name in seen:
            continue
        seen.add(parent.name)
        for field_name, definition in parent.fields.items():
            for call, only in _calls(field_name, definition, samples):
                root = place.root or field_name
                leaf = "" if is_leaf_type(get_named_type(definition.type)) else " { __typename }"
                text = f"{place.before} {call}{leaf} {place.after}"
                coordinate = f"{parent.name}.{field_name}"
                id_kind = only or place.kind
                yield _case(coordinate, place.operation, root, text, samples, id_kind)
                for kind, opening, closing in _inside(schema, definition, only):
                    before = f"{place.before} {call} {{ {opening}"
                    after = f"{closing} }} {place.after}"
                    queue.append((kind, _Place(place.operation, root, before, after, id_kind)))


def _case(
    coordinate: str, operation: str, root: str, text: str, samples: Samples, kind: str | None
) -> Case:
    # Ids as variables: the documents are the same for every household and, where any kind of id
    # fits, for every kind, and are validated once.
    given = {**samples.ids, _ANY: samples.ids.get(kind or "", "")}
    used = {name: real for name, real in given.items() if re.search(rf"\${name}\b", text)}
    declared = ", ".join(f"${name}: ID!" for name in used)
    head = f"{operation} ({declared})" if used else operation
    return Case(coordinate, operation, root, f"{head} {text}", used, kind)


def _inside(
    schema: GraphQLSchema, definition: GraphQLField, only: str | None
) -> Iterator[tuple[GraphQLObjectType, str, str]]:
    inner = get_named_type(definition.type)
    if isinstance(inner, GraphQLObjectType):
        yield inner, "", ""
    elif isinstance(inner, (GraphQLInterfaceType, GraphQLUnionType)):
        for kind in schema.get_possible_types(inner):
            if only is None or kind.name == only:
                yield kind, f"... on {kind.name} {{", "}"


def _calls(
    name: str, definition: GraphQLField, samples: Samples
) -> Iterator[tuple[str, str | None]]:
    """The field with its arguments; once for every id that a plain ``id`` could be."""
    inner = get_named_type(definition.type)
    wanted = {n: a for n, a in definition.args.items() if _required(a)}
    if not wanted:
        yield name, None
        return
    kinds = _id_kinds(wanted, samples) if isinstance(inner, GraphQLInterfaceType) else None
    inputs = [each for each in wanted.values() if _takes_plain_id(each)]
    if kinds is None and inputs:
        kinds = list(samples.ids)
    if name == "resident":
        kinds = ["Resident"]
    each_kind: list[str | None] = [*kinds] if kinds else [None]
    for kind in each_kind:
        named = _ANY if len(each_kind) > 1 else kind
        given = ", ".join(f"{n}: {literal(n, a.type, samples, named)}" for n, a in wanted.items())
        yield f"{name}({given})", kind


def _id_kinds(wanted: Mapping[str, GraphQLArgument], samples: Samples) -> list[str] | None:
    return list(samples.ids) if "id" in wanted else None


def _required(argument: GraphQLArgument) -> bool:
    return isinstance(argument.type, GraphQLNonNull) and argument.default_value is Undefined


def _takes_plain_id(argument: GraphQLArgument) -> bool:
    kind = get_named_type(argument.type)
    return isinstance(kind, GraphQLInputObjectType) and "id" in kind.fields


def literal(name: str, of: Any, samples: Samples, id_kind: str | None) -> str:
    """A value of the type, as it stands in a document."""
    if isinstance(of, GraphQLNonNull):
        return literal(name, of.of_type, samples, id_kind)
    if isinstance(of, GraphQLList):
        return f"[{literal(name, of.of_type, samples, id_kind)}]"
    if isinstance(of, GraphQLEnumType):
        return samples.enums.get(of.name, next(iter(of.values)))
    if isinstance(of, GraphQLInputObjectType):
        return _object(of, samples, id_kind)
    if name in samples.by_name:
        return samples.by_name[name]
    if of.name == "ID":
        kind = id_kind if name == "id" and id_kind else name.removesuffix("Id").capitalize()
        return f"${kind}"
    return samples.scalars[of.name]


def _is_one_of(of: GraphQLInputObjectType) -> bool:
    # Strawberry marks it by its own directive, not by graphql-core's flag.
    return of.is_one_of or bool(of.extensions["strawberry-definition"].is_one_of)


_NAMED_ALL_THE_SAME = {("IssueChatCodeInput", "residentId")}
"""Left out by a family doctor alone: the way to a record is by naming it."""


def _object(of: GraphQLInputObjectType, samples: Samples, id_kind: str | None) -> str:
    if _is_one_of(of):
        first, chosen = next(iter(of.fields.items()))
        return f"{{{first}: {literal(first, chosen.type, samples, id_kind)}}}"
    wanted = [
        (name, each)
        for name, each in of.fields.items()
        if (isinstance(each.type, GraphQLNonNull) and each.default_value is Undefined)
        or name in samples.by_name
        or (of.name, name) in _NAMED_ALL_THE_SAME
    ]
    inside = ", ".join(f"{n}: {literal(n, each.type, samples, id_kind)}" for n, each in wanted)
    return f"{{{inside}}}"
