"""``python -m tests.evals.assistant.fit_likeness``: fits the second net's weights.

Ridge logistic regression over what ``likeness.features`` gives, on the eval's own sentences;
prints what it scores on sentences that it was not fitted on (eight folds), then writes
``likeness.json``. Deterministic.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.assistant.retrieval.embedding import DEFAULT, embedder
from bot.assistant.triage import likeness
from bot.assistant.triage.engine import by_rules, heeded
from bot.assistant.triage.rules import Level, rules
from bot.assistant.understanding.text import Asked, read
from tests.evals.assistant.questions import UNANSWERABLE, numeric_cases, word_cases
from tests.evals.assistant.residents import build
from tests.evals.assistant.run import assistant_for, lines
from tests.evals.assistant.sentences import DECLINE, EMERGENCY, HARMLESS, KEEP, URGENT

_RIDGE = 1e-3
_FOLDS = 8
_ROUNDS = 20
_LEAST = 0.7
_LEAST_MIND = 0.6
_LEAST_NAMED = 0.35
_SOURCE = "fitted by tests.evals.assistant.fit_likeness on the project's own sentences"

Matrix = npt.NDArray[np.float64]


def sentences() -> tuple[list[str], list[str]]:
    """Emergencies, and what is none."""
    known = [s for r in rules() if r.level is Level.EMERGENCY and not r.numbers for s in r.examples]
    grave = [*EMERGENCY, *lines("emergency.txt"), *lines("grave.txt"), *known]
    mild = [*HARMLESS, *lines("harmless.txt"), *lines("mild.txt"), *URGENT, *UNANSWERABLE]
    mild += [*DECLINE, *KEEP, *(s for r in rules() for s in r.harmless)]
    for index in range(2):
        person = build(index)
        mild += [c.question for c in (*numeric_cases(person, index), *word_cases(person, index))]
    return list(dict.fromkeys(grave)), list(dict.fromkeys(mild))


def fitted(kernel: Matrix, truth: Matrix) -> Matrix:
    """The dual weights of a ridge logistic regression (iteratively reweighted squares)."""
    count = len(truth)
    dual = np.zeros(count)
    for _ in range(_ROUNDS):
        value = kernel @ dual
        share = 1 / (1 + np.exp(-value))
        weight = share * (1 - share) + 1e-6
        target = value + (truth - share) / weight
        dual = np.asarray(
            np.linalg.solve(kernel + _RIDGE * count * np.diag(1 / weight), target),
            dtype=np.float64,
        )
    return dual


def main() -> int:
    grave, mild = sentences()
    asked = [read(each) for each in (*grave, *mild)]
    meant = np.array([embedder(DEFAULT).query(each.plain) for each in asked], dtype=np.float64)
    mean = np.round(meant.mean(axis=0), 5)
    rows = np.array([likeness.features(each, mean) for each in asked])
    truth = np.array([1.0] * len(grave) + [0.0] * len(mild))
    view: Any = assistant_for(build(0))._view
    met = [by_rules(each, view) for each in asked]
    _report(rows, truth, asked, [alarm is not None for alarm in met])
    mind = np.array([bool(alarm and alarm.rule.category == "self_harm") for alarm in met])
    # A sentence that the rules miss may be of the mind or not: it teaches neither.
    told = (truth == 0) | np.array([alarm is not None for alarm in met])
    data = {
        "source": _SOURCE,
        "least": _LEAST,
        "least_mind": _LEAST_MIND,
        "least_named": _LEAST_NAMED,
        "mean": mean.tolist(),
        "emergency": np.round(rows.T @ fitted(rows @ rows.T, truth), 3).tolist(),
        "mind": _weights(rows[told], (mind & (truth == 1))[told].astype(np.float64)),
    }
    path = Path(likeness.__file__).with_name("likeness.json")
    path.write_text(json.dumps(data) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(grave)} grave, {len(mild)} mild, {path.stat().st_size} bytes\n")
    return 0


def _weights(rows: Matrix, truth: Matrix) -> list[float]:
    found: list[float] = np.round(rows.T @ fitted(rows @ rows.T, truth), 3).tolist()
    return found


def _report(rows: Matrix, truth: Matrix, asked: list[Asked], ruled: list[bool]) -> None:
    """Out of fold: how many emergencies the net finds, and how many it makes up."""
    kernel, share = rows @ rows.T, np.zeros(len(truth))
    fold = np.random.default_rng(1).integers(0, _FOLDS, len(truth))
    for each in range(_FOLDS):
        seen, unseen = fold != each, fold == each
        dual = fitted(kernel[np.ix_(seen, seen)], truth[seen])
        share[unseen] = 1 / (1 + np.exp(-kernel[np.ix_(unseen, seen)] @ dual))
    heard = np.array([heeded(each) for each in asked])
    says = (share >= _LEAST) & heard
    missed = (truth == 1) & ~np.array(ruled)
    sys.stdout.write(
        f"out of fold: finds {says[truth == 1].mean():.3f} of emergencies, "
        f"{says[missed].mean():.3f} of the {missed.sum()} that rules miss, "
        f"makes up {says[truth == 0].mean():.3f}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
