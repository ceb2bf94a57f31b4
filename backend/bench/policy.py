"""What asking for a caregiver costs: the home query, as the daughter and as the resident.

The resident stands in ten circles besides, and 2,000 links of others are in the store.
"""

from __future__ import annotations

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.limits import DAILY_CARE
from backend.access.relations import Kinship, Relation, RelationKind
from backend.bench.audit import Unlogged
from backend.bench.home import Home
from backend.bench.household import Somebody
from backend.bench.measure import Ratio, compare
from backend.identity.providers.demo import DemoName
from backend.identity.sessions import Device
from backend.identity.viewer import Role, Viewer
from backend.main import build_app
from backend.services import Services, build_services
from graphql_api.common.ids import encode

_CIRCLES = 10
_LINKS = 2_000
_LIMIT = 1.1


async def policy_ratios(services: Services, who: Somebody, rounds: int) -> list[Ratio]:
    """Through the whole app: first without the log of who looked, which has a budget of its own
    (``audit home``), then with all that is done for each, for information.
    """
    daughter = await _daughter(services, who)
    for _ in range(_CIRCLES):
        await services.access.grant(
            resident_id=who.resident_id, account_id=ObjectId(), kind=RelationKind.CAREGIVER
        )
        await services.access.grant(
            resident_id=ObjectId(), account_id=who.viewer.account_id, kind=RelationKind.CAREGIVER
        )
    await _crowd(services)
    without = build_services(services.core)
    without.access.log = Unlogged(services.core.clock)
    return [
        await _compared("policy", without, daughter, who, _LIMIT, rounds),
        await _compared("policy and log", services, daughter, who, None, rounds),
    ]


async def _compared(
    name: str,
    services: Services,
    daughter: Somebody,
    who: Somebody,
    limit: float | None,
    rounds: int,
) -> Ratio:
    app, relay_id = build_app(services), encode("Resident", who.resident_id)
    theirs = Home(services, app, daughter, relay_id)
    own = Home(services, app, who, relay_id)
    return await compare(name, theirs.graphql, own.graphql, limit=limit, rounds=rounds)


async def _daughter(services: Services, who: Somebody) -> Somebody:
    name, roles = "bench-policy-daughter", frozenset({Role.CAREGIVER})
    await services.identity.create_demo_account(name, roles)
    tokens = await services.identity.sign_in(DemoName(name), Device())
    await services.access.grant(
        resident_id=who.resident_id,
        account_id=tokens.account_id,
        kind=RelationKind.CAREGIVER,
        kinship=Kinship.DAUGHTER,
        categories=DAILY_CARE.categories,
        actions=DAILY_CARE.actions,
    )
    viewer = Viewer(account_id=tokens.account_id, roles=roles)
    return Somebody(viewer, who.resident_id, tokens.access_token)


async def _crowd(services: Services) -> None:
    now = services.core.clock.now()
    links = [
        Relation(
            resident_id=PydanticObjectId(),
            account_id=PydanticObjectId(),
            kind=RelationKind.CAREGIVER,
            valid_from=now,
        ).to_raw()
        for _ in range(_LINKS)
    ]
    await Relation.get_pymongo_collection().insert_many(links)
