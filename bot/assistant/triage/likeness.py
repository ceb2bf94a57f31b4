"""The second net: how like an emergency a sentence is that no rule knows.

Rules come first and decide what they know. What they say nothing of is scored by a linear
model over the bundled sentence embedding and the sentence's own characters, fitted by
``tests.evals.assistant.fit_likeness``; the weights are data (``likeness.json``).
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.retrieval.embedding import DEFAULT, embedder
from bot.assistant.retrieval.errors import EmbeddingModelMissing
from bot.assistant.understanding.text import Asked

BUCKETS = 16384  # of hashed character runs
_RUNS = (1, 2, 3, 4)
_GRAMS_WEIGH = 8.0  # beside the embedding; by writers that were left out of the fitting
_SPREAD = 10.0  # embeddings differ little from their mean
_LONGEST = 300  # characters scored: long tales are for the rules
_KEPT = 256

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Features: TypeAlias = "npt.NDArray[np.float64]"


class Likeness(NamedTuple):
    """Shares 0–1: of an emergency, and of thoughts of self-harm."""

    emergency: float
    mind: float


@dataclass(frozen=True, slots=True)
class _Weights:
    mean: Features
    emergency: Features
    mind: Features
    least: float
    least_mind: float
    least_doubtful: float
    least_named: float


def likeness(asked: Asked) -> Likeness | None:
    """None where the embedding model is not installed."""
    key = hashlib.sha256(asked.plain.encode()).digest()  # no words are kept
    if key in _known:
        return _known[key]
    try:
        vector = features(asked)
    except EmbeddingModelMissing:
        return None
    weights = _weights()
    found = Likeness(
        _share(float(vector @ weights.emergency)), _share(float(vector @ weights.mind))
    )
    _known[key] = found
    while len(_known) > _KEPT:
        _known.popitem(last=False)
    return found


def is_alarming(found: Likeness, *, doubtful: bool = False) -> bool:
    """``doubtful``: something in the words speaks against it, so that it must be plainer."""
    weights = _weights()
    if doubtful:
        return max(found) >= weights.least_doubtful
    return found.emergency >= weights.least or found.mind >= weights.least_mind


def is_of_the_mind(found: Likeness) -> bool:
    """Whether the crisis line is named with 120: sooner than there would be an alarm."""
    return found.mind >= _weights().least_named


def silent(text: str) -> bool:
    """Whether the plain text asks the record, or tells of something slight, over or mistaken."""
    words = _silent()
    if words["asks"].search(text) or words["slip"].search(text) or _only_readings(text):
        return True
    if words["mood"].search(text) or words["things"].search(text):
        return True
    return bool(words["passed"].search(text)) and not words["still"].search(text)


def _only_readings(text: str) -> bool:
    """Whether nothing but readings, their time and the order to note them is said."""
    if not any(letter.isdigit() for letter in text):
        return False
    left = _silent()["readings"].sub("", text)
    return not any(letter.isalpha() for letter in left)


def features(asked: Asked, mean: Features | None = None) -> Features:
    """What is weighed of a sentence. Raises ``EmbeddingModelMissing``."""
    import numpy as np

    meant = np.asarray(embedder(DEFAULT).query(asked.plain[:_LONGEST]), dtype=np.float64)
    middle = _weights().mean if mean is None else mean
    return np.concatenate(
        [(meant - middle) * _SPREAD, [1.0], _runs(asked.plain[:_LONGEST]) * _GRAMS_WEIGH]
    )


def _runs(text: str) -> Features:
    """Which runs of up to four characters the text has, as a unit vector."""
    import numpy as np

    found = np.zeros(BUCKETS)
    ends = f"^{text}$"
    for length in _RUNS:
        for start in range(len(ends) - length + 1):
            found[zlib.crc32(ends[start : start + length].encode()) % BUCKETS] = 1.0
    return np.asarray(found / np.sqrt(max(found.sum(), 1.0)))


def _share(value: float) -> float:
    return 1 / (1 + math.exp(min(-value, 700.0)))


@cache
def _weights() -> _Weights:
    import numpy as np

    text = files(__package__).joinpath("likeness.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return _Weights(
        mean=np.asarray(data["mean"], dtype=np.float64),
        emergency=np.asarray(data["emergency"], dtype=np.float64),
        mind=np.asarray(data["mind"], dtype=np.float64),
        least=data["least"],
        least_mind=data["least_mind"],
        least_doubtful=data["least_doubtful"],
        least_named=data["least_named"],
    )


@cache
def _silent() -> dict[str, re.Pattern[str]]:
    words: dict[str, str] = read_toml(__package__, "likeness.toml")["silent"]
    return {name: re.compile(pattern) for name, pattern in words.items()}


_known: OrderedDict[bytes, Likeness] = OrderedDict()
