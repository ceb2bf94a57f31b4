"""The notices that are shown before consent is asked. Public: no person stands in them."""

from __future__ import annotations

from datetime import date

import strawberry

from backend.access.consent import notices as domain
from backend.access.consent.purpose import ConsentState, Purpose
from backend.access.consent.writing import Accepted
from backend.identity.viewer import Language
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum

enum(Purpose, name="ConsentPurpose")
enum(ConsentState)


@strawberry.type(description="What is shown before consent is asked: short, in plain words.")
class ConsentNotice:
    purpose: Purpose
    version: str
    since: date
    title: str
    paragraphs: list[str]
    covers: list[str]
    stops: list[str] = strawberry.field(description="What stops when consent is withdrawn.")
    sources: list[str]
    digest: str = strawberry.field(description="SHA-256 of the text, as the consent keeps it.")
    abroad: bool = strawberry.field(description="Whether data leaves the country.")
    needs: list[Purpose]


@strawberry.input(description="A notice that was read and agreed to.")
class AcceptedNoticeInput:
    purpose: Purpose
    notice_version: str

    def to_domain(self) -> Accepted:
        return Accepted(self.purpose, self.notice_version)


@strawberry.type
class NoticeQuery:
    @strawberry.field(description="The current notice of every purpose. Public.")
    async def consent_notices(self, info: Info) -> list[ConsentNotice]:
        language = info.context.language
        return [notice_of(domain.current(each), language) for each in Purpose]


def notice_of(notice: domain.Notice, language: Language) -> ConsentNotice:
    text = notice.text(language)
    about = domain.notices()[notice.purpose]
    return ConsentNotice(
        purpose=notice.purpose,
        version=notice.version,
        since=notice.since,
        title=text.title,
        paragraphs=list(text.paragraphs),
        covers=list(text.covers),
        stops=list(text.stops),
        sources=list(notice.sources),
        digest=text.digest(),
        abroad=about.abroad,
        needs=list(about.needs),
    )
