"""What points look like to the resident."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from bson import ObjectId

from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.scalars import Node, global_id
from rewards.fraud.documents import Sign
from rewards.ledger.transfer import Transfer, TransferKind
from rewards.redemption import offers as shop
from rewards.redemption import voucher as domain
from rewards.redemption.codes import qr_svg, read
from rewards.redemption.documents import OfferKind, VoucherState
from rewards.rules.rule import Each, EvidenceKind, Rule
from rewards.tasks import Task
from rewards.titles import titles

enum(TransferKind, name="PointTransferKind")
enum(OfferKind)
enum(VoucherState)
enum(EvidenceKind, name="PointEvidenceKind")
enum(Each, name="PointRuleEach")
enum(Sign, name="PointSign")

_THING = {
    EvidenceKind.MEASURING: "Reading",
    EvidenceKind.EXERCISE: "Reading",
    EvidenceKind.ARCHIVE_SECTION: "Entry",
    EvidenceKind.REPORT_CONFIRMED: "PaperReport",
    EvidenceKind.FOLLOW_UP: "Appointment",
}


@strawberry.type(description="What moved the balance; points are below zero where they went.")
class PointTransfer:
    at: datetime
    kind: TransferKind
    title: str
    points: int
    balance: int = strawberry.field(description="After it.")
    day: str | None
    evidence_id: strawberry.ID | None = strawberry.field(
        description="The reading, entry or report that earned it."
    )


@strawberry.type(description="Points that go on a day unless they are spent before.")
class ExpiringPoints:
    points: int
    on: date


@strawberry.type
class PointStreak:
    days: int
    goal: int
    freezes_left: int = strawberry.field(description="Missed days that are still forgiven.")


@strawberry.type(description="Something to be done for points today.")
class PointTask:
    rule: str
    title: str
    how: str
    points: int
    done: bool
    progress: int
    goal: int | None
    streak: PointStreak | None


@strawberry.type(description="Something that points are redeemed for.")
class Offer:
    id: strawberry.ID
    kind: OfferKind
    title: str
    about: str
    points: int
    stock: int
    limit: int = strawberry.field(description="Vouchers a person.")
    hold_days: int = strawberry.field(description="How long a voucher is good.")
    valid_from: datetime
    valid_until: datetime


@strawberry.type(description="A voucher of the resident's.")
class Voucher(Node):
    source: strawberry.Private[domain.Voucher]
    offer: Offer
    state: VoucherState
    points: int
    at: datetime
    expires_at: datetime
    settled_at: datetime | None

    @strawberry.field(description="What is shown to the merchant, while it can be used.")
    async def code(self, info: Info) -> str | None:
        context = info.context
        return await context.services.points.vouchers.code(context.viewer, self.source)

    @strawberry.field(description="The code as a QR picture, an SVG.")
    async def qr_svg(self, info: Info) -> str | None:
        context = info.context
        code = await context.services.points.vouchers.code(context.viewer, self.source)
        return None if code is None else qr_svg(read(code))


def offer_of(offer: shop.Offer, info: Info) -> Offer:
    language = info.context.language
    return Offer(
        id=global_id("Offer", offer.id),
        kind=offer.kind,
        title=offer.title.get(language),
        about=offer.about.get(language),
        points=offer.points,
        stock=offer.stock,
        limit=offer.limit,
        hold_days=offer.hold_days,
        valid_from=offer.valid_from,
        valid_until=offer.valid_until,
    )


def voucher_of(voucher: domain.Voucher, offer: shop.Offer, info: Info) -> Voucher:
    return Voucher(
        id=global_id("Voucher", voucher.resident_id, voucher.id),
        source=voucher,
        offer=offer_of(offer, info),
        state=voucher.state,
        points=voucher.points,
        at=voucher.at,
        expires_at=voucher.expires_at,
        settled_at=voucher.settled_at,
    )


def transfer_of(
    transfer: Transfer, resident_id: ObjectId, rules: dict[str, Rule], info: Info
) -> PointTransfer:
    rule = rules.get(transfer.rule or "")
    words = rule.title if rule else titles()[transfer.kind]
    thing = _THING.get(rule.evidence) if rule else None
    evidence: strawberry.ID | None = None
    if thing and ObjectId.is_valid(transfer.evidence):
        evidence = global_id(thing, resident_id, ObjectId(transfer.evidence))
    return PointTransfer(
        at=transfer.at,
        kind=transfer.kind,
        title=words.get(info.context.language),
        points=transfer.points,
        balance=transfer.balance,
        day=transfer.day,
        evidence_id=evidence,
    )


def task_of(task: Task, info: Info) -> PointTask:
    language = info.context.language
    streak = task.streak
    return PointTask(
        rule=task.rule,
        title=task.title.get(language),
        how=task.how.get(language),
        points=task.points,
        done=task.done,
        progress=task.progress,
        goal=task.goal,
        streak=PointStreak(days=streak.days, goal=streak.goal, freezes_left=streak.freezes_left)
        if streak
        else None,
    )
