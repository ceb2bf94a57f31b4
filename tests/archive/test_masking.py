"""Who somebody is, as others see it: masked, unless they ask for it and that is noted."""

from __future__ import annotations

import json

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.access.log.documents import AccessEntry
from backend.access.relations import RelationKind
from backend.archive.errors import ProfileMasked
from backend.archive.masking import STAR, masked_middle, masked_number, masked_phone, masked_profile
from backend.archive.sections import PartialDate, Profile
from backend.archive.sections.profile import Address, ContactPoint, Identifier, PersonName, Sex
from backend.identity.viewer import Role, Viewer
from backend.services import Services
from tests.factories import a_caregiver, a_resident, a_viewer

PHONE, ID_NUMBER = "13812345678", "110101195203081234"
SECRETS = ("张建国", PHONE, ID_NUMBER, "幸福路8号", "zhang@example.org")


def full_profile() -> Profile:
    return Profile(
        names=(PersonName(text="张建国", family="张", given=("建国",)),),
        sex=Sex.MALE,
        birth_date=PartialDate("1952-03-08"),
        contacts=(
            ContactPoint(system="phone", value=PHONE, use="mobile"),
            ContactPoint(system="email", value="zhang@example.org"),
        ),
        identifiers=(Identifier(value=ID_NUMBER, system="urn:oid:1.2.156.112606.1.1"),),
        addresses=(Address(text="北京市海淀区幸福路8号", city="北京市", district="海淀区"),),
    )


@pytest.mark.parametrize(
    ("plain", "shown"),
    [(PHONE, "138****5678"), ("12345678", "********"), ("+8613812345678", "+86*******5678")],
)
def test_phones(plain: str, shown: str) -> None:
    assert masked_phone(plain) == shown


def test_an_id_number_keeps_three_and_four() -> None:
    assert masked_number(ID_NUMBER) == "110***********1234"


@given(st.text(max_size=40))
def test_at_least_four_are_hidden_or_all(text: str) -> None:
    hidden = masked_middle(text, 3, 4)
    assert len(hidden) == len(text)
    assert hidden.count(STAR) >= min(4, len(text))


def test_a_masked_profile_keeps_what_readings_are_judged_by_and_no_identity() -> None:
    profile = masked_profile(full_profile())
    assert profile.name == "张*国"
    assert (profile.sex, str(profile.birth_date)) == (Sex.MALE, "1952-03-08")
    text = profile.model_dump_json()
    assert [each for each in SECRETS if each in text] == []
    assert "建国" not in text
    assert [each.text for each in profile.addresses] == ["北京市海淀区"]


def test_masking_twice_changes_nothing_more() -> None:
    once = masked_profile(full_profile())
    assert masked_profile(once).names == once.names
    assert masked_profile(once).identifiers == once.identifiers


async def reveals(resident_id: ObjectId) -> list[tuple[str, str]]:
    found = AccessEntry.find({"resident_id": resident_id, "why": "reveal"})
    return [(each.relation, each.category) async for each in found]


async def test_the_owner_sees_all_and_others_see_it_masked(services: Services) -> None:
    owner, resident_id = await a_resident(services, profile=full_profile())
    daughter = await a_caregiver(services, resident_id)
    assert (await services.residents.get(owner, resident_id)).profile == full_profile()
    seen = (await services.residents.get(daughter, resident_id)).profile
    assert seen == masked_profile(full_profile())
    many = await services.residents.get_many(daughter, [resident_id])
    assert getattr(many[resident_id], "profile", None) == seen
    assert await reveals(resident_id) == []


async def test_who_manages_the_profile_may_reveal_and_that_is_noted(services: Services) -> None:
    _, resident_id = await a_resident(services, profile=full_profile())
    daughter = await a_caregiver(services, resident_id)
    shown = await services.residents.get(daughter, resident_id, reveal=True)
    assert shown.profile == full_profile()
    assert await reveals(resident_id) == [("caregiver", "profile")]


async def test_the_contracted_doctor_may_reveal_and_that_is_noted(services: Services) -> None:
    _, resident_id = await a_resident(services, profile=full_profile())
    doctor = a_viewer(Role.FAMILY_DOCTOR)
    await services.access.grant(
        resident_id=resident_id,
        account_id=doctor.account_id,
        kind=RelationKind.DOCTOR,
        actions=frozenset({Action.VIEW}),
    )
    assert (await services.residents.get(doctor, resident_id)).profile.name == "张*国"
    shown = await services.residents.get(doctor, resident_id, reveal=True)
    assert shown.profile.phone == PHONE
    assert await reveals(resident_id) == [("doctor", "profile")]


async def test_who_may_only_look_cannot_reveal(services: Services) -> None:
    _, resident_id = await a_resident(services, profile=full_profile())
    looks = await a_caregiver(services, resident_id, actions=frozenset({Action.VIEW}))
    with pytest.raises(AccessDenied):
        await services.residents.get(looks, resident_id, reveal=True)
    many = await services.residents.get_many(looks, [resident_id], reveal=True)
    assert isinstance(many[resident_id], AccessDenied)
    assert await reveals(resident_id) == []


async def test_a_masked_profile_is_not_written_back(services: Services) -> None:
    owner, resident_id = await a_resident(services, profile=full_profile())
    daughter = await a_caregiver(services, resident_id)
    seen = await services.residents.get(daughter, resident_id)
    with pytest.raises(ProfileMasked):
        await services.residents.update(daughter, resident_id, seen.profile, version=seen.version)
    assert (await services.residents.get(owner, resident_id)).profile == full_profile()


FOREIGN = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "resource": {
                "resourceType": "Condition",
                "id": "c1",
                "subject": {"reference": "Patient/p", "display": "张建国"},
                "text": {
                    "status": "generated",
                    "div": "<div xmlns='http://www.w3.org/1999/xhtml'>张建国：高血压</div>",
                },
                "code": {"text": "高血压"},
            }
        }
    ],
}


async def test_a_bundle_for_others_holds_no_name_wherever_it_came_from(
    services: Services,
) -> None:
    owner, resident_id = await a_resident(services, profile=full_profile())
    bundle = json.dumps(FOREIGN).encode()
    await services.fhir_import.take(owner, resident_id, bundle, sender="hospital")
    own = (await services.fhir_export.everything(owner, resident_id)).decode()
    assert "张建国：高血压" in own
    everybody: list[tuple[Viewer, bool]] = [
        (await a_caregiver(services, resident_id), True),
        (
            await a_caregiver(
                services, resident_id, categories=frozenset(Category) - {Category.PROFILE}
            ),
            False,
        ),
    ]
    for viewer, sees_person in everybody:
        text = (await services.fhir_export.everything(viewer, resident_id)).decode()
        assert "高血压" in text
        assert [each for each in SECRETS if each in text] == []
        assert ("张*国" in text) is sees_person
    revealed = await services.fhir_export.everything(everybody[0][0], resident_id, reveal=True)
    assert PHONE in revealed.decode()
