"""Which root fields need nobody to be signed in. Every other one is refused before it runs.

What a signed-in account may see of whom is the policy's to decide, in the
rooms' services; this is only the outer door, shut for fields nobody thought of.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

PUBLIC = frozenset(
    {
        "__typename",
        "__schema",
        "__type",
        "measurementKinds",
        "consentNotices",
        "signInWithWechat",
        "signInWithFirebase",
        "signInAsStaff",
        "signInAsInstitution",
        "signInAsDemo",
        "refreshSession",
        "beginStaffEnrolment",
        "confirmStaffEnrolment",
    }
)
"""Each proves who is there by itself, or says nothing of anybody."""


def needs_viewer(document: DocumentNode, operation: OperationDefinitionNode) -> bool:
    """Whether any root field of the operation is not public."""
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    return any(name not in PUBLIC for name in _roots(operation.selection_set, fragments))


def _roots(
    selections: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]
) -> Iterator[str]:
    left, seen = [selections], set()
    while left:
        for each in left.pop().selections:
            if isinstance(each, FieldNode):
                yield each.name.value
            elif isinstance(each, InlineFragmentNode):
                left.append(each.selection_set)
            elif isinstance(each, FragmentSpreadNode) and each.name.value not in seen:
                seen.add(each.name.value)
                left.append(fragments[each.name.value].selection_set)
