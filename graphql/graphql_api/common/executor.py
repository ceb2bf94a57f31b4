"""Operations executed by graphql-core, with two shorter ways through what is plain.

Variables that fit their types go through compiled coercion, lists of plain scalars
and enums are completed in one go. Whatever is not plain goes graphql-core's way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    specified_scalar_types,
)
from graphql.execution.executor import Executor
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graphql_api.common.coercion import coerced_variables

_SCALARS = frozenset(specified_scalar_types.values())
_PLAIN = frozenset({str, int, float, bool})


class QuickExecutor(StrawberryGraphQLCoreExecutionContext):
    @classmethod
    def build(
        cls,
        schema: GraphQLSchema,
        document: DocumentNode,
        root_value: Any = None,
        context_value: Any = None,
        raw_variable_values: dict[str, Any] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> list[GraphQLError] | Executor[Any]:
        """graphql-core's, which is shown no variables where they are coerced already."""
        given = raw_variable_values or {}
        operation = _only_operation(document)
        values = coerced_variables(schema, operation, given) if operation else None
        if operation is None or values is None:
            return super().build(
                schema, document, root_value, context_value, given, *args, **kwargs
            )
        bare = _without_variables(document, operation)
        built = super().build(schema, bare, root_value, context_value, {}, *args, **kwargs)
        if isinstance(built, Executor):
            built.operation, built.variable_values = operation, values
        return built

    def complete_iterable_value(
        self,
        item_type: Any,
        details: Any,
        info: Any,
        path: Path,
        items: Iterable[Any],
        position: Any,
    ) -> Any:
        """A list of plain leaves at once; any other item by item."""
        if type(items) is list and not any(each.node.directives for each in details):
            completed = plain_leaves(item_type, items)
            if completed is not None:
                return completed
        return super().complete_iterable_value(item_type, details, info, path, items, position)


def _only_operation(document: DocumentNode) -> OperationDefinitionNode | None:
    operations = [e for e in document.definitions if isinstance(e, OperationDefinitionNode)]
    if len(operations) == 1 and operations[0].variable_definitions:
        return operations[0]
    return None


def _without_variables(document: DocumentNode, operation: OperationDefinitionNode) -> DocumentNode:
    bare = replace(operation, variable_definitions=())
    kept = tuple(bare if each is operation else each for each in document.definitions)
    return replace(document, definitions=kept)


def plain_leaves(item_type: Any, items: list[Any]) -> list[Any] | None:
    """The items as they are answered; None where one needs graphql-core's attention."""
    nullable = not isinstance(item_type, GraphQLNonNull)
    leaf = item_type if nullable else item_type.of_type
    kinds = set(map(type, items)) - ({NoneType} if nullable else set())
    if len(kinds) != 1:
        return None
    coerce = _coercer(leaf, kinds.pop())
    if coerce is None:
        return None
    try:
        return [None if each is None else coerce(each) for each in items]
    except Exception:
        return None


def _coercer(leaf: Any, kind: type) -> Callable[[Any], Any] | None:
    if isinstance(leaf, GraphQLEnumType) and issubclass(kind, Enum):
        return cache(leaf.coerce_output_value)
    if isinstance(leaf, GraphQLScalarType) and leaf in _SCALARS and kind in _PLAIN:
        return leaf.coerce_output_value
    return None
