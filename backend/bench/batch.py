"""A phone's batch of 500 readings against one insert of the same documents.

Once from the service on, with policy, units, limits, duplicates, outbox and
idempotency; and once through GraphQL, whose checking of 500 inputs with some
twenty values each costs about as much again.
"""

from __future__ import annotations

import itertools
from datetime import timedelta

from bson import ObjectId
from litestar import Litestar

from backend.bench.household import Somebody, client_of, drafts, raw_readings
from backend.bench.measure import Ratio, compare
from backend.measurements.documents import ReadingDocument
from backend.services import Services

SIZE = 500
MUTATION = """
mutation Batch($input: RecordReadingsInput!) {
  recordReadings(input: $input) { outcomes readingIds refusals { index code } }
}
"""


async def batch(
    services: Services, app: Litestar, who: Somebody, relay_id: str, rounds: int
) -> list[Ratio]:
    """The service's ratio, then GraphQL's."""
    now, numbers = services.core.clock.now(), itertools.count()
    client = client_of(app)

    async def service() -> None:
        number = next(numbers)
        made = drafts(SIZE, now - timedelta(days=90 * number + 1), system=f"b{number}", seed=number)
        outcomes = await services.recording.record_batch(
            who.viewer,
            who.resident_id,
            made,
            idempotency_key=f"bench-{number}",
            confirmed=True,
        )
        assert all(each.error is None for each in outcomes)

    async def over_graphql() -> None:
        number = next(numbers)
        made = drafts(SIZE, now - timedelta(days=90 * number + 1), system=f"b{number}", seed=number)
        readings = [
            {
                "kind": each.kind.name,
                "at": each.at.isoformat(),
                "meal": each.meal.name if each.meal else None,
                "values": [
                    {"component": name, "value": q.value, "unit": q.unit}
                    for name, q in each.values.items()
                ],
                "source": {"system": each.source.system, "id": each.source.id},
            }
            for each in made
        ]
        inputs = {
            "residentId": relay_id,
            "idempotencyKey": f"bench-{number}",
            "readings": readings,
            "confirmed": True,
        }
        response = await client.post(
            "/graphql",
            json={"query": MUTATION, "variables": {"input": inputs}},
            headers={"authorization": f"Bearer {who.token}"},
        )
        answer = response.json()["data"]["recordReadings"]
        assert answer["outcomes"] == ["RECORDED"] * SIZE, answer["refusals"][:3]

    template = await raw_readings(services, who.resident_id, drafts(SIZE, now, system="base"))

    async def base() -> None:
        owner = ObjectId()  # the same collection, with the same indexes to keep
        documents = [{**each, "_id": ObjectId(), "resident_id": owner} for each in template]
        await ReadingDocument.get_pymongo_collection().insert_many(documents)

    return [
        await compare("batch", service, base, limit=3.0, rounds=rounds),
        await compare("batch_over_graphql", over_graphql, base, limit=3.0, rounds=rounds),
    ]
