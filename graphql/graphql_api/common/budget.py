"""What a viewer may spend: a token bucket an account, or an address where nobody is signed in.

In the process's own memory: with several processes each gives the whole budget.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from graphql_api.common import limits
from graphql_api.common.errors import OperationTooCostly, RateLimited


@dataclass(slots=True)
class _Bucket:
    points: float
    at: float


@dataclass(frozen=True, slots=True)
class Allowance:
    """``most`` points at once, refilled by ``a_second``."""

    most: int
    a_second: int

    @classmethod
    def of(cls, points: int) -> Allowance:
        return cls(points, points // limits.REFILLED_IN)


class Budget:
    """Spent by operations before they run."""

    def __init__(
        self, account: Allowance, address: Allowance, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._account = account
        self._address = address
        self._now = now
        self._buckets: OrderedDict[object, _Bucket] = OrderedDict()

    @classmethod
    def of(cls, points: int) -> Budget:
        """As the setting ``graphql_points`` says."""
        return cls(Allowance.of(points), Allowance.of(points * limits.ADDRESS_FACTOR))

    def spend_as_account(self, account: object, points: int) -> None:
        """Raises ``RATE_LIMITED``, or ``OPERATION_TOO_COSTLY`` where waiting does not help."""
        self._spend(("account", account), points, self._account)

    def spend_as_address(self, address: str, points: int) -> None:
        """As ``spend_as_account``, for who is not signed in."""
        self._spend(("address", address), points, self._address)

    def _spend(self, key: object, points: int, allowance: Allowance) -> None:
        if points > allowance.most:
            raise OperationTooCostly(price=points, limit=allowance.most)
        bucket = self._filled(key, allowance)
        if bucket.points < points:
            lacking = points - bucket.points
            raise RateLimited(retry_after=math.ceil(lacking / allowance.a_second))
        bucket.points -= points

    def _filled(self, key: object, allowance: Allowance) -> _Bucket:
        now = self._now()
        bucket = self._buckets.pop(key, None) or _Bucket(allowance.most, now)
        bucket.points = min(allowance.most, bucket.points + (now - bucket.at) * allowance.a_second)
        bucket.at = now
        self._buckets[key] = bucket
        if len(self._buckets) > limits.KNOWN_SPENDERS:
            self._buckets.popitem(last=False)
        return bucket
