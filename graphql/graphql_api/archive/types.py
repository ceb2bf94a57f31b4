"""Types of the archive. The contents of entries mirror the sections' bodies."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Optional, Union

import strawberry
from bson import ObjectId

from backend.access.categories import Category
from backend.archive import entry as domain
from backend.archive.entry import EntrySource
from backend.archive.sections import BODIES, EntryStatus, Precision, Profile, Section
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum, input_of, output
from graphql_api.common.scalars import AT_PRECISION, Node, RecordedBy, global_id, recorded_by
from graphql_api.reports.evidence import evidence
from graphql_api.reports.parts import PaperEvidence

enum(Section)
enum(Category)
enum(EntryStatus)
enum(domain.EntrySource)


def _content_input() -> Any:
    fields = [
        (section.value, Optional[input_of(body)], strawberry.UNSET)  # noqa: UP045
        for section, body in BODIES.items()
    ]
    made = dataclasses.make_dataclass("EntryContentInput", fields, kw_only=True)
    return strawberry.input(made, one_of=True, description="Exactly one section's content.")


if TYPE_CHECKING:
    EntryContent = Any
    ProfileContent = Any
    ProfileInput = Any
    EntryContentInput = Any
else:
    EntryContent = Annotated[
        Union[tuple(output(body) for body in BODIES.values())],  # noqa: UP007
        strawberry.union("EntryContent"),
    ]
    ProfileContent = output(Profile, name="Profile")
    ProfileInput = input_of(Profile, name="Profile")
    EntryContentInput = _content_input()


@strawberry.type(description="An entry's content before a change.")
class EntryVersion:
    version: int
    status: EntryStatus
    content: EntryContent
    replaced_at: datetime


@strawberry.type(description="One entry of the health archive.")
class Entry(Node):
    section: Section
    category: Category
    at: datetime
    precision: Precision = strawberry.field(description=AT_PRECISION)
    title: str
    status: EntryStatus
    content: EntryContent
    source: EntrySource
    recorded_by: RecordedBy
    version: int
    created_at: datetime
    updated_at: datetime
    subject: strawberry.Private[tuple[ObjectId, ObjectId]]

    @strawberry.field(description="Where on which paper it stands, where it was read from one.")
    async def evidence(self, info: Info) -> PaperEvidence | None:
        return await evidence(info, *self.subject) if self.source is EntrySource.OCR else None

    @strawberry.field(description="Earlier versions, newest first.")
    async def history(self, info: Info) -> list[EntryVersion]:
        context = info.context
        past = await context.services.entries.history(context.viewer, *self.subject)
        return [
            EntryVersion(
                version=before.version,
                status=before.status,
                content=before.body,
                replaced_at=version.replaced_at,
            )
            for before, version in past
        ]


def entry_of(entry: domain.Entry, info: Info) -> Entry:
    """The GraphQL type of a stored entry."""
    context = info.context
    return Entry(
        id=global_id("Entry", entry.resident_id, entry.id),
        section=entry.section,
        category=entry.category,
        at=entry.at,
        precision=entry.precision,
        title=entry.body.title(context.language),
        status=entry.status,
        content=entry.body,
        source=entry.provenance.source,
        recorded_by=recorded_by(entry.provenance, context.viewer.account_id),
        version=entry.version,
        created_at=entry.created_at,
        updated_at=entry.updated_at,
        subject=(entry.resident_id, entry.id),
    )
