"""Reads generated devices: ``python -m tests.evals.meter.run [--first 1000] [--count 200]
[--hard 1.0] [--blind] [--wrong]`` prints a table in Markdown.

*right*: every number proposed is on the display, with its unit, and none that is required is
missing. *wrong*: anything proposed that is not. *refused*: nothing proposed. ``--blind`` does not
tell the reader what was measured. Seeds below 1000 were looked at while developing.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from ocr.errors import OcrError
from ocr.meter.model import Meter
from tests.evals.meter.devices import DEVICES, Truth, device
from tests.evals.meter.photo import photograph


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: str
    state: str
    seconds: float
    note: str


def once(seed: int, hard: float = 1.0, blind: bool = False) -> Outcome:
    """One picture, read and compared."""
    from ocr.meter.reader import read_meter

    rng = random.Random(seed)
    made = device(DEVICES[seed % len(DEVICES)], rng)
    data, _ = photograph(made, rng, hard)
    start = time.process_time()
    try:
        meter = read_meter(data, kind=None if blind else made.truth.kind)
        state, note = judged(meter, made.truth)
    except OcrError as error:
        state, note = "refused", error.code
    return Outcome(made.truth.kind, state, time.process_time() - start, f"{seed} {note}")


def judged(meter: Meter, truth: Truth) -> tuple[str, str]:
    """``right`` or ``wrong``, and what was said beside what is shown."""
    said = {each.component: each.text for each in meter.shown}
    right = (
        meter.kind == truth.kind
        and all({**truth.beside, **truth.values}.get(name) == text for name, text in said.items())
        and meter.shown[0].component in truth.values
        and meter.shown[0].unit == truth.unit
    )
    return ("right" if right else "wrong"), f"{said} {meter.shown[0].unit} / {truth.values}"


def table(outcomes: list[Outcome]) -> str:
    lines = [
        "| device | pictures | right | refused | wrong | s/picture |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for kind in [*DEVICES, "all"]:
        of = [each for each in outcomes if kind in (each.kind, "all")]
        if not of:
            continue
        states = Counter(each.state for each in of)
        shares = " | ".join(f"{states[s] / len(of):.1%}" for s in ("right", "refused", "wrong"))
        seconds = sum(each.seconds for each in of) / len(of)
        lines.append(f"| {kind} | {len(of)} | {shares} | {seconds:.1f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--first", type=int, default=1000)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--hard", type=float, default=1.0)
    parser.add_argument("--blind", action="store_true")
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--refused", action="store_true")
    parser.add_argument("--processes", type=int, default=1)
    asked = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    seeds = range(asked.first, asked.first + asked.count)
    with ProcessPoolExecutor(asked.processes) as pool:  # models are loaded once a process
        outcomes = list(pool.map(partial(once, hard=asked.hard, blind=asked.blind), seeds))
    print(table(outcomes))
    reasons = Counter(each.note.split()[1] for each in outcomes if each.state == "refused")
    print("\nrefused for:", dict(reasons))
    for each in outcomes:
        if (asked.wrong and each.state == "wrong") or (asked.refused and each.state == "refused"):
            print(each.state, each.kind, each.note)


if __name__ == "__main__":
    main()
