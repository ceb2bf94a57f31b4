"""The home screen: profile, latest of six kinds, 30 days of blood pressure, open alerts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Litestar

from backend.archive.documents import ResidentDocument
from backend.bench.household import KINDS, Somebody, client_of
from backend.bench.measure import Ratio, compare
from backend.core.clock import SHANGHAI
from backend.measurements.documents import AlertDocument, ReadingDocument
from backend.measurements.draft import Kind, Meal
from backend.measurements.readings import latest_pipeline
from backend.measurements.thresholds import Limits, Person, limits_for
from backend.measurements.trends import Period, pipeline
from backend.services import Services

# The same pipeline as the trend's; whose limits stand in it costs the server nothing.
_LIMITS: dict[Meal | None, Limits] = {
    None: limits_for(Kind.BLOOD_PRESSURE, Person(), datetime(2026, 1, 1, tzinfo=UTC))
}
QUERY = """
query Home($id: ID!, $kinds: [MeasurementKind!]!) {
  resident(id: $id) {
    profile { names { text } sex birthDate }
    latestReadings(kinds: $kinds) {
      kind at meal values { component label quantity { value unit } }
    }
    trend(kind: BLOOD_PRESSURE) {
      buckets { start all { count inTargetShare stats { component mean min max } } }
      targets { component low high source }
    }
    alerts(first: 10) { edges { node { id level reason whatToDo at } } }
  }
}
"""


class Home:
    """Both sides of the home query for one person."""

    def __init__(self, services: Services, app: Litestar, who: Somebody, relay_id: str) -> None:
        self._services = services
        self._app = app
        self._who = who
        self._body = {
            "query": QUERY,
            "variables": {"id": relay_id, "kinds": [kind.name for kind in KINDS]},
        }
        self._client = client_of(app)

    async def graphql(self) -> dict[str, Any]:
        """Through the whole app: routing, token, policy, schema, JSON."""
        response = await self._client.post(
            "/graphql",
            json=self._body,
            headers={"authorization": f"Bearer {self._who.token}"},
        )
        answer: dict[str, Any] = response.json()
        assert "errors" not in answer, answer["errors"]
        return answer

    async def direct(self) -> None:
        """The same reads by the driver, one after the other, nothing made of them."""
        resident_id, now = self._who.resident_id, self._services.core.clock.now()
        await ResidentDocument.get_pymongo_collection().find_one({"_id": resident_id})
        readings = ReadingDocument.get_pymongo_collection()
        latest = await readings.aggregate(latest_pipeline(resident_id, KINDS))
        await latest.to_list()
        since = (now.astimezone(SHANGHAI) - timedelta(days=30)).replace(hour=0, minute=0, second=0)
        match = {
            "resident_id": resident_id,
            "kind": "blood_pressure",
            "state": "live",
            "at": {"$gte": since, "$lt": now},
        }
        rows = await readings.aggregate(pipeline(match, Kind.BLOOD_PRESSURE, Period.DAY, _LIMITS))
        await rows.to_list()
        alerts = AlertDocument.get_pymongo_collection().find(
            {"resident_id": resident_id, "open": True, "acknowledged_at": None}
        )
        await alerts.sort([("last_at", -1), ("_id", -1)]).limit(11).to_list()

    async def ratio(self, rounds: int) -> Ratio:
        return await compare("home", self.graphql, self.direct, limit=4.0, rounds=rounds)
