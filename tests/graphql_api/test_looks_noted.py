"""Every field that shows a caregiver something of a record leaves an entry in the log."""

from __future__ import annotations

import re

from bson import ObjectId

from backend.access.categories import Category
from backend.access.log.documents import AccessEntry
from backend.services import Services
from graphql_api.schema import build_schema
from tests.graphql_api.household import a_household, ask, granted
from tests.graphql_api.walk import Case, cases

NOTHING_OF_THE_RECORD = {"Query.resident", "Query.node", "Resident.id"}
"""Ids that the caller sent, or names of types."""


LISTS_OF_LINKS = {"shareLinks", "ShareLink"}
"""Whom something was shared with: for who may manage the category; it says nothing of it."""


def branch(case: Case) -> str | None:
    """The resident's field, or the type of node, that the case goes through."""
    if case.operation != "query" or case.coordinate in NOTHING_OF_THE_RECORD:
        return None
    inside = re.search(r"resident\(id: \$Resident\) \{\s*(\w+)", case.document)
    node = re.search(r"node\(.*?\.\.\. on (\w+)", case.document)
    found = inside or node
    return found.group(1) if found else None


async def noted(services: Services, account_id: ObjectId) -> int:
    return await AccessEntry.find({"account_id": account_id}).count()


async def test_what_a_caregiver_is_shown_of_a_record_is_in_the_log(services: Services) -> None:
    house = await a_household(services)
    viewer, token = await granted(services, house.resident_id, *Category)
    schema = build_schema()
    silent: set[str] = set()
    shown: set[str] = set()
    before = await noted(services, viewer.account_id)
    for case in cases(schema._schema, house.samples):
        where = branch(case)
        if where is None or where in shown | LISTS_OF_LINKS:
            continue
        answer = await ask(services, schema, token, case)
        after = await noted(services, viewer.account_id)
        if not answer.shows_nothing:
            shown.add(where)
            if after == before:
                silent.add(case.document)
        before = after
    assert silent == set()
    assert len(shown) > 25, shown
