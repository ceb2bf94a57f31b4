"""How many subscriptions a viewer has open, over all connections of this process."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

from bson import ObjectId

from graphql_api.common.errors import TooManySubscriptions
from graphql_api.common.limits import SUBSCRIPTIONS


class Streams:
    """Counts open subscriptions by account."""

    def __init__(self, most: int = SUBSCRIPTIONS) -> None:
        self._most = most
        self._open: Counter[ObjectId] = Counter()

    @contextlib.contextmanager
    def one_more(self, account_id: ObjectId) -> Iterator[None]:
        """Counted as long as the block runs. Raises ``TOO_MANY_SUBSCRIPTIONS``."""
        if self._open[account_id] >= self._most:
            raise TooManySubscriptions(limit=self._most)
        self._open[account_id] += 1
        try:
            yield
        finally:
            self._open[account_id] -= 1
            if not self._open[account_id]:
                del self._open[account_id]

    def count(self, account_id: ObjectId) -> int:
        return self._open[account_id]
