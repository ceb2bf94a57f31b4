"""What an institution's machine does: scan a voucher, read its statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beanie import PydanticObjectId

from backend.access.categories import Action, Category
from backend.access.errors import RoleRequired
from backend.access.log.line import By
from backend.access.log.service import pass_gate
from backend.access.service import Access
from backend.core.container import Core
from backend.core.database import Raw, Session
from backend.core.paging import Cursor, Page, page_size
from backend.identity.viewer import Role, Viewer
from rewards.errors import VoucherNotFound, VoucherOver, VoucherUsed
from rewards.events import VoucherRedeemed
from rewards.ledger.folio import Folio
from rewards.ledger.ledger import Ledger
from rewards.ledger.transfer import Draft, TransferKind
from rewards.redemption.codes import code_index, read
from rewards.redemption.documents import TicketDocument, VoucherDocument, VoucherState
from rewards.redemption.voucher import Ticket, ticket_of

_HANDED_OVER = By(kind="institution", why="granted", purpose="voucher")


@dataclass(frozen=True, slots=True)
class Totals:
    """Vouchers taken and their points, over a time."""

    vouchers: int
    points: int


class Merchants:
    """Everything here raises ``RoleRequired`` for other accounts than institutions'.

    A merchant learns nothing of whose voucher it is, so that no relation is asked for.
    """

    def __init__(self, core: Core, access: Access, ledger: Ledger) -> None:
        self._core = core
        self._access = access
        self._ledger = ledger

    async def confirm(self, viewer: Viewer, scanned: str, *, idempotency_key: str) -> Ticket:
        """The voucher is used. Raises ``VoucherNotFound`` (another merchant's as well),
        ``VoucherUsed``, ``VoucherOver``. It is in the log of who looked."""
        _require_merchant(viewer)
        ticket = await self._scanned(viewer, scanned)
        resident_id = ticket["resident_id"]
        # Nothing of the resident is shown: their voucher was handed over to be taken.
        pass_gate(resident_id)
        if ticket["state"] == VoucherState.RESERVED:
            await self._access.log.note(
                viewer, resident_id, (Category.POINTS,), Action.MANAGE, _HANDED_OVER
            )

        async def work(session: Session) -> Raw:
            async def redeemed(folio: Folio) -> None:
                await self._redeemed(folio, ticket)

            await self._ledger.within(session, resident_id, redeemed)
            return {"ticket_id": ticket["_id"]}

        arguments = ["confirm_voucher", str(ticket["_id"])]
        async with self._ledger.locks.held(resident_id):
            await self._core.idempotency.once(viewer.account_id, idempotency_key, arguments, work)
        return ticket_of(await self._by({"_id": ticket["_id"]}), self._core.clock.now())

    async def look(self, viewer: Viewer, scanned: str) -> Ticket:
        """What was scanned, before it is taken. Raises ``VoucherNotFound``."""
        _require_merchant(viewer)
        return ticket_of(await self._scanned(viewer, scanned), self._core.clock.now())

    async def page(
        self, viewer: Viewer, *, first: int, after: Cursor | None = None
    ) -> Page[Ticket]:
        """The merchant's tickets, newest first."""
        _require_merchant(viewer)
        size = page_size(first)
        query: Raw = {"merchant_id": viewer.account_id}
        if after is not None:
            query |= after.older_than()
        found = TicketDocument.get_pymongo_collection().find(query)
        rows = await found.sort([("at", -1), ("_id", -1)]).limit(size + 1).to_list()
        now = self._core.clock.now()
        return Page.of([ticket_of(raw, now) for raw in rows], size)

    async def totals(self, viewer: Viewer, since: datetime, until: datetime) -> Totals:
        """What was taken from ``since`` on, before ``until``."""
        _require_merchant(viewer)
        taken = {
            "merchant_id": viewer.account_id,
            "state": VoucherState.REDEEMED.value,
            "settled_at": {"$gte": since, "$lt": until},
        }
        group = {"_id": None, "vouchers": {"$sum": 1}, "points": {"$sum": "$points"}}
        collection = TicketDocument.get_pymongo_collection()
        rows = await (await collection.aggregate([{"$match": taken}, {"$group": group}])).to_list()
        return Totals(rows[0]["vouchers"], rows[0]["points"]) if rows else Totals(0, 0)

    async def _redeemed(self, folio: Folio, ticket: Raw) -> None:
        ticket_id, now = ticket["_id"], folio.now
        change = {"$set": {"state": VoucherState.REDEEMED.value, "settled_at": now}}
        voucher = await VoucherDocument.get_pymongo_collection().find_one_and_update(
            {
                "_id": ticket_id,
                "resident_id": folio.resident_id,
                "state": VoucherState.RESERVED.value,
                "expires_at": {"$gt": now},
            },
            change,
            session=folio.session,
        )
        if voucher is None:
            current = await self._by({"_id": ticket_id}, folio.session)
            raise VoucherUsed if current["state"] == VoucherState.REDEEMED else VoucherOver
        folio.post(
            Draft(
                kind=TransferKind.REDEEM,
                points=ticket["points"],
                key=f"redeem:{ticket_id}",
                evidence=f"voucher:{ticket_id}",
                merchant_id=ticket["merchant_id"],
            )
        )
        await TicketDocument.get_pymongo_collection().update_one(
            {"_id": ticket_id}, change, session=folio.session
        )
        event = VoucherRedeemed(
            resident_id=PydanticObjectId(folio.resident_id), voucher_id=PydanticObjectId(ticket_id)
        )
        await self._core.outbox.publish(folio.session, event)

    async def _scanned(self, viewer: Viewer, scanned: str) -> Raw:
        index = code_index(self._core.keyring, read(scanned))
        ticket = await self._by({"code_index": index})
        if ticket["merchant_id"] != viewer.account_id or ticket["resident_id"] is None:
            raise VoucherNotFound
        return ticket

    async def _by(self, query: Raw, session: Session | None = None) -> Raw:
        raw: Raw | None = await TicketDocument.get_pymongo_collection().find_one(
            query, session=session
        )
        if raw is None:
            raise VoucherNotFound
        return raw


def _require_merchant(viewer: Viewer) -> None:
    if not viewer.has(Role.INSTITUTION):
        raise RoleRequired
