"""Input coercion compiled: a closure for each type, made once, for values that fit it.

graphql-core asks anew at every value what its type is: for the six thousand values of
500 readings 9 ms of a core, as long as all else that is done with them before they are
stored. A closure knows: 2.6 ms. It knows good values only. At anything else it raises,
and graphql-core is asked, so that what is wrong is told by one. Types that hold
themselves are always left to it, for it knows how deep is too deep. Why:
``docs/decisions/0013-compiled-coercion.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    Undefined,
    is_required_input_field,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.utilities.coerce_input_value import coerce_default_value

Reader = Callable[[Any], Any]
"""From a value as JSON has it to the coerced one. Raises whatever it likes at what does not fit."""

_AS_THEY_ARE = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
_READERS = "kangban-readers"


class Unsure(Exception):
    """Not plainly good: graphql-core shall look."""


def coerced_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, given: dict[str, Any]
) -> VariableValues | None:
    """What ``get_variable_values`` would say, or None where it had better be asked."""
    sources, coerced = {}, {}
    try:
        for definition in operation.variable_definitions or ():
            signature = get_variable_signature(schema, definition)
            if isinstance(signature, GraphQLError):
                return None
            name = signature.name
            if name in given:
                sources[name] = VariableValueSource(signature, given[name])
                coerced[name] = reader_of(schema, signature.type)(given[name])
            elif signature.default or isinstance(signature.type, GraphQLNonNull):
                return None
            else:
                sources[name] = VariableValueSource(signature)
    except Exception:
        return None
    return VariableValues(sources, coerced)


def reader_of(schema: GraphQLSchema, type_: Any) -> Reader:
    """The schema's reader for a type, made at its first use."""
    known: dict[str, Reader] = schema.extensions.setdefault(_READERS, {})
    name = str(type_)
    if name not in known:
        known[name] = _reader(type_, ())
    return known[name]


def _reader(type_: Any, within: tuple[str, ...]) -> Reader:
    nullable = not isinstance(type_, GraphQLNonNull)
    inner = type_ if nullable else type_.of_type
    if isinstance(inner, GraphQLEnumType):
        return _enum(inner, nullable)
    if inner in _AS_THEY_ARE:
        kind = _AS_THEY_ARE[inner]
        return _as_it_is(frozenset({kind, NoneType} if nullable else {kind}))
    if isinstance(inner, GraphQLList):
        read = _list(_reader(inner.of_type, within))
    elif isinstance(inner, GraphQLInputObjectType):
        read = _object(inner, within)
    else:
        read = _scalar(inner)
    return _nullable(read) if nullable else read


def _nullable(read: Reader) -> Reader:
    return lambda value: None if value is None else read(value)


def _enum(type_: GraphQLEnumType, nullable: bool) -> Reader:
    members: dict[Any, Any] = {name: type_.coerce_input_value(name) for name in type_.values}
    if nullable:
        members[None] = None
    return members.__getitem__


def _as_it_is(kinds: frozenset[type]) -> Reader:
    def same(value: Any) -> Any:
        if type(value) in kinds:
            return value
        raise Unsure

    return same


def _scalar(type_: GraphQLScalarType) -> Reader:
    coerce = type_.coerce_input_value

    def scalar(value: Any) -> Any:
        coerced = Undefined if value is None else coerce(value)
        if coerced is Undefined:
            raise Unsure
        return coerced

    return scalar


def _list(read: Reader) -> Reader:
    def items(value: Any) -> Any:
        if type(value) is not list:
            raise Unsure
        return [read(each) for each in value]

    return items


def _object(type_: GraphQLInputObjectType, within: tuple[str, ...]) -> Reader:
    if type_.name in within or type_.is_one_of:
        return _never  # nested without end, or with rules of its own: rare
    inside = (*within, type_.name)
    fields = {
        name: (field.out_name or name, _reader(field.type, inside))
        for name, field in type_.fields.items()
    }
    required = {name for name, each in type_.fields.items() if is_required_input_field(each)}
    defaults = _defaults(type_)
    out_type = type_.out_type

    def read_object(value: Any) -> Any:
        if type(value) is not dict or not required <= value.keys():
            raise Unsure
        coerced = defaults.copy()
        for name, given in value.items():
            out_name, read = fields[name]
            coerced[out_name] = read(given)
        return out_type(coerced)

    return read_object


def _defaults(type_: GraphQLInputObjectType) -> dict[str, Any]:
    defaults = {
        field.out_name or name: coerce_default_value(field)
        for name, field in type_.fields.items()
        if not is_required_input_field(field)
    }
    return {name: value for name, value in defaults.items() if value is not Undefined}


def _never(value: Any) -> Any:
    raise Unsure
