"""Recognition in processes that may hang, die or eat memory."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from ocr.errors import FileCorrupt, OcrError, WorkerLost, WorkTooLong
from ocr.worker import Limits, Workers
from tests.ocr import pages

pytestmark = pytest.mark.skipif(pages.font(20) is None, reason="no Chinese font on this machine")


def _pids(workers: Workers) -> list[int]:
    return [w.pid for w in workers._all if w.pid is not None]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """One process with ordinary limits, its models loaded once; a killed one is replaced."""
    with Workers(1) as workers:
        yield workers


def test_a_report_comes_back_with_its_steps(workers: Workers) -> None:
    steps: list[tuple[str, int]] = []
    report = workers.submit(
        pages.png(pages.report()), "a.png", lambda s, p: steps.append((s, p))
    ).result(120)
    assert report.items[0].value == 7.83
    assert [s for s, _ in steps] == ["straightened", "read", "understood"]


def test_a_refused_file_leaves_the_worker_alive(workers: Workers) -> None:
    before = _pids(workers)
    with pytest.raises(FileCorrupt):
        workers.read(b"%PDF-1.7 broken", "a.pdf")
    assert _pids(workers) == before
    assert workers.read(pages.png(pages.report()), "a.png").kind == "lab_report"


def test_work_over_its_time_is_stopped_and_the_next_file_is_read() -> None:
    with Workers(1, limits=Limits(seconds=0.2)) as workers:
        before = _pids(workers)
        with pytest.raises(WorkTooLong):
            workers.read(pages.pdf([pages.report()] * 6), "a.pdf")
        assert _pids(workers) != before
        assert len(_pids(workers)) == 1


def test_a_killed_worker_is_said_and_replaced(workers: Workers) -> None:
    killed = _pids(workers)[0]
    reading = threading.Event()

    def kill() -> None:
        assert reading.wait(60)
        os.kill(killed, signal.SIGKILL)

    threading.Thread(target=kill).start()
    with pytest.raises(WorkerLost):
        workers.read(pages.pdf([pages.report()] * 3), "a.pdf", lambda *_: reading.set())
    assert killed not in _pids(workers)
    assert workers.read(pages.png(pages.report()), "a.png").kind == "lab_report"


def test_memory_over_its_limit_ends_the_file_not_the_server() -> None:
    with Workers(1, limits=Limits(seconds=60, memory=400 * 1024**2)) as workers:
        with pytest.raises(OcrError) as caught:
            workers.read(pages.png(pages.report()), "a.png")
        assert caught.value.code in {"OCR_FAILED", "OCR_WORKER_LOST"}
