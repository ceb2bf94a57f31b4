"""The household as a plan: alike for alike anchors and seeds, and believable."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from statistics import mean

import pytest

from backend.access.categories import Category
from backend.archive.sections import ImmunizationBody, PregnancyBody, Section, check_dates
from backend.core.clock import SHANGHAI
from backend.demo.household import SEED, first_day, household
from backend.demo.people import Household, PlannedDraft, PlannedResident
from backend.demo.tables import table
from backend.measurements.draft import Kind, Meal
from backend.measurements.normalise import normalise

ANCHOR = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.fixture(scope="module")
def home() -> Household:
    return household(ANCHOR)


def the(home: Household, key: str) -> PlannedResident:
    return next(each for each in home.residents if each.key == key)


def readings(home: Household, key: str, now: datetime = NOW) -> list[PlannedDraft]:
    return the(home, key).readings(home.anchor, home.seed, since=None, now=now)


def systolics(home: Household, first: int, last: int) -> list[float]:
    return [
        each.draft.values["systolic"].value
        for each in readings(home, "father")
        if each.draft.kind is Kind.BLOOD_PRESSURE and first <= (each.day - ANCHOR).days <= last
    ]


def test_the_same_seed_and_day_make_the_same_household(home: Household) -> None:
    again = household(ANCHOR)
    assert again == home
    for key in ("father", "mother", "daughter", "child", "panel-07"):
        assert readings(again, key) == readings(home, key)


def test_another_seed_makes_other_values(home: Household) -> None:
    other = household(ANCHOR, seed=SEED + 1)
    assert readings(other, "father") != readings(home, "father")
    assert the(other, "panel-01") != the(home, "panel-01")


def test_a_day_is_the_same_whenever_and_from_wherever_it_is_asked_for(home: Household) -> None:
    later = NOW + timedelta(days=40)
    whole = the(home, "father").readings(ANCHOR, SEED, since=None, now=later)
    since = ANCHOR - timedelta(days=3)
    part = the(home, "father").readings(ANCHOR, SEED, since=since, now=later)
    assert part == [each for each in whole if each.day >= since]
    assert readings(home, "father") == [each for each in whole if each.done_at <= NOW]


def test_twelve_months_end_now(home: Household) -> None:
    times = [each.done_at for each in readings(home, "father")]
    assert min(times).date() <= first_day(ANCHOR) + timedelta(days=1)
    assert NOW - timedelta(hours=12) < max(times) <= NOW
    assert len(times) > 1_500


def test_every_reading_is_one_that_a_phone_could_send(home: Household) -> None:
    for resident in home.residents:
        born = date.fromisoformat(resident.profile["birth_date"])
        planned = resident.readings(ANCHOR, SEED, since=None, now=NOW)
        for each in planned:
            normalise(each.draft, now=NOW, birth_date=born)  # refuses what is not plausible
        ids = [each.draft.source.id for each in planned]
        assert len(set(ids)) == len(ids), resident.key


def test_the_added_medicine_lowers_the_blood_pressure(home: Household) -> None:
    before, after = systolics(home, -360, -245), systolics(home, -200, -60)
    assert mean(before) > 140
    assert mean(after) < mean(before) - 10


def test_there_are_peaks_of_160_and_more_but_they_are_rare(home: Household) -> None:
    values = systolics(home, -365, 0)
    peaks = [value for value in values if value >= 160]
    assert 3 <= len(peaks) < len(values) * 0.05
    assert max(values) < 200


def test_mornings_are_higher_than_evenings_and_fasting_lower_than_after_meals(
    home: Household,
) -> None:
    planned = [each.draft for each in readings(home, "father")]
    pressure = [each for each in planned if each.kind is Kind.BLOOD_PRESSURE]
    morning = [each.values["systolic"].value for each in pressure if each.at.hour < 12]
    evening = [each.values["systolic"].value for each in pressure if each.at.hour >= 12]
    assert mean(morning) > mean(evening) + 3
    fasting, after_meal = (
        [each.values["glucose"].value for each in planned if each.meal is meal]
        for meal in (Meal.FASTING, Meal.AFTER_MEAL)
    )
    assert mean(fasting) < mean(after_meal) - 1


def test_nothing_is_measured_by_hand_on_a_journey_while_the_band_goes_on(home: Household) -> None:
    first, last = table("rhythms")["father"]["gaps"][0]
    away = [each for each in readings(home, "father") if first <= (each.day - ANCHOR).days <= last]
    assert {each.draft.kind for each in away} == {Kind.STEPS, Kind.SLEEP, Kind.HEART_RATE}


def test_the_stages_of_a_night_add_up_and_fit_into_it(home: Household) -> None:
    nights = [each.draft for each in readings(home, "father") if each.draft.kind is Kind.SLEEP]
    assert len(nights) > 300
    for night in nights:
        minutes = {name: each.value for name, each in night.values.items()}
        assert minutes["duration"] == minutes["deep"] + minutes["light"] + minutes["rem"]
        assert night.end is not None
        in_bed = (night.end - night.at).total_seconds() / 60
        assert in_bed == minutes["duration"] + minutes["awake"]


def test_the_child_has_every_dose_that_was_due_and_none_that_is_to_come(home: Household) -> None:
    born = date.fromisoformat(the(home, "child").profile["birth_date"])
    given = [
        each.body for each in the(home, "child").entries if isinstance(each.body, ImmunizationBody)
    ]
    months = [month for vaccine in table("children")["vaccine"] for month in vaccine["months"]]
    assert len(given) == sum(month <= 60 for month in months)
    for body in given:
        assert body.given is not None
        assert born <= date.fromisoformat(body.given.day) <= ANCHOR


def test_the_pregnancy_lasts_forty_weeks_from_the_last_period(home: Household) -> None:
    body = next(
        each.body for each in the(home, "daughter").entries if isinstance(each.body, PregnancyBody)
    )
    assert body.lmp is not None
    assert body.due is not None
    assert body.due.start() - body.lmp.start() == timedelta(days=280)
    assert body.lmp.start() < NOW < body.due.start()


def test_entries_of_what_has_happened_lie_in_the_past(home: Household) -> None:
    for resident in home.residents:
        for each in resident.entries:
            check_dates(each.body, NOW)


def test_the_mothers_depression_is_in_a_category_that_the_daughter_is_not_granted(
    home: Household,
) -> None:
    mother = the(home, "mother")
    hidden = [each.body for each in mother.entries if each.body.category is Category.MENTAL_HEALTH]
    assert {each.section for each in hidden} == {
        Section.CONDITION,
        Section.QUESTIONNAIRE,
        Section.OBSERVATION,
    }
    daughter = next(each for each in mother.grants if each.login == "daughter")
    assert Category.MENTAL_HEALTH not in daughter.categories
    father = next(each for each in the(home, "father").grants if each.login == "daughter")
    assert Category.MENTAL_HEALTH in father.categories


def test_the_doctor_looks_after_forty_residents_with_names_of_their_own(home: Household) -> None:
    looked_after = [
        each for each in home.residents if any(grant.login == "doctor" for grant in each.grants)
    ]
    assert len(looked_after) == 40
    names = [each.profile["names"][0]["text"] for each in looked_after]
    assert len(set(names)) == 40
    logins = {each.name for each in home.logins}
    assert {each.login for each in home.residents} <= logins


def test_phones_are_of_the_range_for_the_demo(home: Household) -> None:
    for resident in home.residents:
        for contact in resident.profile["contacts"]:
            assert contact["value"].startswith("19900000")


@pytest.mark.parametrize("anchor", [date(2027, 2, 28), date(2028, 2, 29), date(2027, 12, 31)])
def test_any_day_can_be_the_first(anchor: date) -> None:
    now = datetime(anchor.year, anchor.month, anchor.day, 23, 0, tzinfo=SHANGHAI)
    home = household(anchor, panel_size=2)
    for resident in home.residents:
        born = date.fromisoformat(resident.profile["birth_date"])
        for each in resident.readings(anchor, SEED, since=None, now=now):
            normalise(each.draft, now=now, birth_date=born)
        for entry in resident.entries:
            check_dates(entry.body, now)
