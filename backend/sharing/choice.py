"""What somebody wants to share, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.access.categories import Category
from backend.sharing.errors import (
    ShareCategoriesInvalid,
    ShareExpiryInvalid,
    ShareLabelInvalid,
    ShareNameNeedsProfile,
    ShareOpensInvalid,
    SharePinInvalid,
    ShareSpanInvalid,
)
from backend.sharing.limits import share_limits

_DIGITS = re.compile(r"[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareChoice:
    """``since`` inclusive, ``until`` exclusive, None open; ``label`` says whom it is for."""

    categories: frozenset[Category]
    label: str
    expires_at: datetime
    max_opens: int
    since: datetime | None = None
    until: datetime | None = None
    pin: str | None = None
    include_name: bool = False

    def check(self, now: datetime) -> None:
        """Raises the errors of ``sharing.errors`` that say what cannot be."""
        limits = share_limits()
        if not self.categories or not self.categories <= limits.shareable:
            raise ShareCategoriesInvalid
        if self.include_name and Category.PROFILE not in self.categories:
            raise ShareNameNeedsProfile
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ShareSpanInvalid
        if not now < self.expires_at <= now + timedelta(days=limits.longest_days):
            raise ShareExpiryInvalid(days=limits.longest_days)
        if not 1 <= self.max_opens <= limits.most_opens:
            raise ShareOpensInvalid(limit=limits.most_opens)
        self._check_words()

    def _check_words(self) -> None:
        limits = share_limits()
        if not is_name(self.label, limits.longest_label):
            raise ShareLabelInvalid(limit=limits.longest_label)
        least, most = limits.pin_digits
        if self.pin is None:
            return
        if not least <= len(self.pin) <= most or not _DIGITS.fullmatch(self.pin):
            raise SharePinInvalid(least=least, most=most)

    def as_arguments(self) -> list[Any]:
        """For idempotency: the same choice, the same list."""
        return [
            sorted(self.categories),
            self.label,
            self.expires_at,
            self.max_opens,
            self.since,
            self.until,
            self.pin,
            self.include_name,
        ]


def is_name(text: str, longest: int) -> bool:
    """Whether a text can be shown as a name: not blank, not too long, nothing unprintable."""
    return bool(text.strip()) and len(text) <= longest and text.isprintable()
