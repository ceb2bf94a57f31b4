"""The room put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.access.service import Access
from backend.core.container import Core
from rewards.earning import Earning
from rewards.evidence.source import EvidenceSource
from rewards.expiry import Expiry
from rewards.fraud.watch import Watch
from rewards.ledger.ledger import Ledger
from rewards.redemption.merchants import Merchants
from rewards.redemption.offers import Offers
from rewards.redemption.vouchers import Vouchers
from rewards.rules.book import Books
from rewards.rules.desk import RuleDesk
from rewards.rules.file import load
from rewards.statement import Statement
from rewards.tasks import Asked, Tasks
from rewards.worker import PointsWorker


@dataclass(frozen=True, slots=True)
class Points:
    """Everything that other rooms, GraphQL and the command line use of this one."""

    ledger: Ledger
    earning: Earning
    books: Books
    rules: RuleDesk
    statement: Statement
    tasks: Tasks
    offers: Offers
    vouchers: Vouchers
    merchants: Merchants
    watch: Watch
    expiry: Expiry
    worker: PointsWorker


def build_points(
    core: Core,
    access: Access,
    plugged: Sequence[EvidenceSource] = (),
    asked: Asked | None = None,
) -> Points:
    """Raises ``RulesFileInvalid``: nothing starts with rules that are wrong."""
    books = Books(load(core.settings.data_dir))
    ledger = Ledger(core)
    earning = Earning(ledger, books, plugged)
    expiry = Expiry(core, ledger)
    offers = Offers(core)
    vouchers = Vouchers(core, access, ledger, offers)
    return Points(
        ledger=ledger,
        earning=earning,
        books=books,
        rules=RuleDesk(core, books),
        statement=Statement(access, ledger, expiry),
        tasks=Tasks(core, access, books, earning, asked),
        offers=offers,
        vouchers=vouchers,
        merchants=Merchants(core, access, ledger),
        watch=Watch(core),
        expiry=expiry,
        worker=PointsWorker(vouchers, expiry),
    )
