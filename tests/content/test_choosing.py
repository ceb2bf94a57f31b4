"""What is chosen from the real library: never against anybody, with a reason, the same all day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.access.categories import Category
from backend.access.relations import RelationKind
from backend.archive.sections import AllergyBody, Body, ConditionBody, MedicationBody, coded, named
from backend.archive.sections.allergy import AllergyCategory, AllergyStatus
from backend.archive.sections.condition import ClinicalStatus, Verification
from backend.archive.sections.medication import MedicationStatus
from backend.archive.sections.tables import SNOMED
from backend.measurements.draft import Kind
from content.choosing.choose import Choice, choose
from content.choosing.facts import Facts, Signal, Stage
from content.choosing.fitting import fits, stands_against
from content.choosing.history import note_of, together
from content.choosing.past import Feedback, Met, Past
from content.choosing.reasons import reason_text
from content.choosing.scoring import ReasonKind
from content.choosing.unseen import barred_unseen
from content.files.lists import allergens, medicines, topics
from content.files.loading import packaged
from content.piece import EATING, Constitution, Piece, PieceKind
from tests.factories import ICD10

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
SOMEBODY = ObjectId("0123456789abcdef01234567")
ATC = "http://www.whocc.no/atc"
THREE_HIGH = Signal(Kind.BLOOD_PRESSURE, "high", 3, 3)


def chosen(facts: Facts, past: Past | None = None, count: int = 6, day: int = 0) -> list[Choice]:
    now = NOW + timedelta(days=day)
    return choose(
        packaged(), facts, past or {}, resident_id=SOMEBODY, now=now, count=count
    )  # fmt: skip


def keys_of(rows: object) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(sorted(rows)), max_size=6)  # type: ignore[call-overload]


FACTS = st.builds(
    Facts,
    age=st.none() | st.integers(0, 110),
    sex=st.sampled_from([None, "male", "female"]),
    topics=keys_of(topics()),
    medicines=keys_of(medicines()),
    signals=st.lists(
        st.builds(
            Signal,
            st.sampled_from([Kind.BLOOD_PRESSURE, Kind.GLUCOSE, Kind.SPO2]),
            st.sampled_from(["high", "low"]),
            st.just(3),
            st.just(3),
        ),
        max_size=2,
    ).map(tuple),
    labs=st.dictionaries(st.sampled_from(["2823-3", "2571-8"]), st.just("high")),
    constitutions=st.frozensets(st.sampled_from(list(Constitution)), max_size=2),
    urgent=st.booleans(),
    barred_topics=keys_of(topics()),
    barred_medicines=keys_of(medicines()),
    barred_allergens=keys_of(allergens()),
    allergy_words=st.frozensets(st.sampled_from(["花粉", "猕猴桃", "木耳", "oat", "鱼"])),
    barred_eating=st.booleans(),
)


@settings(deadline=None)  # the first example reads the library
@given(
    facts=FACTS,
    day=st.integers(0, 400),
    count=st.integers(1, 10),
    who=st.binary(min_size=12, max_size=12),
)
def test_nothing_is_ever_chosen_against_an_allergy_a_condition_or_a_medicine(
    facts: Facts, day: int, count: int, who: bytes
) -> None:
    now = NOW + timedelta(days=day)
    found = choose(packaged(), facts, {}, resident_id=ObjectId(who), now=now, count=count)
    assert len(found) <= count
    assert len({each.piece.slug for each in found}) == len(found)
    for each in found:
        piece = each.piece
        assert not facts.barred_topics & set(piece.front.against)
        assert not facts.barred_medicines & set(piece.front.against_medicines)
        assert not facts.barred_allergens & piece.allergens
        assert not (facts.urgent and piece.front.kind is PieceKind.EXERCISE)
        if piece.front.kind in EATING:
            assert not facts.barred_eating
            assert not any(word in piece.text for word in facts.allergy_words)
        assert reason_text(each.reason, facts, RelationKind.SELF, "zh")
        assert "{" not in reason_text(each.reason, facts, RelationKind.DOCTOR, "en")


@settings(deadline=None)
@given(facts=FACTS, more=FACTS)
def test_knowing_more_against_something_never_opens_a_piece(facts: Facts, more: Facts) -> None:
    stricter = replace(
        facts,
        barred_topics=facts.barred_topics | more.barred_topics,
        barred_medicines=facts.barred_medicines | more.barred_medicines,
        barred_allergens=facts.barred_allergens | more.barred_allergens,
        allergy_words=facts.allergy_words | more.allergy_words,
    )
    for piece in packaged():
        assert not (stands_against(piece, facts) and not stands_against(piece, stricter))


def test_three_high_blood_pressures_come_first_and_say_so() -> None:
    facts = Facts(
        age=74, sex="male", topics=frozenset({"hypertension", "gout"}), signals=(THREE_HIGH,)
    )
    first = chosen(facts)[0]
    assert "hypertension" in first.piece.front.topics
    assert reason_text(first.reason, facts, RelationKind.SELF, "zh") == "因为您最近三次血压偏高"
    assert (
        reason_text(first.reason, facts, RelationKind.CAREGIVER, "zh") == "因为家人最近三次血压偏高"
    )
    english = reason_text(first.reason, facts, RelationKind.SELF, "en")
    assert english == "Because in the last 3 readings your blood pressure was high"
    two = replace(facts, signals=(Signal(Kind.BLOOD_PRESSURE, "high", 2, 3),))
    said = reason_text(chosen(two)[0].reason, two, RelationKind.SELF, "zh")
    assert said == "因为您最近三次测量里有两次血压偏高"


def test_a_plan_goes_before_readings_in_its_own_words() -> None:
    stage = Stage(("life_salt",), (), "方案第一周：学会看盐", "Week one of the plan: salt")
    facts = Facts(age=74, signals=(THREE_HIGH,), stage=stage)
    first = chosen(facts)[0]
    assert (first.piece.slug, first.reason.kind) == ("life_salt", ReasonKind.STAGE)
    assert reason_text(first.reason, facts, RelationKind.SELF, "zh") == "方案第一周：学会看盐"


def test_a_list_stays_the_same_all_day_and_explores_something_else_each_day() -> None:
    facts = Facts(age=70, topics=frozenset({"hypertension"}))
    assert chosen(facts) == chosen(facts)
    last = [chosen(facts, day=day)[-1] for day in range(10)]
    assert {each.reason.kind for each in last} == {ReasonKind.EXPLORE}
    assert all("hypertension" not in each.piece.front.topics for each in last)
    assert len({each.piece.slug for each in last}) >= 4
    assert all(each.reason.kind is not ReasonKind.EXPLORE for each in chosen(facts, count=2))


def test_of_one_kind_there_are_two_at_most_while_there_are_others() -> None:
    kinds = [each.piece.front.kind for each in chosen(Facts(age=70), count=8)[:-1]]
    assert max(map(kinds.count, kinds)) <= 2


def test_what_was_read_or_refused_rests() -> None:
    facts = Facts(age=74, signals=(THREE_HIGH,))
    first = chosen(facts)[0].piece
    read = {first.slug: Met(opened_at=NOW, read_at=NOW - timedelta(days=3))}
    assert first not in [each.piece for each in chosen(facts, read, 10)]
    long_ago = {first.slug: Met(opened_at=NOW, read_at=NOW - timedelta(days=91))}
    assert chosen(facts, long_ago)[0].piece == first
    refused = {first.slug: Met(feedback=Feedback.NOT_FOR_ME, feedback_at=NOW - timedelta(days=300))}
    assert first not in [each.piece for each in chosen(facts, refused, 10)]


def test_opinions_move_other_pieces_of_the_topic() -> None:
    facts = Facts(age=74, topics=frozenset({"hypertension", "gout"}))

    def share(feedback: Feedback) -> int:
        said = Met(feedback=feedback, feedback_at=NOW - timedelta(days=1))
        found = [chosen(facts, {"gout_basics": said}, 6, day) for day in range(20)]
        return sum("gout" in each.piece.front.topics for some in found for each in some)

    assert share(Feedback.HELPFUL) > share(Feedback.NOT_FOR_ME)


def test_how_to_take_a_medicine_is_for_who_takes_it() -> None:
    warfarin = _piece("med_warfarin")
    assert not fits(warfarin, Facts(age=70, topics=frozenset({"atrial_fibrillation"})))
    assert fits(warfarin, Facts(age=70, medicines=frozenset({"warfarin"})))


def _piece(slug: str) -> Piece:
    return next(each for each in packaged() if each.slug == slug)


def facts_of(*bodies: Body) -> Facts:
    found = together(map(note_of, bodies), NOW)
    return Facts(
        topics=found.topics,
        medicines=found.medicines,
        labs=found.labs,
        barred_topics=found.barred_topics,
        barred_medicines=found.barred_medicines,
        barred_allergens=found.allergens,
        allergy_words=found.allergy_words,
        barred_eating=found.unclear_food,
    )


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        (AllergyBody(substance=named("鸡蛋过敏")), "recipe_bittermelon_egg"),
        (AllergyBody(substance=named("Allergy to eggs")), "recipe_cabbage_tofu"),
        (AllergyBody(substance=named("Shellfish (substance)")), "recipe_wintermelon_soup"),
        (AllergyBody(substance=coded(SNOMED, "1", "Cow's milk")), "recipe_oat_milk"),
        (AllergyBody(substance=named("海鲜")), "recipe_steamed_bass"),
        (AllergyBody(substance=named("荞麦")), "recipe_buckwheat_chicken"),
        (AllergyBody(substance=named("蘑菇")), "recipe_tofu_greens"),
        (AllergyBody(substance=named("鱼")), "tcm_balanced"),
        (
            AllergyBody(substance=named("食物过敏"), categories=(AllergyCategory.FOOD,)),
            "recipe_multigrain_rice",
        ),
        (ConditionBody(name=coded(ICD10, "N18.3")), "recipe_tofu_greens"),
        (
            ConditionBody(name=named("慢性肾病"), clinical_status=ClinicalStatus.REMISSION),
            "recipe_tofu_greens",
        ),
        (
            ConditionBody(name=named("骨折"), verification=Verification.UNCONFIRMED),
            "exercise_walk",
        ),
        (ConditionBody(name=coded(SNOMED, "77386006")), "recipe_bittermelon_egg"),
        (MedicationBody(name=coded(ATC, "B01AA03")), "recipe_chicken_broccoli"),
        (MedicationBody(name=named("华法林钠片")), "recipe_chicken_broccoli"),
        (AllergyBody(substance=named("华法林")), "tcm_blood_stasis"),
    ],
)  # fmt: skip
def test_what_the_archive_says_stands_against_a_piece(body: Body, slug: str) -> None:
    assert stands_against(_piece(slug), facts_of(body))
    assert not stands_against(_piece(slug), facts_of())


@pytest.mark.parametrize(
    "body",
    [
        ConditionBody(name=named("慢性肾病"), verification=Verification.REFUTED),
        ConditionBody(name=named("慢性肾病"), clinical_status=ClinicalStatus.RESOLVED),
        AllergyBody(substance=named("豆腐"), clinical_status=AllergyStatus.RESOLVED),
        AllergyBody(substance=named("青霉素")),
        MedicationBody(name=named("华法林"), status=MedicationStatus.STOPPED),
    ],
)
def test_what_does_not_hold_does_not_stand_against_one(body: Body) -> None:
    assert not stands_against(_piece("recipe_tofu_greens"), facts_of(body))
    assert not stands_against(_piece("recipe_chicken_broccoli"), facts_of(body))


def test_what_a_viewer_is_not_shown_stands_against_all_that_it_could() -> None:
    unseen = barred_unseen(frozenset({Category.CONDITIONS}), 40, "female")
    assert unseen.topics == {"pregnancy"}
    assert unseen.medicines == set(medicines())
    granted = frozenset({Category.CONDITIONS, Category.MEDICATIONS})
    assert barred_unseen(granted, 40, "male").topics == frozenset()
    assert barred_unseen(granted, 70, None).topics == frozenset()
    assert barred_unseen(granted, None, None).topics == {"pregnancy"}
    assert barred_unseen(granted, None, None).medicines == frozenset()
