"""What is said to be held is what is stored: every collection has its line."""

from __future__ import annotations

import pytest

from backend.access.errors import AccessDenied
from backend.core.documents import ResidentOwned
from backend.documents import DOCUMENTS
from backend.identity.viewer import Language
from backend.privacy.errors import RightNotYours
from backend.privacy.held import kinds
from backend.privacy.owned import KEPT, name_of
from backend.services import Services
from tests.factories import a_caregiver, a_viewer
from tests.graphql_api.household import a_household

BESIDE_THE_RECORD = {"blobs"}  # GridFS: no document class of ours


def test_every_collection_of_residents_data_is_told_and_none_that_is_not_there() -> None:
    stored = {name_of(each) for each in DOCUMENTS if issubclass(each, ResidentOwned)}
    told = [name for kind in kinds() for name in kind.collections]
    assert len(told) == len(set(told)), "a collection is counted once"
    untold = stored - set(told)
    assert not untold, f"say in backend/privacy/held.toml what {sorted(untold)} are held for"
    assert set(told) == stored | BESIDE_THE_RECORD


def test_what_is_kept_after_deletion_is_told_so() -> None:
    told = {name for kind in kinds() if kind.kept_after_deletion for name in kind.collections}
    assert told == KEPT - {"erasures"}  # the certificate is made by the deletion itself


@pytest.mark.parametrize("language", Language)
def test_every_line_says_all_five_things(language: Language) -> None:
    for kind in kinds():
        text = kind.texts[language]
        said = (text.what, text.purpose, text.basis, text.how_long, text.who_sees)
        assert all(said), kind.key


async def test_the_counts_are_what_is_stored(services: Services) -> None:
    house = await a_household(services)
    found = {
        each.kind.key: each.count
        for each in await services.privacy.holdings.of(house.owner, house.resident_id)
    }
    db = services.core.store.db
    assert found["profile"] == 1
    assert found["readings"] == await db["readings"].count_documents({}) + await db[
        "threshold_overrides"
    ].count_documents({})
    assert found["access_log"] > 0


async def test_only_holders_are_told(services: Services) -> None:
    house = await a_household(services)
    daughter = await a_caregiver(services, house.resident_id)
    with pytest.raises(RightNotYours):
        await services.privacy.holdings.of(daughter, house.resident_id)
    with pytest.raises(AccessDenied):
        await services.privacy.holdings.of(a_viewer(), house.resident_id)
