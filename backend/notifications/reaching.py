"""Who can be reached by what: good addresses, consent, messages that are left."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bson import ObjectId

from backend.access.consent.purpose import ConsentState, Purpose
from backend.access.consent.states import ConsentStates
from backend.access.relations import Relation, RelationKind
from backend.notifications.addresses import Addresses, Reach
from backend.notifications.channels.base import Channel
from backend.notifications.channels.wechat import TEMPLATE
from backend.notifications.kinds import ChannelKey


class Reaching:
    def __init__(self, channels: Mapping[ChannelKey, Channel], addresses: Addresses) -> None:
        self._channels = channels
        self._addresses = addresses
        self._consents = ConsentStates()

    async def of(self, account_ids: Collection[ObjectId]) -> dict[ObjectId, list[Reach]]:
        """Good addresses by account, without channels that the phone's owner did not consent to or
        has no message left of."""
        reach = await self._addresses.reach(account_ids)
        asking = {
            each.channel: each_consent
            for some in reach.values()
            for each in some
            if (each_consent := self._channels[each.channel].capability.consent)
        }
        refused = await self._refused(reach.keys(), set(asking.values())) if asking else {}
        return {
            account_id: [
                each
                for each in some
                if asking.get(each.channel) not in refused.get(account_id, ())
                and (not self._channels[each.channel].capability.counted or _left(each))
            ]
            for account_id, some in reach.items()
        }

    async def _refused(
        self, account_ids: Collection[ObjectId], purposes: set[Purpose]
    ) -> dict[ObjectId, set[Purpose]]:
        """Consent is the phone's owner's: what leaves the country is the phone's address. Who
        keeps no record here gave it with the address."""
        query = {
            "account_id": {"$in": list(account_ids)},
            "kind": RelationKind.SELF.value,
            "ended_at": None,
        }
        found: dict[ObjectId, set[Purpose]] = {}
        async for each in Relation.find(query):
            states = await self._consents.of(each.resident_id, purposes)
            lacking = {name for name, state in states.items() if state is not ConsentState.GIVEN}
            found[each.account_id] = lacking
        return found


def _left(reach: Reach) -> bool:
    return reach.quota.get(TEMPLATE, 0) > 0
