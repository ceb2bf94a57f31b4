"""Consent: how it stands, and giving or withdrawing it with one and the same mutation."""

from __future__ import annotations

from datetime import datetime

import strawberry
from bson import ObjectId

from backend.access.consent import service as domain
from backend.access.consent.documents import ConsentRecord
from backend.access.consent.notices import notice
from backend.access.consent.purpose import ConsentState, Purpose
from backend.access.consent.writing import Accepted
from backend.identity.viewer import Channel
from graphql_api.access.notices import ConsentNotice, notice_of
from graphql_api.common import ids
from graphql_api.common.context import Info


@strawberry.type(description="How it stands with one purpose.")
class Consent:
    purpose: Purpose
    state: ConsentState
    version: str | None = strawberry.field(description="The notice's version agreed to.")
    since: datetime | None
    notice: ConsentNotice = strawberry.field(
        description="The current notice: what it covers and what stops when it is withdrawn."
    )


@strawberry.type(description="One time that consent was given or withdrawn.")
class ConsentEvent:
    purpose: Purpose
    given: bool
    version: str
    at: datetime
    relation: str
    channel: Channel
    mine: bool
    title: str


@strawberry.input(
    description="`given: false` withdraws; `noticeVersion` is the one that was shown."
)
class ChangeConsentInput:
    resident_id: strawberry.ID
    idempotency_key: str
    purpose: Purpose
    notice_version: str
    given: bool


@strawberry.type
class ChangeConsentPayload:
    consent: Consent


@strawberry.type
class ConsentMutation:
    @strawberry.mutation(description="For the person themselves and guardians.")
    async def change_consent(self, info: Info, input: ChangeConsentInput) -> ChangeConsentPayload:
        context = info.context
        changed = await context.services.consents.change(
            context.viewer,
            ids.resident_id(input.resident_id),
            Accepted(input.purpose, input.notice_version),
            given=input.given,
            idempotency_key=input.idempotency_key,
        )
        return ChangeConsentPayload(consent=consent_of(changed, info))


async def consents_of(resident_id: ObjectId, info: Info) -> list[Consent]:
    """Every purpose, for who may see the profile."""
    context = info.context
    found = await context.services.consents.current(context.viewer, resident_id)
    return [consent_of(each, info) for each in found]


async def consent_history_of(resident_id: ObjectId, info: Info) -> list[ConsentEvent]:
    """Newest first, for the person themselves and guardians."""
    context = info.context
    found = await context.services.consents.history(context.viewer, resident_id)
    return [_event(each, info) for each in reversed(found)]


def consent_of(consent: domain.Consent, info: Info) -> Consent:
    return Consent(
        purpose=consent.purpose,
        state=consent.state,
        version=consent.agreed.version if consent.agreed else None,
        since=consent.since,
        notice=notice_of(consent.notice, info.context.language),
    )


def _event(record: ConsentRecord, info: Info) -> ConsentEvent:
    shown = notice(record.purpose, record.version).text(info.context.language)
    return ConsentEvent(
        purpose=record.purpose,
        given=record.given,
        version=record.version,
        at=record.at,
        relation=record.relation.value,
        channel=record.channel,
        mine=record.account_id == info.context.viewer.account_id,
        title=shown.title,
    )
