"""From a real record to a list with reasons, for the resident and for those who look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from backend.access.categories import Category
from backend.archive.sections import (
    AllergyBody,
    Amount,
    Body,
    ConditionBody,
    MedicationBody,
    ObservationBody,
    PartialDate,
    PregnancyBody,
    coded,
    named,
)
from backend.archive.sections.observation import Component
from backend.archive.sections.pregnancy import PregnancyStatus
from backend.archive.sections.profile import Sex
from backend.archive.sections.result import Result, ResultType
from backend.archive.sections.tables import LOINC
from backend.core.clock import FixedClock
from backend.core.paging import Cursor, PageSizeInvalid
from backend.identity.viewer import Viewer
from backend.services import Services
from content.choosing.scoring import ReasonKind
from content.choosing.suggesting import Suggestion
from content.errors import TopicUnknown
from content.library import Wanted
from content.passages import passages
from content.piece import PieceKind
from tests.factories import a_caregiver, a_condition, a_key, a_profile, a_resident, at, bp

V3 = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


async def add(services: Services, viewer: Viewer, resident: ObjectId, *bodies: Body) -> None:
    for body in bodies:
        await services.entries.add(viewer, resident, body, idempotency_key=a_key())


async def today(
    services: Services, viewer: Viewer, resident: ObjectId, count: int = 6
) -> list[Suggestion]:
    return await services.content.suggesting.today(viewer, resident, count, "zh")


async def high_three_times(services: Services, viewer: Viewer, resident: ObjectId) -> None:
    for day in ("18", "19", "20"):
        draft = bp(152, 96, at(f"2026-11-{day}"))
        await services.recording.record(viewer, resident, draft, idempotency_key=a_key())


def a_lab(code: str, flag: str) -> ObservationBody:
    return ObservationBody(
        name=coded(LOINC, code, text="化验"),
        effective=PartialDate("2026-11-10"),
        result=Result(type=ResultType.QUANTITY, amount=Amount(value=6, unit="mmol/L")),
        interpretation=(coded(V3, flag),),
    )


async def test_the_fathers_list_says_why_and_is_never_against_him(services: Services) -> None:
    father, resident = await a_resident(services)
    await add(
        services,
        father,
        resident,
        a_condition(),
        AllergyBody(substance=named("鱼虾过敏")),
        MedicationBody(name=named("华法林钠片")),
        a_lab("2823-3", "H"),
    )
    await high_three_times(services, father, resident)
    found = await today(services, father, resident)
    assert (found[0].kind, found[0].reason) == (ReasonKind.SIGNAL, "因为您最近三次血压偏高")
    assert found[-1].kind is ReasonKind.EXPLORE
    for count in (1, 5, 10):
        for each in await today(services, father, resident, count):
            front = each.piece.front
            assert not each.piece.allergens & {"fish", "crustacean"}
            assert "warfarin" not in front.against_medicines
            assert "kidney_disease" not in front.against  # potassium is high
    everything = await today(services, father, resident, 10)
    assert {each.piece.slug for each in everything} >= {"lab_potassium"}
    assert await today(services, father, resident) == found
    with pytest.raises(PageSizeInvalid):
        await today(services, father, resident, 11)
    assert await services.core.store.db["content_records"].count_documents({}) == 0


async def test_a_new_entry_and_a_withdrawn_one_change_the_list_at_once(
    services: Services,
) -> None:
    father, resident = await a_resident(services)

    async def said() -> bool:
        found = await today(services, father, resident)
        return "因为您的健康档案里有痛风与高尿酸" in {each.reason for each in found}

    assert not await said()
    body = ConditionBody(name=named("痛风"))
    entry = await services.entries.add(father, resident, body, idempotency_key=a_key())
    assert await said()
    await services.entries.mark_entered_in_error(father, resident, entry.id, version=1)
    assert not await said()


async def test_who_is_not_shown_readings_and_medicines_gets_no_hint_of_them(
    services: Services,
) -> None:
    mother, resident = await a_resident(
        services, profile=a_profile("李梅", "1990-03-08", Sex.FEMALE)
    )
    await high_three_times(services, mother, resident)
    pills = MedicationBody(name=named("阿托伐他汀钙片"))
    pregnant = PregnancyBody(status=PregnancyStatus.PREGNANT, lmp=PartialDate("2026-08-01"))
    await add(services, mother, resident, pills, pregnant)
    history = frozenset({Category.CONDITIONS})
    sister = await a_caregiver(services, resident, categories=history)
    for each in await today(services, sister, resident, 10):
        assert each.kind not in (ReasonKind.SIGNAL, ReasonKind.MEDICINE, ReasonKind.AGE)
        assert "pregnancy" not in each.piece.front.against
        assert not each.piece.front.against_medicines
    own = await today(services, mother, resident, 10)
    assert own[0].kind is ReasonKind.SIGNAL
    assert all("pregnancy" not in each.piece.front.against for each in own)


async def test_an_urgent_reading_puts_exercise_off(services: Services, clock: FixedClock) -> None:
    father, resident = await a_resident(services)
    await add(services, father, resident, a_condition())
    draft = bp(185, 112, at("2026-11-20", "20:00"))
    await services.recording.record(
        father, resident, draft, idempotency_key=a_key(), confirmed=True
    )
    found = await today(services, father, resident, 10)
    assert PieceKind.EXERCISE not in {each.piece.front.kind for each in found}
    clock.advance(timedelta(days=3))
    found = await today(services, father, resident, 10)
    assert PieceKind.EXERCISE in {each.piece.front.kind for each in found}


async def test_the_questionnaires_constitution_chooses_the_diet(services: Services) -> None:
    father, resident = await a_resident(services)
    system = "https://kangban.example/questionnaire-tcm_constitution_65"
    scores = ObservationBody(
        name=coded(system, "scores", text="中医体质得分"),
        effective=PartialDate("2026-06-01"),
        components=tuple(
            Component(
                name=coded(system, f"score-{key}", text=key),
                result=Result(type=ResultType.QUANTITY, amount=Amount(value=12, unit="分")),
                interpretation=(named(verdict),),
            )
            for key, verdict in (("yang_deficient", "是"), ("balanced", "否"))
        ),
    )
    await add(services, father, resident, scores)
    found = [each for count in (9, 10) for each in await today(services, father, resident, count)]
    diets = {each.piece.slug for each in found if each.piece.front.kind is PieceKind.TCM}
    assert diets == {"tcm_yang_deficiency"}
    reasons = {each.reason for each in found if each.piece.slug in diets}
    assert "适合您的体质" in reasons


def test_the_library_is_found_by_tag_and_by_words_page_by_page(services: Services) -> None:
    library = services.content.library
    gout = library.page(Wanted(topic="gout"), first=50).items
    assert {"gout_basics", "lab_uric_acid"} <= {each.slug for each in gout}
    labs = library.page(Wanted(item="4548-4", kind=PieceKind.LAB), first=50).items
    assert [each.slug for each in labs] == ["lab_hba1c"]
    said = library.page(Wanted(text="缩唇呼吸"), first=50).items
    assert "exercise_breathing" in {each.slug for each in said}
    assert library.page(Wanted(text="，。"), first=50).items == []
    seen: list[str] = []
    after: Cursor | None = None
    while True:
        page = library.page(Wanted(), first=20, after=after)
        seen += [each.slug for each in page.items]
        if not page.has_next:
            break
        after = page.cursor(page.items[-1])
    assert sorted(seen) == sorted(each.slug for each in library.pieces)
    with pytest.raises(TopicUnknown):
        library.page(Wanted(topic="luck"), first=5)


def test_passages_carry_their_sources_and_all_the_words(services: Services) -> None:
    found = passages(services.content.library.pieces)
    assert len(found) > 3 * len(services.content.library.pieces)
    assert all(each.sources and each.said for each in found)
    for piece in services.content.library.pieces:
        said = [each for each in found if each.slug == piece.slug]
        words = sum(len(each.said) + len(each.heading or "") for each in said)
        assert words >= piece.length
