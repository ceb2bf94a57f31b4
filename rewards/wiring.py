"""The room put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.access.service import Access
from backend.core.container import Core
from rewards.earning import Earning
from rewards.evidence.source import EvidenceSource
from rewards.ledger.ledger import Ledger
from rewards.rules.book import Books
from rewards.rules.desk import RuleDesk
from rewards.rules.file import load


@dataclass(frozen=True, slots=True)
class Points:
    """Everything that other rooms, GraphQL and the command line use of this one."""

    ledger: Ledger
    earning: Earning
    rules: RuleDesk


def build_points(core: Core, access: Access, plugged: Sequence[EvidenceSource] = ()) -> Points:
    """Raises ``RulesFileInvalid``: nothing starts with rules that are wrong."""
    books = Books(load(core.settings.data_dir))
    ledger = Ledger(core)
    return Points(
        ledger=ledger,
        earning=Earning(ledger, books, plugged),
        rules=RuleDesk(core, books),
    )
