"""Far from one's own last value: asked before it is taken, marked where nobody can be asked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from bson import ObjectId

from backend.access.categories import Action, Category
from backend.access.log.documents import AccessEntry
from backend.core.clock import FixedClock
from backend.core.idempotency import IdempotentAnswer
from backend.core.outbox import OutboxEntry
from backend.identity.viewer import Viewer
from backend.measurements.alert import Alert
from backend.measurements.batch import ItemOutcome, Outcome
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Draft, Kind, Quantity, Source
from backend.measurements.errors import NeedsConfirmation
from backend.measurements.judge import Rule
from backend.measurements.own_values import DOUBTED
from backend.measurements.readings import ReadingFilter
from backend.measurements.thresholds import Level
from backend.services import Services
from backend.subscribers import build_dispatcher
from tests.factories import a_caregiver, a_key, a_resident, at, bp
from tests.measurements.metering import a_body, a_bound

ASKED = "比 11月14日的 74 公斤多 61 公斤，是这个数吗？"


def weight(
    kg: float, day: str = "2026-11-20", *, time: str = "07:00", id: str | None = None
) -> Draft:
    return Draft(
        kind=Kind.WEIGHT,
        at=at(day, time),
        values={"weight": Quantity(kg, "kg")},
        source=Source(system="scale" if id else "manual", id=id),
    )


async def record(
    services: Services, viewer: Viewer, resident_id: ObjectId, draft: Draft, **how: object
) -> ItemOutcome:
    key = str(how.pop("key", None) or a_key())
    confirmed = bool(how.pop("confirmed", False))
    return await services.recording.record(
        viewer, resident_id, draft, idempotency_key=key, confirmed=confirmed
    )


async def weights(services: Services, viewer: Viewer, resident_id: ObjectId) -> list[float]:
    wanted = ReadingFilter(kinds=frozenset({Kind.WEIGHT}))
    page = await services.readings.page(viewer, resident_id, wanted, first=50)
    return [each.values["weight"] for each in page.items]


async def doubted(resident_id: ObjectId) -> list[float]:
    found = ReadingDocument.get_pymongo_collection().find(
        {"resident_id": resident_id, f"attributes.{DOUBTED}": "true"}
    )
    return [raw["values"]["weight"] async for raw in found.sort("at")]


async def somebody_of_74(services: Services) -> tuple[Viewer, ObjectId]:
    viewer, resident_id = await a_resident(services)
    await record(services, viewer, resident_id, weight(74, "2026-11-14"))
    return viewer, resident_id


async def test_135_a_week_after_74_is_asked_about_and_nothing_is_stored(services: Services) -> None:
    viewer, resident_id = await somebody_of_74(services)
    events = await OutboxEntry.count()

    with pytest.raises(NeedsConfirmation) as question:
        await record(services, viewer, resident_id, weight(135))

    assert question.value.message("zh") == ASKED
    assert await weights(services, viewer, resident_id) == [74]
    assert await OutboxEntry.count() == events

    said = await record(services, viewer, resident_id, weight(135), confirmed=True)

    assert said.outcome is Outcome.RECORDED
    assert await weights(services, viewer, resident_id) == [135, 74]
    assert await doubted(resident_id) == []


async def test_what_was_confirmed_is_what_the_next_is_compared_with(services: Services) -> None:
    viewer, resident_id = await somebody_of_74(services)
    await record(services, viewer, resident_id, weight(135), confirmed=True)

    with pytest.raises(NeedsConfirmation) as question:
        await record(services, viewer, resident_id, weight(74.5, "2026-11-21"))

    assert question.value.message("zh") == "比 11月20日的 135 公斤少 60.5 公斤，是这个数吗？"


async def test_a_slip_that_was_taken_back_asks_nothing(services: Services) -> None:
    viewer, resident_id = await somebody_of_74(services)
    slip = await record(services, viewer, resident_id, weight(135), confirmed=True)
    assert slip.reading_id is not None
    await services.correcting.withdraw(viewer, resident_id, slip.reading_id, version=1)

    await record(services, viewer, resident_id, weight(74.5, "2026-11-21"))

    assert await weights(services, viewer, resident_id) == [74.5, 74]


async def test_another_persons_history_asks_nothing(services: Services) -> None:
    await somebody_of_74(services)
    viewer, resident_id = await a_resident(services)
    await record(services, viewer, resident_id, weight(135))
    assert await weights(services, viewer, resident_id) == [135]


async def test_a_batch_asks_about_each_on_its_own_and_takes_the_rest(services: Services) -> None:
    viewer, resident_id = await somebody_of_74(services)
    items = [
        weight(74.4, "2026-11-18", id="a"),
        weight(135, "2026-11-19", id="b"),
        bp(),
        weight(75, "2026-11-20", id="c"),
    ]
    outcomes = await services.recording.record_batch(
        viewer, resident_id, items, idempotency_key=a_key()
    )
    assert [each.outcome for each in outcomes] == [
        Outcome.RECORDED,
        Outcome.REFUSED,
        Outcome.RECORDED,
        Outcome.RECORDED,
    ]
    assert isinstance(outcomes[1].error, NeedsConfirmation)
    # Compared with the one of the batch, which lies nearer than the stored one.
    assert outcomes[1].error.message("zh") == "比 11月18日的 74.4 公斤多 60.6 公斤，是这个数吗？"
    assert await weights(services, viewer, resident_id) == [75, 74.4, 74]


async def test_a_first_batch_is_compared_within_itself(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    items = [weight(74, "2026-11-18", id="a"), weight(147, "2026-11-19", id="b")]
    outcomes = await services.recording.record_batch(
        viewer, resident_id, items, idempotency_key=a_key()
    )
    assert isinstance(outcomes[1].error, NeedsConfirmation)
    assert outcomes[1].error.data["suggested_unit"] == "jin"
    assert await weights(services, viewer, resident_id) == [74]


async def test_what_is_known_or_a_twin_is_not_asked_about(services: Services) -> None:
    viewer, resident_id = await somebody_of_74(services)
    heavy = weight(135, id="a")
    await record(services, viewer, resident_id, heavy, confirmed=True)
    await record(
        services, viewer, resident_id, weight(74, "2026-11-20", time="08:00"), confirmed=True
    )
    again = [heavy, replace(heavy, source=Source(system="phone", id="p"))]
    outcomes = await services.recording.record_batch(
        viewer, resident_id, again, idempotency_key=a_key()
    )
    assert [each.outcome for each in outcomes] == [Outcome.UNCHANGED, Outcome.DUPLICATE]


async def test_the_same_key_asks_again_and_keeps_no_value(services: Services) -> None:
    viewer, resident_id = await somebody_of_74(services)
    key = a_key()
    for _ in range(2):
        with pytest.raises(NeedsConfirmation) as question:
            await record(services, viewer, resident_id, weight(135), key=key)
        assert question.value.message("zh") == ASKED
    kept = await IdempotentAnswer.get_pymongo_collection().find_one({"key": key})
    assert kept is not None
    assert kept["answer"]["refused"] == [[0, "NEEDS_CONFIRMATION", {"rule": "own_values"}]]
    assert await weights(services, viewer, resident_id) == [74]


async def test_a_caregivers_question_is_a_look_in_the_log(services: Services) -> None:
    _, resident_id = await somebody_of_74(services)
    daughter = await a_caregiver(services, resident_id)
    with pytest.raises(NeedsConfirmation):
        await record(services, daughter, resident_id, weight(135))
    looks = await AccessEntry.find({"account_id": daughter.account_id}).to_list()
    assert {(str(each.category), str(each.action)) for each in looks} == {
        ("readings", "record"),
        ("readings", "view"),
    }


async def test_who_may_not_see_is_told_nothing_and_the_reading_is_marked(
    services: Services,
) -> None:
    viewer, resident_id = await somebody_of_74(services)
    helper = await a_caregiver(
        services,
        resident_id,
        categories=frozenset({Category.READINGS}),
        actions=frozenset({Action.RECORD}),
    )
    said = await record(services, helper, resident_id, weight(135))
    assert said.outcome is Outcome.RECORDED
    assert await weights(services, viewer, resident_id) == [135, 74]
    assert await doubted(resident_id) == [135]


async def test_a_correction_is_asked_about_and_not_compared_with_itself(
    services: Services,
) -> None:
    viewer, resident_id = await somebody_of_74(services)
    said = await record(services, viewer, resident_id, weight(75))
    assert said.reading_id is not None
    wrong = weight(175)
    with pytest.raises(NeedsConfirmation) as question:
        await services.correcting.correct(viewer, resident_id, said.reading_id, wrong, version=1)
    assert question.value.message("zh") == "比 11月14日的 74 公斤多 101 公斤，是这个数吗？"
    assert await weights(services, viewer, resident_id) == [75, 74]
    await services.correcting.correct(
        viewer, resident_id, said.reading_id, wrong, version=1, confirmed=True
    )
    await services.correcting.correct(viewer, resident_id, said.reading_id, weight(74.5), version=2)
    assert await weights(services, viewer, resident_id) == [74.5, 74]


def sent(kg: float, day: int) -> bytes:
    return a_body(
        {
            "kind": "weight",
            "at": f"2026-11-{day:02}T10:00:00+08:00",
            "values": {"weight": {"value": kg, "unit": "kg"}},
        }
    )


async def test_another_person_on_a_bound_scale_is_taken_and_marked(
    services: Services, clock: FixedClock
) -> None:
    bound = await a_bound(services)
    start = clock.now()
    for day, kg in enumerate([74.0, 58.0, 74.3, 57.9], start=21):
        clock.set(start + timedelta(days=day - 21))
        [answer] = await bound.send(day, sent(kg, day))
        assert answer.outcome.outcome is Outcome.RECORDED
    assert await weights(services, bound.viewer, bound.resident_id) == [57.9, 74.3, 58, 74]
    assert await doubted(bound.resident_id) == [58, 57.9]


async def test_who_was_not_asked_is_told_and_taking_it_out_ends_the_telling(
    services: Services, clock: FixedClock
) -> None:
    bound = await a_bound(services)
    start, dispatcher = clock.now(), build_dispatcher(services)
    viewer, resident_id = bound.viewer, bound.resident_id

    async def own_alerts() -> list[Alert]:
        page = await services.alerts.page(viewer, resident_id, first=20)
        return [each for each in page.items if each.rule is Rule.UNLIKE_OWN and each.open]

    for day, kg in enumerate([74.0, 58.0, 74.3, 57.9], start=21):
        clock.set(start + timedelta(days=day - 21))
        await bound.send(day, sent(kg, day))
        await dispatcher.drain()

    [alert] = await own_alerts()  # one for both
    assert (alert.kind, alert.level, alert.times) == (Kind.WEIGHT, Level.NOTICE, 2)
    told = "体重 57.9 公斤，比 11月23日的 74.3 公斤少 16.4 公斤，是您本人的吗？"
    assert alert.reason.zh == told
    assert alert.what_to_do.zh == "是您本人的，不用管它。是家里别人量的，请把这一条拿掉。"
    assert alert.source.zh == "与您自己前后的记录相比"
    english = "Weight 57.9 kg, 16.4 kg less than the 74.3 kg of 23 November. Is it yours?"
    assert alert.reason.en == english

    wanted = ReadingFilter(kinds=frozenset({Kind.WEIGHT}))
    page = await services.readings.page(viewer, resident_id, wanted, first=10)
    hers = [each for each in page.items if DOUBTED in each.attributes]
    await services.correcting.withdraw(viewer, resident_id, hers[0].id, version=1)
    await dispatcher.drain()
    [alert] = await own_alerts()
    assert alert.times == 1
    assert "体重 58 公斤" in alert.reason.zh
    await services.correcting.withdraw(viewer, resident_id, hers[1].id, version=1)
    await dispatcher.drain()
    assert await own_alerts() == []


async def test_a_reading_that_a_person_confirmed_is_no_alert(services: Services) -> None:
    viewer, resident_id = await somebody_of_74(services)
    await record(services, viewer, resident_id, weight(135), confirmed=True)
    await build_dispatcher(services).drain()
    found = (await services.alerts.page(viewer, resident_id, first=20)).items
    assert [each for each in found if each.rule is Rule.UNLIKE_OWN] == []


async def test_a_change_that_stays_is_believed_from_the_fourth_time_on(
    services: Services, clock: FixedClock
) -> None:
    bound = await a_bound(services)
    start = clock.now()
    for day, kg in enumerate([74.0, 63.0, 63.2, 63.1, 63.3, 63.0], start=21):
        clock.set(start + timedelta(days=day - 21))
        await bound.send(day, sent(kg, day))
    assert await doubted(bound.resident_id) == [63, 63.2, 63.1]


async def test_an_imported_bundle_is_marked_and_gives_back_what_was_sent(
    services: Services,
) -> None:
    viewer, resident_id = await somebody_of_74(services)
    observation = {
        "resourceType": "Observation",
        "id": "w1",
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "vital-signs",
                    }
                ]
            }
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "2026-11-20T07:00:00+08:00",
        "valueQuantity": {
            "value": 135,
            "unit": "kg",
            "system": "http://unitsofmeasure.org",
            "code": "kg",
        },
    }
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": observation}]}
    await services.fhir_import.take(
        viewer, resident_id, json.dumps(bundle).encode(), sender="clinic"
    )
    assert await doubted(resident_id) == [135]
