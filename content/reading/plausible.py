"""Whether somebody can have read a piece in that time. Pure."""

from __future__ import annotations

import math
from datetime import datetime

from content.errors import (
    ArticleNotOpened,
    ArticleNotToTheEnd,
    ArticleReadTooFast,
    ReadingReportInvalid,
)
from content.limits import limits
from content.piece import Piece


def least_seconds(piece: Piece) -> int:
    """How long a fast reader needs at least."""
    rules = limits()["read"]
    fast: int = math.ceil(piece.length / rules["fastest_characters_a_second"])
    shortest: int = rules["shortest_seconds"]
    return max(shortest, fast)


def check_read(
    piece: Piece, *, dwell: int, scroll: float, opened_at: datetime | None, now: datetime
) -> None:
    """``dwell`` seconds on the page, scrolled to ``scroll`` of it.

    Raises ``ReadingReportInvalid``, ``ArticleNotOpened``, ``ArticleReadTooFast`` (also where
    the server's clock knows better), ``ArticleNotToTheEnd``.
    """
    rules = limits()["read"]
    if not 0 <= dwell <= rules["longest_seconds"]:
        raise ReadingReportInvalid(field="dwellSeconds")
    if not (math.isfinite(scroll) and 0 <= scroll <= 1):
        raise ReadingReportInvalid(field="scroll")
    if opened_at is None:
        raise ArticleNotOpened
    elapsed = (now - opened_at).total_seconds() + rules["clock_slack_seconds"]
    least = least_seconds(piece)
    if min(dwell, elapsed) < least:
        raise ArticleReadTooFast(seconds=least)
    if scroll < rules["least_scroll"]:
        raise ArticleNotToTheEnd
