"""The ledger under many at once, under any sequence, and when its process is killed."""

from __future__ import annotations

import asyncio
import copy
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from backend.bench.ledger import Storm
from backend.core.keys import LocalMasterKey
from backend.services import Services
from rewards.errors import PointsInsufficient, PointsOwed
from rewards.ledger.chain import GENESIS, Broken
from rewards.ledger.folio import Folio
from rewards.ledger.transfer import Draft, TransferKind, reversal
from rewards.ledger.verify import Book, verify
from rewards.redemption.documents import VoucherState
from tests.conftest import NOW
from tests.factories import a_key
from tests.rewards.shop import a_merchant, an_offer, balances, with_points

KILLED = Path(__file__).with_name("redeemers.py")


@pytest.mark.slow
async def test_two_thousand_random_operations_by_sixteen_tasks_keep_every_invariant(
    services: Services,
) -> None:
    blow = Storm(services, 2_000, seed=7)
    await blow.run()
    await blow.check()
    assert blow.model.posted > 500
    assert blow.model.refused > 20
    assert blow.model.repeated > 50


class OneBook(RuleBasedStateMachine):
    """A folio against a model: what it takes, refuses, and what the check says of its bytes."""

    transfers = Bundle("transfers")

    def __init__(self) -> None:
        super().__init__()
        owner = ObjectId()
        account = {"resident_id": owner, "balance": 0, "seq": 0, "head": GENESIS}
        session: Any = None
        self.folio = Folio(session, account, NOW)
        self.book = Book(owner)
        self.balance = 0
        self.number = 0

    def draft(self, kind: TransferKind, points: int) -> Draft:
        self.number += 1
        return Draft(kind=kind, points=points, key=str(self.number), evidence="e")

    def followed(self) -> dict[str, Any]:
        raw: dict[str, Any] = dict(self.folio._made[-1])
        self.book.follow(raw)
        return raw

    @rule(target=transfers, points=st.integers(1, 50))
    def earn(self, points: int) -> dict[str, Any]:
        self.folio.post(self.draft(TransferKind.EARN, points))
        self.balance += points
        return self.followed()

    @rule(target=transfers, points=st.integers(1, 80))
    def spend(self, points: int) -> Any:
        refused: type[Exception] | None = None
        try:
            self.folio.post(self.draft(TransferKind.RESERVE, points))
        except (PointsInsufficient, PointsOwed) as error:
            refused = type(error)
        if self.balance < 0:
            assert refused is PointsOwed
        elif points > self.balance:
            assert refused is PointsInsufficient
        else:
            assert refused is None
            self.balance -= points
            return self.followed()
        return multiple()

    @rule(transfer=consumes(transfers))
    def reverse(self, transfer: dict[str, Any]) -> None:
        self.number += 1
        self.folio.post(reversal(transfer, str(self.number), "e"))
        self.balance -= transfer["points"] * (1 if transfer["kind"] == "earn" else -1)
        self.followed()

    @rule(transfer=transfers)
    def twice_is_found(self, transfer: dict[str, Any]) -> None:
        raw = {**transfer, "seq": self.book.seq + 1, "prev": self.book.head}
        book = copy.deepcopy(self.book)
        with pytest.raises(Broken):
            book.follow(raw | {"balance": self.balance})

    @invariant()
    def the_sums_agree(self) -> None:
        assert self.folio.balance == self.balance == self.book.balance


def test_no_sequence_of_transfers_breaks_a_book() -> None:
    few = hypothesis_settings(max_examples=60, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(OneBook, settings=few)


async def test_a_process_killed_among_its_redeemers_leaves_sums_that_are_right(
    services: Services, mongodb_uri: str, master_key: LocalMasterKey, tmp_path: Path
) -> None:
    merchant = await a_merchant(services)
    offer = await an_offer(services, merchant, stock=25, points=10)
    people = [await with_points(services, 10) for _ in range(60)]
    listed = tmp_path / "people.txt"
    listed.write_text(
        "\n".join(f"{viewer.account_id} {resident}" for viewer, resident in people), "utf-8"
    )
    killed = await asyncio.to_thread(
        _killed_after, 6, mongodb_uri, services.core.store.db.name, tmp_path, offer.id, listed
    )
    assert killed == -signal.SIGKILL
    db = services.core.store.db
    assert (await verify()).broken is None
    # And the others go on, against what was left.
    await asyncio.gather(
        *(
            services.points.vouchers.reserve(viewer, resident, offer.id, idempotency_key=a_key())
            for viewer, resident in people
        ),
        return_exceptions=True,
    )
    held = await db["point_vouchers"].count_documents({"state": VoucherState.RESERVED.value})
    assert held == 25
    assert await db["point_tickets"].count_documents({"state": "reserved"}) == 25
    assert await db["point_offers"].distinct("stock") == [0]
    assert await balances(services) == {"programme": -600, "resident": 350, "reserved": 250}
    assert (await verify()).to_json() == {"ok": True, "entries": 85}


def _killed_after(
    done: int, uri: str, database: str, data_dir: Path, offer: ObjectId, listed: Path
) -> int:
    command = [sys.executable, str(KILLED), uri, database, str(data_dir), str(offer), str(listed)]
    root = KILLED.resolve().parents[2]
    path = os.pathsep.join([str(root), str(root / "graphql")])
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    ) as process:
        assert process.stdout is not None
        for _ in range(done):
            assert process.stdout.readline().startswith(b"reserved")
        process.kill()
        process.wait()
        return process.returncode
