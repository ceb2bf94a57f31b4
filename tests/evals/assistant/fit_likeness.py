"""``python -m tests.evals.assistant.fit_likeness``: fits the second net's weights.

Ridge logistic regression over what ``likeness.features`` gives, on the eval's own sentences;
prints what it scores on sentences that it was not fitted on (eight folds), then writes
``likeness.json``. Deterministic.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.assistant.retrieval.embedding import DEFAULT, embedder
from bot.assistant.triage import likeness
from bot.assistant.triage.answers import CRISIS
from bot.assistant.triage.engine import by_rules, doubtful, heeded
from bot.assistant.triage.rules import Level, rules
from bot.assistant.understanding.text import Asked, read
from tests.bot.chat import talking
from tests.evals.assistant.questions import UNANSWERABLE, numeric_cases, word_cases
from tests.evals.assistant.residents import build
from tests.evals.assistant.run import assistant_for, grave, lines, mild
from tests.evals.assistant.sentences import DECLINE, KEEP, URGENT, attacks

_RIDGE = 1e-3
_FOLDS = 8
_ROUNDS = 20
_SETTLED = 1e-3  # of a sentence's score, before it becomes a share
_STEPS = 500
_EXACT = 1e-12
_LEAST = 0.52
_LEAST_MIND = 0.4
_LEAST_DOUBTFUL = 0.85
_LEAST_NAMED = 0.25
_SOURCE = "fitted by tests.evals.assistant.fit_likeness on the project's own sentences"

Matrix = npt.NDArray[np.float64]


def sentences() -> tuple[list[str], list[str]]:
    """Emergencies, and what is none."""
    known = [s for r in rules() if r.level is Level.EMERGENCY and not r.numbers for s in r.examples]
    bad = [*grave(), *known]
    good = [*mild(), *URGENT, *UNANSWERABLE, *DECLINE, *KEEP, *attacks()]
    good += [s for r in rules() for s in r.harmless]
    for index in range(2):
        person = build(index)
        good += [c.question for c in (*numeric_cases(person, index), *word_cases(person, index))]
    view = assistant_for(build(0))._view
    good += [each for each in said_in_chat() if by_rules(read(each), view) is None]
    return list(dict.fromkeys(bad)), list(dict.fromkeys(good))


def said_in_chat() -> list[str]:
    """What people say to have something recorded; some of it is grave, as the rules know."""
    folder = Path(talking.__file__).with_name("said")
    tables = [tomllib.loads(each.read_text("utf-8")) for each in sorted(folder.glob("*.toml"))]
    return [said for table in tables for group in table.values() for said in group]


def fitted(kernel: Matrix, truth: Matrix) -> Matrix:
    """The dual weights of a ridge logistic regression (iteratively reweighted squares)."""
    count = len(truth)
    dual = np.zeros(count)
    for _ in range(_ROUNDS):
        value = kernel @ dual
        share = 1 / (1 + np.exp(-value))
        weight = share * (1 - share) + 1e-6
        target = value + (truth - share) / weight
        dual, moved = _solved(kernel, _RIDGE * count, weight, target, dual), dual
        if np.abs(kernel @ (dual - moved)).max() < _SETTLED:
            break
    return dual


def _solved(kernel: Matrix, ridge: float, weight: Matrix, target: Matrix, start: Matrix) -> Matrix:
    """``(kernel + ridge / weight) x = target`` by conjugate gradients, from ``start``.

    With both sides scaled by ``sqrt(weight)`` the matrix is symmetric and well conditioned.
    """
    root = np.sqrt(weight)

    def times(y: Matrix) -> Matrix:
        return np.asarray(root * (kernel @ (root * y)) + ridge * y)

    y = start / root
    left = root * target - times(y)
    way, size = left.copy(), float(left @ left)
    enough = _EXACT * float((root * target) @ (root * target))
    for _ in range(_STEPS):
        if size <= enough:
            break
        along = times(way)
        step = size / float(way @ along)
        y += step * way
        left -= step * along
        size, before = float(left @ left), size
        way = left + (size / before) * way
    return np.asarray(root * y)


def main() -> int:
    bad, good = sentences()
    asked = [read(each) for each in (*bad, *good)]
    meant = np.array([embedder(DEFAULT).query(each.plain) for each in asked], dtype=np.float64)
    mean = np.round(meant.mean(axis=0), 5)
    rows = np.array([likeness.features(each, mean) for each in asked])
    truth = np.array([1.0] * len(bad) + [0.0] * len(good))
    view: Any = assistant_for(build(0))._view
    met = [by_rules(each, view) for each in asked]
    kernel = rows @ rows.T
    _report(kernel, truth, asked, [alarm is not None for alarm in met])
    labelled = {read(each).plain for each in lines("mind.txt")}
    mind = np.array(
        [
            each.plain in labelled or (alarm is not None and alarm.rule.category in CRISIS)
            for each, alarm in zip(asked, met, strict=True)
        ]
    )
    # A sentence that the rules miss may be of the mind or not: it teaches neither.
    told = (truth == 0) | mind | np.array([alarm is not None for alarm in met])
    data = {
        "source": _SOURCE,
        "least": _LEAST,
        "least_mind": _LEAST_MIND,
        "least_doubtful": _LEAST_DOUBTFUL,
        "least_named": _LEAST_NAMED,
        "mean": mean.tolist(),
        "emergency": _weights(rows, kernel, truth),
        "mind": _weights(
            rows[told], kernel[np.ix_(told, told)], (mind & (truth == 1))[told].astype(np.float64)
        ),
    }
    path = Path(likeness.__file__).with_name("likeness.json")
    path.write_text(json.dumps(data) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(bad)} grave, {len(good)} mild, {path.stat().st_size} bytes\n")
    return 0


def _weights(rows: Matrix, kernel: Matrix, truth: Matrix) -> list[float]:
    found: list[float] = np.round(rows.T @ fitted(kernel, truth), 3).tolist()
    return found


def _report(kernel: Matrix, truth: Matrix, asked: list[Asked], ruled: list[bool]) -> None:
    """Out of fold: how many emergencies the net finds, and how many it makes up."""
    share = np.zeros(len(truth))
    fold = np.random.default_rng(1).integers(0, _FOLDS, len(truth))
    for each in range(_FOLDS):
        seen, unseen = fold != each, fold == each
        dual = fitted(kernel[np.ix_(seen, seen)], truth[seen])
        share[unseen] = 1 / (1 + np.exp(-kernel[np.ix_(unseen, seen)] @ dual))
    heard = np.array([heeded(each) for each in asked])
    enough = np.array([_LEAST_DOUBTFUL if doubtful(each.plain) else _LEAST for each in asked])
    says = (share >= enough) & heard
    missed = (truth == 1) & ~np.array(ruled)
    sys.stdout.write(
        f"out of fold: finds {says[truth == 1].mean():.3f} of emergencies, "
        f"{says[missed].mean():.3f} of the {missed.sum()} that rules miss, "
        f"makes up {says[truth == 0].mean():.3f}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
