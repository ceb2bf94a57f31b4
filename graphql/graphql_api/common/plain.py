"""Plain fields read by attribute: of a page of a list, nine fields in ten are such."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema
from strawberry.schema.schema_converter import GraphQLCoreConverter


def read_plainly(schema: GraphQLSchema) -> None:
    """Put an attribute getter in place of Strawberry's resolver where a field has no own one."""
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType):
            continue
        for field in kind.fields.values():
            definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
            if definition is not None and definition.is_basic_field:
                field.resolve = _reader(definition.python_name)


def _reader(name: str) -> Callable[..., Any]:
    get = attrgetter(name)

    def read(source: Any, _: Any) -> Any:
        return get(source)

    return read
