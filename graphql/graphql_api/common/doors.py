"""The doors that an operation goes through before any resolver runs.

Parsed and validated once and remembered by its text; measured against the
limits; paid for out of the viewer's budget; refused where it is for who is
signed in and nobody is. Refusals are results, not
exceptions: they take the same way out over HTTP and WebSocket.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode
from graphql.validation import (
    ASTValidationRule,
    NoSchemaIntrospectionCustomRule,
    specified_rules,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from backend.core.errors import KangbanError
from graphql_api.common.errors import (
    OperationInvalid,
    OperationTooDeep,
    TooManyAliases,
    TooManyNodes,
    VariablesTooDeep,
)
from graphql_api.common.limits import (
    ALIASES,
    DEPTH,
    NODES,
    TOKENS,
    VALUES_A_POINT,
    VARIABLES_DEPTH,
)
from graphql_api.common.measure import Measure, Size, page_variables
from graphql_api.common.trust import needs_viewer

REMEMBERED = 256  # documents
_LONGEST_REMEMBERED = 20_000  # characters: comments and strings are no tokens
_PLANS = 32  # of one document, for different pages


class Plan(NamedTuple):
    """One operation with its variables: how big it is, and whether it is for who is signed in."""

    size: Size
    needs_viewer: bool


@dataclass(slots=True)
class Prepared:
    """A document with what validation said, and how big its operations are."""

    document: DocumentNode
    errors: list[GraphQLError]
    by: tuple[str, ...] = ()
    plans: dict[tuple[Any, ...], Plan] = field(default_factory=dict)

    def plan(self, schema: GraphQLSchema, name: str | None, variables: Mapping[str, Any]) -> Plan:
        key = (name, *(_hashable(variables.get(each)) for each in self.by))
        if key not in self.plans:
            if len(self.plans) >= _PLANS:
                self.plans.clear()
            self.plans[key] = _plan(schema, self.document, name, variables)
        return self.plans[key]


class Documents:
    """The prepared documents of one schema."""

    def __init__(self, *, introspection: bool) -> None:
        self._hints = introspection
        hidden = () if introspection else (NoSchemaIntrospectionCustomRule,)
        self._rules: tuple[type[ASTValidationRule], ...] = (*specified_rules, *hidden)
        self._known: OrderedDict[str, Prepared] = OrderedDict()

    def get(self, text: str) -> Prepared | None:
        known = self._known.get(text)
        if known is not None:
            self._known.move_to_end(text)
        return known

    def prepare(self, schema: GraphQLSchema, text: str, document: DocumentNode) -> Prepared:
        """Measured first: what is too deep is not worth validating."""
        try:
            errors = _too_big(schema, document)
            errors = errors or [
                _coded(each, self._hints)
                for each in validate_document(schema, document, self._rules)
            ]
        except RecursionError:
            errors = [_refused(OperationTooDeep(limit=DEPTH))]
        prepared = Prepared(document, errors, page_variables(document) if not errors else ())
        if len(text) <= _LONGEST_REMEMBERED:
            self._known[text] = prepared
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return prepared


def doors(documents: Documents) -> Callable[[], SchemaExtension]:
    """The extension, made anew for each operation."""
    return lambda: Doors(documents)


class Doors(SchemaExtension):
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._prepared: Prepared | None = None

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        context.parse_options["max_tokens"] = TOKENS
        self._prepared = self._documents.get(context.query or "")
        if self._prepared is not None:
            context.graphql_document = self._prepared.document
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        document = context.graphql_document
        assert document is not None
        schema = context.schema._schema
        prepared = self._prepared or self._documents.prepare(schema, context.query or "", document)
        context.pre_execution_errors = list(prepared.errors) or self._paid(schema, prepared)
        yield

    def _paid(self, schema: GraphQLSchema, prepared: Prepared) -> list[GraphQLError]:
        context = self.execution_context
        variables = context.variables or {}
        try:
            values = _values(variables)
            size, private = prepared.plan(schema, context.operation_name, variables)
            if size.nodes > NODES:
                raise TooManyNodes(nodes=size.nodes, limit=NODES)
            context.context.spend(size.price + values // VALUES_A_POINT)
            if private:
                _ = context.context.viewer
        except KangbanError as error:
            return [_refused(error)]
        return []


def _too_big(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    measure = Measure(schema, document, {})
    sizes = [measure.operation(each) for each in _operations(document)]
    if max((each.depth for each in sizes), default=0) > DEPTH:
        return [_refused(OperationTooDeep(limit=DEPTH))]
    if sum(each.aliases for each in sizes) > ALIASES:
        return [_refused(TooManyAliases(limit=ALIASES))]
    return []


def _plan(
    schema: GraphQLSchema, document: DocumentNode, name: str | None, variables: Mapping[str, Any]
) -> Plan:
    wanted = [
        each
        for each in _operations(document)
        if name is None or (each.name is not None and each.name.value == name)
    ]
    if not wanted:
        return Plan(Size(), needs_viewer=True)
    size = Measure(schema, document, variables).operation(wanted[0])
    return Plan(size, needs_viewer(document, wanted[0]))


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]


def _values(variables: Mapping[str, Any]) -> int:
    """How many values the variables hold. Raises ``VARIABLES_TOO_DEEP``."""
    count = 0
    level: list[Any] = list(variables.values())
    for _ in range(VARIABLES_DEPTH):
        count += len(level)
        level = [
            inner
            for each in level
            if isinstance(each, (dict, list))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return count
    raise VariablesTooDeep(limit=VARIABLES_DEPTH)


def _hashable(value: Any) -> Any:
    return value if isinstance(value, int) else None


def _coded(error: GraphQLError, hints: bool) -> GraphQLError:
    # A scalar in the document that its own parser refused brings its own error.
    if error.original_error is not None:
        return error
    text = error.message if hints else error.message.partition(" Did you mean ")[0]
    return GraphQLError(text, nodes=error.nodes, original_error=OperationInvalid(detail=text))


def _refused(error: KangbanError) -> GraphQLError:
    return GraphQLError(str(error), original_error=error)
