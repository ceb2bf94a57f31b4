from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.embedded import supervisor
from backend.core.embedded.errors import MongodbPortTaken
from backend.core.embedded.supervisor import Backoff, Supervisor


def test_the_first_death_is_answered_at_once_and_the_next_ones_ever_later() -> None:
    backoff = Backoff(first=0.2, most=1.0, forgiven_after=60)
    assert [backoff.next_wait(float(now)) for now in range(6)] == [0.0, 0.2, 0.4, 0.8, 1.0, 1.0]


def test_a_quiet_time_is_forgiving() -> None:
    backoff = Backoff(first=0.2, most=30, forgiven_after=60)
    backoff.next_wait(0)
    assert backoff.next_wait(1) == 0.2
    assert backoff.next_wait(100) == 0.0


@given(st.lists(st.floats(0, 50), max_size=50))
def test_waits_never_shrink_within_a_bad_time_and_never_pass_the_most(gaps: list[float]) -> None:
    backoff = Backoff(first=0.2, most=30, forgiven_after=60)
    now, before = 0.0, 0.0
    for gap in gaps:
        now += gap
        wait = backoff.next_wait(now)
        assert before <= wait <= 30
        before = wait


class Failing:
    """Counts what a supervisor asks of a mongod that cannot come back."""

    def __init__(self, tries: int) -> None:
        self.left = tries
        self.done = threading.Event()

    def pid(self) -> int | None:
        return None

    def revive(self) -> bool:
        self.left -= 1
        if not self.left:
            self.done.set()
        if self.left % 2:
            raise MongodbPortTaken(port=1)
        raise OSError("disk")

    def rotate_log(self) -> bool:
        raise AssertionError("a dead mongod has no log to rotate")


def test_it_goes_on_trying_whatever_goes_wrong(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(supervisor, "LOOK_EVERY", 0.001)
    mongo = Failing(tries=4)
    watch = Supervisor(mongo, Backoff(first=0.001, most=0.002))
    watch.start()
    assert mongo.done.wait(10)
    watch.stop()
    assert mongo.left <= 0
    assert "MONGODB_PORT_TAKEN" in caplog.text
