"""How big an operation is: its depth, aliases, nodes and price, from the document alone.

A connection is as many nodes as its ``first``, a list that is not paged as many
as ``LISTS`` says, each times those around it. Every field costs a point, or what
``PRICES`` says, for each node that it hangs on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_object_type,
)

from graphql_api.common.limits import LISTS, MUTATION_PRICE, PRICES


class Size(NamedTuple):
    """Fields nested, aliases in the text, nodes at most in the answer, points."""

    depth: int = 0
    aliases: int = 0
    nodes: int = 0
    price: int = 0


class Measure:
    """Measures one document's operations; each fragment once, however often it is spread."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._variables = variables
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._known: dict[str, Size] = {}
        self._given: Mapping[str, Any] = variables

    def operation(self, operation: OperationDefinitionNode) -> Size:
        """Raises ``RecursionError`` for what is nested without end."""
        root = self._schema.get_root_type(operation.operation)
        defaults = {
            each.variable.name.value: int(each.default_value.value)
            for each in operation.variable_definitions or ()
            if isinstance(each.default_value, IntValueNode)
        }
        self._given = {**defaults, **self._variables}
        return self._set(operation.selection_set, root)

    def _set(self, selections: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Size:
        depth = aliases = nodes = price = 0
        branches: dict[str, tuple[int, int]] = {}
        for selection in selections.selections if selections else ():
            each = self._one(selection, parent)
            depth = max(depth, each.depth)
            aliases += each.aliases
            branch = self._branch(selection, parent)
            if branch is None:
                nodes, price = nodes + each.nodes, price + each.price
            else:
                before = branches.get(branch, (0, 0))
                branches[branch] = (before[0] + each.nodes, before[1] + each.price)
        # A node of a union or interface is of one type: the biggest branch is what it can be.
        nodes += max((each for each, _ in branches.values()), default=0)
        price += max((each for _, each in branches.values()), default=0)
        return Size(depth, aliases, nodes, price)

    def _branch(self, selection: SelectionNode, parent: GraphQLNamedType | None) -> str | None:
        """The object type that the selection is only for, where others are possible."""
        if isinstance(selection, FieldNode):
            return None
        on: Any = selection
        if isinstance(selection, FragmentSpreadNode):
            on = self._fragments.get(selection.name.value)
        condition = on.type_condition if on is not None else None
        name = condition.name.value if condition else None
        other = parent is None or name != parent.name
        return name if other and is_object_type(self._schema.get_type(name or "")) else None

    def _one(self, selection: SelectionNode, parent: GraphQLNamedType | None) -> Size:
        if isinstance(selection, FieldNode):
            return self._field(selection, parent)
        if isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            inner = self._schema.get_type(condition.name.value) if condition else parent
            return self._set(selection.selection_set, inner)
        assert isinstance(selection, FragmentSpreadNode)
        return self._fragment(selection.name.value)

    def _fragment(self, name: str) -> Size:
        if name not in self._known:
            # What spreads itself counts nothing here: validation refuses it.
            self._known[name] = Size()
            fragment = self._fragments.get(name)
            if fragment is not None:
                of = self._schema.get_type(fragment.type_condition.name.value)
                self._known[name] = self._set(fragment.selection_set, of)
        return self._known[name]

    def _field(self, field: FieldNode, parent: GraphQLNamedType | None) -> Size:
        name = field.name.value
        alias = 1 if field.alias else 0
        if name.startswith("__"):
            return Size(0, alias, 0, 1)
        definition = getattr(parent, "fields", {}).get(name)
        own = price_of(parent, name, self._schema)
        inner_type = get_named_type(definition.type) if definition else None
        if field.selection_set is None or not is_composite_type(inner_type):
            return Size(0, alias, 0, own)
        inner = self._set(field.selection_set, inner_type)
        times = self._times(field, name, definition)
        return Size(
            inner.depth + 1,
            inner.aliases + alias,
            times * (inner.nodes + 1),
            own + times * inner.price,
        )

    def _times(self, field: FieldNode, name: str, definition: GraphQLField | None) -> int:
        argument = definition.args.get("first") if definition else None
        if argument is None:
            return LISTS.get(name, 1)
        default = argument.default_value if argument.default_value is not Undefined else 1
        for given in field.arguments or ():
            if given.name.value == "first":
                return _number(given.value, self._given, default)
        return int(default)


def price_of(parent: GraphQLNamedType | None, name: str, schema: GraphQLSchema) -> int:
    """What one field costs on one node."""
    own = PRICES.get(f"{parent.name}.{name}") if parent else None
    if own is not None:
        return own
    return MUTATION_PRICE if parent is not None and parent is schema.mutation_type else 1


def page_variables(document: DocumentNode) -> tuple[str, ...]:
    """The variables on which an operation's size depends."""
    return tuple(sorted({name for each in document.definitions for name in _firsts(each)}))


def _firsts(node: Any) -> Iterator[str]:
    selections = getattr(node, "selection_set", None)
    for each in selections.selections if selections else ():
        for argument in getattr(each, "arguments", None) or ():
            if argument.name.value == "first" and isinstance(argument.value, VariableNode):
                yield argument.value.name.value
        yield from _firsts(each)


def _number(value: Any, variables: Mapping[str, Any], default: int) -> int:
    given: Any = default
    if isinstance(value, IntValueNode):
        given = int(value.value)
    elif isinstance(value, VariableNode):
        given = variables.get(value.name.value, default)
    return max(given, 0) if isinstance(given, int) else int(default)
