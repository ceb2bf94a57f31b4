"""Mutations of the archive: persons and entries."""

from __future__ import annotations

import strawberry
from pydantic import ValidationError

from backend.access.relations import Kinship, RelationKind
from backend.archive.sections import BODIES, Body, Profile, Section, build, invalid
from backend.core.errors import Invalid
from graphql_api.access.notices import AcceptedNoticeInput
from graphql_api.archive.resident import Resident, resident_of
from graphql_api.archive.types import Entry, EntryContentInput, ProfileInput, entry_of
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.mirror import data_of, enum

enum(Kinship)


class ContentMissing(Invalid):
    code = "CONTENT_MISSING"
    zh = "请提供一项内容。"
    en = "Give the content of exactly one section."


@strawberry.input(
    description="A new record: one's own, or one of somebody one is guardian of. "
    "Consent to HEALTH_DATA must be among what was accepted."
)
class RegisterResidentInput:
    idempotency_key: str
    profile: ProfileInput
    accepted_notices: list[AcceptedNoticeInput]
    as_guardian: bool = False
    kinship: Kinship | None = None


@strawberry.type
class RegisterResidentPayload:
    resident: Resident


@strawberry.input
class UpdateProfileInput:
    resident_id: strawberry.ID
    profile: ProfileInput
    version: int


@strawberry.type
class UpdateProfilePayload:
    resident: Resident


@strawberry.input
class AddEntryInput:
    resident_id: strawberry.ID
    idempotency_key: str
    content: EntryContentInput


@strawberry.input
class AmendEntryInput:
    id: strawberry.ID
    version: int
    content: EntryContentInput


@strawberry.input
class EntryVersionInput:
    id: strawberry.ID
    version: int


@strawberry.input
class RestoreEntryInput:
    id: strawberry.ID
    version: int
    to_version: int


@strawberry.type
class EntryPayload:
    entry: Entry


@strawberry.type
class ArchiveMutation:
    @strawberry.mutation
    async def register_resident(
        self, info: Info, input: RegisterResidentInput
    ) -> RegisterResidentPayload:
        context = info.context
        resident_id = await context.services.residents.register(
            context.viewer,
            profile_from(input.profile),
            kind=RelationKind.GUARDIAN if input.as_guardian else RelationKind.SELF,
            kinship=input.kinship,
            accepted=[each.to_domain() for each in input.accepted_notices],
            idempotency_key=input.idempotency_key,
        )
        return RegisterResidentPayload(resident=resident_of(resident_id))

    @strawberry.mutation
    async def update_profile(self, info: Info, input: UpdateProfileInput) -> UpdateProfilePayload:
        context = info.context
        resident_id = ids.resident_id(input.resident_id)
        await context.services.residents.update(
            context.viewer, resident_id, profile_from(input.profile), version=input.version
        )
        return UpdateProfilePayload(resident=resident_of(resident_id))

    @strawberry.mutation
    async def add_entry(self, info: Info, input: AddEntryInput) -> EntryPayload:
        context = info.context
        entry = await context.services.entries.add(
            context.viewer,
            ids.resident_id(input.resident_id),
            body_from(input.content),
            idempotency_key=input.idempotency_key,
        )
        return EntryPayload(entry=entry_of(entry, info))

    @strawberry.mutation
    async def amend_entry(self, info: Info, input: AmendEntryInput) -> EntryPayload:
        context = info.context
        resident_id, entry_id = ids.decode(input.id, "Entry")
        entry = await context.services.entries.amend(
            context.viewer, resident_id, entry_id, body_from(input.content), version=input.version
        )
        return EntryPayload(entry=entry_of(entry, info))

    @strawberry.mutation(description="Nothing is deleted: the entry stays in the history.")
    async def mark_entry_entered_in_error(
        self, info: Info, input: EntryVersionInput
    ) -> EntryPayload:
        context = info.context
        entry = await context.services.entries.mark_entered_in_error(
            context.viewer, *ids.decode(input.id, "Entry"), version=input.version
        )
        return EntryPayload(entry=entry_of(entry, info))

    @strawberry.mutation
    async def restore_entry(self, info: Info, input: RestoreEntryInput) -> EntryPayload:
        context = info.context
        entry = await context.services.entries.restore(
            context.viewer,
            *ids.decode(input.id, "Entry"),
            to_version=input.to_version,
            version=input.version,
        )
        return EntryPayload(entry=entry_of(entry, info))


def profile_from(value: object) -> Profile:
    """Raises ``ENTRY_INVALID`` naming the fields."""
    try:
        return Profile.model_validate(data_of(value))
    except ValidationError as error:
        raise invalid(error) from error


def body_from(content: object) -> Body:
    """The body of the one section that is given."""
    given = {
        section: getattr(content, section.value)
        for section in BODIES
        if getattr(content, section.value) not in (None, strawberry.UNSET)
    }
    if len(given) != 1:
        raise ContentMissing
    section, value = next(iter(given.items()))
    return build(Section(section), data_of(value))
