"""What one operation may ask for: depth, aliases, tokens, nodes and a price.

A connection is as many nodes as its ``first``, times those around it. Every
field costs a point for each node that it hangs on; the price of a viewer's
operations in a minute is limited as well (``budget.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)
from strawberry.extensions import (
    MaxAliasesLimiter,
    MaxTokensLimiter,
    QueryDepthLimiter,
    SchemaExtension,
)

DEPTH = 10
ALIASES = 15
TOKENS = 2_000
NODES = 5_000
_DEFAULT_PAGE = 20
_INTROSPECTION = frozenset({"__schema", "__type"})


def depth_limiter() -> SchemaExtension:
    return QueryDepthLimiter(max_depth=DEPTH)


def alias_limiter() -> SchemaExtension:
    return MaxAliasesLimiter(max_alias_count=ALIASES)


def token_limiter() -> SchemaExtension:
    return MaxTokensLimiter(max_token_count=TOKENS)


class NodeLimiter(SchemaExtension):
    """Refuses operations whose connections multiply beyond 5,000 nodes."""

    def on_execute(self) -> Iterator[None]:
        context = self.execution_context
        document = context.graphql_document
        if document is not None:
            total = nodes(document, context.operation_name, context.variables or {})
            if total > NODES:
                raise GraphQLError(
                    f"This operation asks for up to {total} nodes; {NODES} are allowed.",
                    extensions={"code": "TOO_MANY_NODES"},
                )
        yield None


def nodes(document: DocumentNode, name: str | None, variables: Mapping[str, Any]) -> int:
    """The most nodes that the operation can return, by the ``first`` of its connections."""
    fragments: dict[str, FragmentDefinitionNode] = {}
    operations: list[OperationDefinitionNode] = []
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            fragments[definition.name.value] = definition
        elif isinstance(definition, OperationDefinitionNode):
            operations.append(definition)
    wanted = [
        each for each in operations if name is None or (each.name and each.name.value == name)
    ]
    return max((_of(o.selection_set, fragments, variables) for o in wanted), default=0)


def _of(
    selections: SelectionSetNode | None,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> int:
    total = 0
    for selection in selections.selections if selections else ():
        if isinstance(selection, FieldNode):
            total += _field(selection, fragments, variables)
        elif isinstance(selection, InlineFragmentNode):
            total += _of(selection.selection_set, fragments, variables)
        elif isinstance(selection, FragmentSpreadNode):
            # Validation ran before: no fragment is unknown or holds itself.
            fragment = fragments[selection.name.value]
            total += _of(fragment.selection_set, fragments, variables)
    return total


def _field(
    field: FieldNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> int:
    if field.name.value in _INTROSPECTION or field.selection_set is None:
        return 0
    inside = _of(field.selection_set, fragments, variables)
    first = _first(field, variables)
    return inside + 1 if first is None else first * (inside + 1)


def _first(field: FieldNode, variables: Mapping[str, Any]) -> int | None:
    for argument in field.arguments or ():
        if argument.name.value != "first":
            continue
        if isinstance(argument.value, IntValueNode):
            return max(int(argument.value.value), 0)
        if isinstance(argument.value, VariableNode):
            value = variables.get(argument.value.name.value, _DEFAULT_PAGE)
            return max(value, 0) if isinstance(value, int) else _DEFAULT_PAGE
    return None
