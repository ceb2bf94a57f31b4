"""Whether an answer is one that an operation can get, by the schema alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_variable_values,
    is_abstract_type,
    parse,
    print_ast,
)

_PLAIN: dict[str, tuple[type, ...]] = {
    "Int": (int,),
    "Float": (int, float),
    "Boolean": (bool,),
    "String": (str,),
    "ID": (str,),
}
Path = tuple[str | int, ...]


class Fitting:
    """One operation, against a schema."""

    def __init__(self, schema: GraphQLSchema, text: str) -> None:
        self._schema = schema
        document = parse(text)
        definitions = document.definitions
        (self._operation,) = (
            each for each in definitions if isinstance(each, OperationDefinitionNode)
        )
        self._fragments = {
            each.name.value: each
            for each in definitions
            if isinstance(each, FragmentDefinitionNode)
        }

    def faults(self, sample: dict[str, Any]) -> list[str]:
        """Of ``{"variables": …, "answer": {"data": …, "errors": …}}``; none where it fits."""
        found = self._variables(sample["variables"])
        data = sample["answer"].get("data")
        if data is None:
            return found if sample["answer"].get("errors") else [*found, "neither data nor errors"]
        root = self._schema.get_root_type(self._operation.operation)
        assert root is not None
        return [*found, *self._object(root, self._operation.selection_set, data, ())]

    def _variables(self, given: dict[str, Any]) -> list[str]:
        definitions = list(self._operation.variable_definitions or ())
        values = get_variable_values(self._schema, definitions, given)
        found = [each.message for each in values] if isinstance(values, list) else []
        unknown = set(given) - {each.variable.name.value for each in definitions}
        return [*found, *(f"no variable {each}" for each in sorted(unknown))]

    def _object(
        self, type_: GraphQLObjectType, selections: SelectionSetNode, value: Any, path: Path
    ) -> Iterator[str]:
        wanted = self._fields(type_, selections)
        if not isinstance(value, dict) or set(value) != set(wanted):
            yield f"{path}: {sorted(value)} instead of {sorted(wanted)}"
            return
        for key, nodes in wanted.items():
            name = nodes[0].name.value
            if name == "__typename":
                if value[key] != type_.name:
                    yield f"{path}: is no {value[key]}"
                continue
            inner = [each.selection_set for each in nodes if each.selection_set]
            selected = SelectionSetNode(
                selections=tuple(s for each in inner for s in each.selections)
            )
            yield from self._value(type_.fields[name].type, selected, value[key], (*path, key))

    def _fields(
        self, type_: GraphQLObjectType, selections: SelectionSetNode
    ) -> dict[str, list[FieldNode]]:
        found: dict[str, list[FieldNode]] = {}
        for each in selections.selections:
            if isinstance(each, FieldNode):
                key = each.alias.value if each.alias else each.name.value
                found.setdefault(key, []).append(each)
                continue
            assert isinstance(each, (InlineFragmentNode, FragmentSpreadNode)), print_ast(each)
            part = (
                each if isinstance(each, InlineFragmentNode) else self._fragments[each.name.value]
            )
            if self._applies(part, type_):
                for key, nodes in self._fields(type_, part.selection_set).items():
                    found.setdefault(key, []).extend(nodes)
        return found

    def _applies(
        self, part: InlineFragmentNode | FragmentDefinitionNode, type_: GraphQLObjectType
    ) -> bool:
        on = part.type_condition.name.value if part.type_condition else type_.name
        named = self._schema.get_type(on)
        assert named is not None
        return named is type_ or (
            is_abstract_type(named) and self._schema.is_sub_type(named, type_)
        )

    def _value(
        self, type_: GraphQLOutputType, selections: SelectionSetNode, value: Any, path: Path
    ) -> Iterator[str]:
        if isinstance(type_, GraphQLNonNull):
            if value is None:
                yield f"{path}: null"
            else:
                yield from self._value(type_.of_type, selections, value, path)
        elif value is None:
            return
        elif isinstance(type_, GraphQLList):
            if not isinstance(value, list):
                yield f"{path}: no list"
                return
            for index, each in enumerate(value):
                yield from self._value(type_.of_type, selections, each, (*path, index))
        elif isinstance(type_, GraphQLEnumType):
            if value not in type_.values:
                yield f"{path}: {value} is none of {type_.name}"
        elif isinstance(type_, GraphQLScalarType):
            if not isinstance(value, _PLAIN.get(type_.name, (object,))):
                yield f"{path}: {value!r} is no {type_.name}"
        else:
            yield from self._composite(type_, selections, value, path)

    def _composite(
        self, type_: Any, selections: SelectionSetNode, value: Any, path: Path
    ) -> Iterator[str]:
        """Of an interface or union without ``__typename``, any member may be what fits."""
        possible = self._schema.get_possible_types(type_) if is_abstract_type(type_) else [type_]
        told = [list(self._object(each, selections, value, path)) for each in possible]
        if all(told):
            yield from min(told, key=len)
