"""The rights over one's data: download, deletion, what is held."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.privacy.documents import (
    DownloadDocument,
    DownloadState,
    ErasureDocument,
    ErasureState,
)
from backend.privacy.held import Held
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.scalars import Node, global_id

enum(DownloadState)
enum(ErasureState, name="DeletionState")


@strawberry.type(description="A copy of everything, put together in the background.")
class Download(Node):
    state: DownloadState
    done: int = strawberry.field(description="Of `total` parts.")
    total: int
    step: str | None = strawberry.field(description="The part that is being gathered.")
    requested_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    size: int | None
    sha256: str | None
    error: str | None
    url: str | None = strawberry.field(
        description="Opens for ten minutes without a token; ask again for a new one."
    )


@strawberry.type(description="A deletion that waits; until `dueAt` it can be cancelled.")
class Deletion:
    state: ErasureState
    requested_at: datetime
    due_at: datetime


@strawberry.type(description="The proof of a finished deletion: signed JSON.")
class ErasureCertificate:
    resident_id: str
    finished_at: datetime | None
    text: str


@strawberry.type(description="What is held of a person, and why.")
class HeldData:
    key: str
    count: int
    what: str
    purpose: str
    legal_basis: str
    how_long: str
    who_sees: str
    kept_after_deletion: bool


@strawberry.input
class RequestDownloadInput:
    resident_id: strawberry.ID
    idempotency_key: str


@strawberry.type
class RequestDownloadPayload:
    download: Download


@strawberry.input
class RequestDeletionInput:
    resident_id: strawberry.ID
    idempotency_key: str


@strawberry.input
class CancelDeletionInput:
    resident_id: strawberry.ID


@strawberry.type
class DeletionPayload:
    deletion: Deletion


@strawberry.type
class RightsMutation:
    @strawberry.mutation(description="For the person and guardians; one at a time.")
    async def request_download(
        self, info: Info, input: RequestDownloadInput
    ) -> RequestDownloadPayload:
        context = info.context
        download = await context.services.privacy.downloads.request(
            context.viewer,
            ids.resident_id(input.resident_id),
            idempotency_key=input.idempotency_key,
        )
        return RequestDownloadPayload(download=download_of(download, info))

    @strawberry.mutation(
        description="For the person and guardians. After the cooling-off it cannot be undone."
    )
    async def request_deletion(self, info: Info, input: RequestDeletionInput) -> DeletionPayload:
        context = info.context
        erasure = await context.services.privacy.erasing.request(
            context.viewer,
            ids.resident_id(input.resident_id),
            idempotency_key=input.idempotency_key,
        )
        return DeletionPayload(deletion=_deletion(erasure))

    @strawberry.mutation
    async def cancel_deletion(self, info: Info, input: CancelDeletionInput) -> DeletionPayload:
        context = info.context
        erasure = await context.services.privacy.erasing.cancel(
            context.viewer, ids.resident_id(input.resident_id)
        )
        return DeletionPayload(deletion=_deletion(erasure))


async def downloads_of(resident_id: ObjectId, info: Info) -> list[Download]:
    context = info.context
    found = await context.services.privacy.downloads.of(context.viewer, resident_id)
    return [download_of(each, info) for each in found]


async def download(info: Info, resident_id: ObjectId, download_id: ObjectId) -> Node:
    """For ``node``, by which a client watches the progress."""
    context = info.context
    found = await context.services.privacy.downloads.get(context.viewer, resident_id, download_id)
    return download_of(found, info)


async def deletion_of(resident_id: ObjectId, info: Info) -> Deletion | None:
    context = info.context
    erasure = await context.services.privacy.erasing.of(context.viewer, resident_id)
    return None if erasure is None else _deletion(erasure)


async def held_of(resident_id: ObjectId, info: Info) -> list[HeldData]:
    context = info.context
    found = await context.services.privacy.holdings.of(context.viewer, resident_id)
    return [_held(each, info) for each in found]


async def certificates_of(info: Info) -> list[ErasureCertificate]:
    """Of deletions that the viewer's account asked for."""
    context = info.context
    found = await context.services.privacy.erasing.certificates(context.viewer)
    return [
        ErasureCertificate(
            resident_id=str(each.resident_id), finished_at=each.finished_at, text=text
        )
        for each, text in found
    ]


def download_of(download: DownloadDocument, info: Info) -> Download:
    context = info.context
    link = context.services.privacy.downloads.link(context.viewer, download)
    base = context.services.core.settings.public_url.rstrip("/")
    return Download(
        id=global_id("Download", download.resident_id, download.id),
        state=download.state,
        done=download.done,
        total=download.total,
        step=download.step,
        requested_at=download.at,
        ready_at=download.ready_at,
        expires_at=download.expires_at,
        size=download.size,
        sha256=download.sha256,
        error=download.error,
        url=None if link is None else base + link,
    )


def _deletion(erasure: ErasureDocument) -> Deletion:
    return Deletion(state=erasure.state, requested_at=erasure.at, due_at=erasure.due_at)


def _held(held: Held, info: Info) -> HeldData:
    text = held.kind.texts[info.context.language]
    return HeldData(
        key=held.kind.key,
        count=held.count,
        what=text.what,
        purpose=text.purpose,
        legal_basis=text.basis,
        how_long=text.how_long,
        who_sees=text.who_sees,
        kept_after_deletion=held.kind.kept_after_deletion,
    )
