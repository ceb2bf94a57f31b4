"""A phone's batch of 500 readings against one insert of the same documents."""

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
) -> Ratio:
    """Over GraphQL with the policy, units, limits, duplicates, outbox and idempotency."""
    now, numbers = services.core.clock.now(), itertools.count()
    client = client_of(app)

    async def ours() -> None:
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

    return await compare("batch", ours, base, limit=3.0, rounds=rounds)
