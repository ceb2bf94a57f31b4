"""How exactly each kind is measured: values are judged and shown at that precision."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

from backend.measurements.draft import Kind
from backend.measurements.thresholds.rows import table


def decimals(kind: Kind) -> int:
    """Decimal places of the kind's canonical unit, as guidelines and meters give them."""
    return int(table()["precision"].get(kind.value, 1))


def rounded(kind: Kind, value: float, *, extra: int = 0) -> float:
    """``value`` half-up at the kind's precision, ``extra`` places finer.

    A meter's 54 mg/dL is 2.997 mmol/L but 3.0 to the guideline, and 7.800000001
    is 7.8: limits are compared with what people read.
    """
    return float(shown(kind, value, extra=extra))


def shown(kind: Kind, value: float, *, extra: int = 0) -> str:
    """The same as text, always with the kind's decimals: "7.0", "182". ValueError if not finite."""
    if not math.isfinite(value):
        raise ValueError("a reading's value is finite")
    step = Decimal(1).scaleb(-decimals(kind) - extra)
    # repr first: the float nearest 36.95 lies below it, and half-up is meant of what was written
    return format(Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP) + 0, "f")
