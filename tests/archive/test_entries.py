"""Entries and profiles: added, amended, marked as wrong, restored; who may."""

from __future__ import annotations

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.errors import AccessDenied
from backend.access.relations import RelationKind
from backend.archive.documents import EntryDocument, ResidentDocument
from backend.archive.entry import EntrySource
from backend.archive.errors import (
    EntryNotFound,
    EntryWithdrawn,
    NotYourEntry,
    ProfileIncomplete,
    ResidentExists,
    SectionMismatch,
)
from backend.archive.sections import (
    AllergyBody,
    ConditionBody,
    EntryStatus,
    PartialDate,
    Profile,
    Section,
    coded,
    named,
)
from backend.archive.sections.errors import DateInFuture
from backend.core.history import ChangedMeanwhile
from backend.identity.viewer import Viewer
from backend.services import Services
from tests.factories import ICD10, a_caregiver, a_condition, a_key, a_profile, a_resident

DEPRESSION = ConditionBody(name=coded(ICD10, "F32.1", text="抑郁发作"), onset=PartialDate("2024"))


async def added(services: Services) -> tuple[Viewer, ObjectId, ObjectId]:
    viewer, resident_id = await a_resident(services)
    entry = await services.entries.add(viewer, resident_id, a_condition(), idempotency_key=a_key())
    return viewer, resident_id, entry.id


async def titles(services: Services, viewer: Viewer, resident_id: ObjectId) -> list[str]:
    page = await services.entries.page(viewer, resident_id, Section.CONDITION, first=50)
    return [each.body.title("zh") for each in page.items]


async def test_an_entry_is_sealed_in_the_store(services: Services) -> None:
    await added(services)
    raw = await EntryDocument.get_pymongo_collection().find_one({})
    assert raw is not None
    stored = str(raw).encode()
    for word in ("高血压", "I10", "社区医院"):
        assert word.encode() not in stored
        assert word.encode() not in raw["body"]


async def test_an_amendment_keeps_the_version_before(services: Services) -> None:
    viewer, resident_id, entry_id = await added(services)
    after = await services.entries.amend(
        viewer, resident_id, entry_id, a_condition(onset="2014"), version=1
    )
    assert (after.version, after.body.when) == (2, PartialDate("2014"))
    history = await services.entries.history(viewer, resident_id, entry_id)
    assert [str(each.body.when) for each, _ in history] == ["2015"]
    back = await services.entries.restore(viewer, resident_id, entry_id, to_version=1, version=2)
    assert (back.version, str(back.body.when)) == (3, "2015")


async def test_entered_in_error_takes_it_out_of_the_lists_only(services: Services) -> None:
    viewer, resident_id, entry_id = await added(services)
    wrong = await services.entries.mark_entered_in_error(viewer, resident_id, entry_id, version=1)
    assert wrong.status is EntryStatus.ENTERED_IN_ERROR
    assert await titles(services, viewer, resident_id) == []
    assert (await services.entries.get(viewer, resident_id, entry_id)).version == 2
    with pytest.raises(EntryWithdrawn):
        await services.entries.amend(viewer, resident_id, entry_id, a_condition(), version=2)
    await services.entries.restore(viewer, resident_id, entry_id, to_version=1, version=2)
    assert len(await titles(services, viewer, resident_id)) == 1


async def test_a_change_of_an_old_version_or_another_section_is_refused(
    services: Services,
) -> None:
    viewer, resident_id, entry_id = await added(services)
    with pytest.raises(SectionMismatch):
        await services.entries.amend(
            viewer, resident_id, entry_id, AllergyBody(substance=named("青霉素")), version=1
        )
    with pytest.raises(ChangedMeanwhile):
        await services.entries.amend(viewer, resident_id, entry_id, a_condition(), version=7)
    with pytest.raises(DateInFuture):
        await services.entries.amend(
            viewer, resident_id, entry_id, a_condition(onset="2030"), version=1
        )
    assert (await services.entries.get(viewer, resident_id, entry_id)).version == 1


async def test_mental_health_is_hidden_from_who_was_not_granted_it(services: Services) -> None:
    viewer, resident_id, _ = await added(services)
    hidden = await services.entries.add(viewer, resident_id, DEPRESSION, idempotency_key=a_key())
    assert hidden.category is Category.MENTAL_HEALTH
    daughter = await a_caregiver(
        services, resident_id, categories=frozenset(Category) - {Category.MENTAL_HEALTH}
    )
    assert len(await titles(services, viewer, resident_id)) == 2
    assert len(await titles(services, daughter, resident_id)) == 1
    with pytest.raises(EntryNotFound):
        await services.entries.get(daughter, resident_id, hidden.id)
    with pytest.raises(EntryNotFound):
        await services.entries.history(daughter, resident_id, hidden.id)
    with pytest.raises(EntryNotFound):
        await services.entries.mark_entered_in_error(daughter, resident_id, hidden.id, version=1)
    with pytest.raises(AccessDenied):
        await services.entries.add(daughter, resident_id, DEPRESSION, idempotency_key=a_key())


async def test_nobody_moves_an_entry_into_a_category_they_may_not_write(
    services: Services,
) -> None:
    _, resident_id, entry_id = await added(services)
    daughter = await a_caregiver(services, resident_id, categories=frozenset({Category.CONDITIONS}))
    with pytest.raises(AccessDenied):
        await services.entries.amend(daughter, resident_id, entry_id, DEPRESSION, version=1)


async def test_a_caregiver_changes_only_her_own_without_the_right_to_manage(
    services: Services,
) -> None:
    _, resident_id, entry_id = await added(services)
    daughter = await a_caregiver(
        services, resident_id, actions=frozenset({Action.VIEW, Action.RECORD})
    )
    with pytest.raises(NotYourEntry):
        await services.entries.amend(daughter, resident_id, entry_id, a_condition(), version=1)
    own = await services.entries.add(
        daughter, resident_id, a_condition("痛风", "M10.9"), idempotency_key=a_key()
    )
    assert own.provenance.source is EntrySource.CAREGIVER
    changed = await services.entries.amend(
        daughter, resident_id, own.id, a_condition("痛风", "M10.0"), version=1
    )
    assert changed.version == 2


async def test_another_resident_s_entry_is_not_found(services: Services) -> None:
    _, _, entry_id = await added(services)
    other, other_id = await a_resident(services)
    with pytest.raises(EntryNotFound):
        await services.entries.get(other, other_id, entry_id)
    with pytest.raises(EntryNotFound):
        await services.entries.amend(other, other_id, entry_id, a_condition(), version=1)


async def test_one_own_record_an_account_and_any_number_of_children(services: Services) -> None:
    viewer, _ = await a_resident(services)
    with pytest.raises(ResidentExists):
        await a_resident(services, viewer)
    for name in ("张小宝", "张二宝"):
        await services.residents.register(
            viewer,
            a_profile(name, "2021-05-01"),
            kind=RelationKind.GUARDIAN,
            accepted=accepted_now(Purpose.HEALTH_DATA),
            idempotency_key=a_key(),
        )
    assert len(await services.access.relations(viewer)) == 3


async def test_a_profile_needs_a_name_and_a_birth_date_that_was(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    with pytest.raises(ProfileIncomplete):
        await services.residents.update(viewer, resident_id, Profile(), version=1)
    with pytest.raises(DateInFuture):
        await services.residents.update(
            viewer, resident_id, a_profile(born="2031-01-01"), version=1
        )
    changed = await services.residents.update(
        viewer, resident_id, a_profile("张建国", "1952-03-09"), version=1
    )
    assert (changed.version, str(changed.profile.birth_date)) == (2, "1952-03-09")
    past = await services.core.history.past(resident_id, resident_id)
    assert [each.version for each in past] == [1]


async def test_a_profile_is_sealed_in_the_store(services: Services) -> None:
    await a_resident(services)
    raw = await ResidentDocument.get_pymongo_collection().find_one({})
    assert raw is not None
    assert "张建国".encode() not in str(raw).encode() + raw["profile"]
