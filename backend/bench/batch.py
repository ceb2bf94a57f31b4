"""A phone's batch of 500 readings against one insert of the same documents.

Once from the service on, with policy, units, limits, duplicates, outbox and
idempotency; and once through GraphQL, with the request, the token, the relation,
the consent and the log of who looked, which the service's viewer asked for before.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
from bson import ObjectId
from litestar import Litestar

from backend.bench.household import Somebody, client_of, drafts, raw_readings
from backend.bench.measure import WARM_UP, Ratio, compare
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Draft
from backend.services import Services

SIZE = 500
MUTATION = """
mutation Batch($input: RecordReadingsInput!) {
  recordReadings(input: $input) { outcomes readingIds refusals { index code } }
}
"""


def _batch(number: int, now: datetime) -> list[Draft]:
    end = now - timedelta(days=90 * number + 1)
    return drafts(SIZE, end, system=f"b{number}", seed=number)


def _body(number: int, made: Sequence[Draft], relay_id: str) -> bytes:
    """The request as a phone sends it."""
    readings = [
        {
            "kind": each.kind.name,
            "at": each.at.isoformat(),
            "meal": each.meal.name if each.meal else None,
            "values": [
                {"component": name, "value": q.value, "unit": q.unit}
                for name, q in each.values.items()
            ],
            "source": {"system": each.source.system, "id": each.source.id} if each.source else None,
        }
        for each in made
    ]
    inputs = {
        "residentId": relay_id,
        "idempotencyKey": f"bench-graphql-{number}",
        "readings": readings,
        "confirmed": True,
    }
    return orjson.dumps({"query": MUTATION, "variables": {"input": inputs}})


async def batch(
    services: Services, app: Litestar, who: Somebody, relay_id: str, rounds: int
) -> list[Ratio]:
    """The service's ratio, then GraphQL's."""
    now, client = services.core.clock.now(), client_of(app)
    # What the phone does, making and encoding its readings, is not the server's time.
    made = [_batch(number, now) for number in range(2 * (rounds + WARM_UP))]
    half = len(made) // 2
    for_service = iter(made[:half])
    for_graphql = iter([_body(number, each, relay_id) for number, each in enumerate(made[half:])])
    numbers = itertools.count()
    headers = {"authorization": f"Bearer {who.token}", "content-type": "application/json"}

    async def service() -> None:
        outcomes = await services.recording.record_batch(
            who.viewer,
            who.resident_id,
            next(for_service),
            idempotency_key=f"bench-{next(numbers)}",
            confirmed=True,
        )
        assert all(each.error is None for each in outcomes)

    async def over_graphql() -> None:
        response = await client.post("/graphql", content=next(for_graphql), headers=headers)
        answer = orjson.loads(response.content)["data"]["recordReadings"]
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
