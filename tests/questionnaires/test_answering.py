"""Filling in, over the store: partial saves, results in the archive, what may not wait."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta

import pytest
from bson import ObjectId
from fhir.resources.R4B.bundle import Bundle

from backend.access.categories import Action, Category
from backend.access.errors import AccessDenied
from backend.archive.sections import EntryStatus, ObservationBody, QuestionnaireBody, Section
from backend.care.documents import TicketReason, TicketUrgency
from backend.core.clock import FixedClock
from backend.core.history import ChangedMeanwhile
from backend.core.idempotency import IdempotencyKeyReused
from backend.identity.viewer import Viewer
from backend.main import build_dispatcher
from backend.questionnaires.book import Book, book
from backend.questionnaires.documents import ResponseDocument, ResponseState
from backend.questionnaires.errors import (
    AnswersMissing,
    QuestionnaireNotForPerson,
    QuestionnaireResponseNotFound,
    QuestionnaireSettled,
    QuestionnaireVersionMismatch,
)
from backend.questionnaires.model import Given
from backend.services import Services
from tests.factories import a_caregiver, a_key, a_profile, a_resident
from tests.questionnaires.filling import all_of, filled

PHQ9 = book().get("phq9")


async def count(services: Services, collection: str) -> int:
    return await services.core.store.db[collection].count_documents({})


async def entries(
    services: Services, viewer: Viewer, resident_id: ObjectId, section: Section
) -> list[object]:
    viewer.memo.clear()
    page = await services.entries.page(viewer, resident_id, section, first=20)
    return [each.body for each in page.items]


async def test_a_questionnaire_is_saved_in_parts_and_joins_the_archive_when_handed_in(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    answering = services.questionnaires.answering
    begun = await answering.start(viewer, resident_id, "gad7", idempotency_key=a_key())
    assert begun.missing == [f"q{n}" for n in range(1, 8)]
    saved = await answering.save(
        viewer, resident_id, begun.id, [("q1", 3), ("q2", 3)], form_version="1.0"
    )
    assert saved.answers == {"q1": 3, "q2": 3}
    assert saved.scores == []  # a part says nothing
    again = await answering.start(viewer, resident_id, "gad7", idempotency_key=a_key())
    assert (again.id, again.answers) == (begun.id, saved.answers)
    with pytest.raises(AnswersMissing) as refused:
        await answering.complete(
            viewer, resident_id, begun.id, [], form_version="1.0", idempotency_key=a_key()
        )
    assert refused.value.data["items"] == "q3, q4, q5, q6, q7"
    assert await count(services, "entries") == 0
    rest = [(f"q{n}", 1) for n in range(2, 8)]  # the second is answered anew
    clock.advance(timedelta(hours=1))
    done = await answering.complete(
        viewer, resident_id, begun.id, rest, form_version="1.0", idempotency_key=a_key()
    )
    assert done.document.state is ResponseState.COMPLETED
    assert [(each.value, each.band.key if each.band else "") for each in done.scores] == [
        (9.0, "mild")
    ]
    [answered] = await entries(services, viewer, resident_id, Section.QUESTIONNAIRE)
    [score] = await entries(services, viewer, resident_id, Section.OBSERVATION)
    assert isinstance(answered, QuestionnaireBody)
    assert isinstance(score, ObservationBody)
    assert answered.questionnaire == "http://loinc.org/q/69737-5|1.0"
    assert score.codes[0].code == "70274-6"
    assert answered.category is score.category is Category.MENTAL_HEALTH


async def test_the_export_validates_and_carries_answers_and_scores(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    await filled(services, viewer, resident_id, "phq9", all_of(PHQ9, 1, q9=0))
    elder = all_of(book().get("tcm_constitution_65"), 2)
    await filled(services, viewer, resident_id, "tcm_constitution_65", elder)
    diary: dict[str, Given] = {"hours": 6.5, "falling_asleep": 2, "waking": 1, "why": (1, 3)}
    diary["rested"] = 2
    await filled(services, viewer, resident_id, "sleep_diary", {**diary, "note": "起夜两次"})
    bundle = json.loads(await services.fhir_export.everything(viewer, resident_id))
    Bundle.model_validate(bundle)
    found = [each["resource"] for each in bundle["entry"]]
    answered = [each for each in found if each["resourceType"] == "QuestionnaireResponse"]
    assert [len(each["item"]) for each in answered] == [9, 33, 6]
    first = answered[0]["item"][0]
    assert first["linkId"] == "44250-9"
    assert first["answer"][0]["valueCoding"]["code"] == "LA6569-3"
    hours = answered[2]["item"][0]["answer"][0]["valueQuantity"]
    assert (hours["value"], hours["code"]) == (6.5, "h")
    assert len(answered[2]["item"][3]["answer"]) == 2
    scores = [each for each in found if each["resourceType"] == "Observation"]
    assert scores[0]["code"]["coding"][0] == {"system": "http://loinc.org", "code": "44261-6"}
    assert scores[0]["valueQuantity"]["value"] == 8
    assert len(scores[1]["component"]) == 9
    # Somebody else can take it all in again.
    other, other_id = await a_resident(services)
    await services.fhir_import.take(other, other_id, json.dumps(bundle).encode(), sender="file")
    again = await entries(services, other, other_id, Section.QUESTIONNAIRE)
    assert len(again) == 3


async def test_item_nine_opens_one_urgent_ticket_at_the_save_and_shows_lines_at_once(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id, categories=frozenset({Category.CHAT}))
    answering = services.questionnaires.answering
    begun = await answering.start(viewer, resident_id, "phq9", idempotency_key=a_key())
    assert await count(services, "care_tickets") == 0
    saved = await answering.save(viewer, resident_id, begun.id, [("q9", 1)], form_version="1.0")
    assert [line for alarm in saved.alarms for line in alarm.lines] == ["mental", "emergency"]
    done = await answering.complete(
        viewer,
        resident_id,
        begun.id,
        list(all_of(PHQ9, 2).items()),
        form_version="1.0",
        idempotency_key=a_key(),
    )
    assert done.alarms == saved.alarms
    page = await services.care.tickets.page(viewer, resident_id, first=20)
    [ticket] = page.items
    assert ticket.ticket.id == done.document.ticket_ids["q9"]
    assert ticket.ticket.urgency is TicketUrgency.URGENT
    assert ticket.ticket.reason is TicketReason.URGENT
    assert "PHQ-9" in (ticket.draft or "")
    # Who may read the talk but not mental health learns that a doctor was asked, not why.
    [shown] = (await services.care.tickets.page(daughter, resident_id, first=20)).items
    assert (shown.draft, shown.evidence) == (None, ())
    assert "PHQ" not in shown.question
    assert "抑郁" not in shown.question


async def test_lasting_chest_pain_is_an_emergency(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    answering = services.questionnaires.answering
    begun = await answering.start(viewer, resident_id, "symptom_diary", idempotency_key=a_key())
    saved = await answering.save(
        viewer, resident_id, begun.id, [("chest", 3), ("chest_lasting", 1)], form_version="1.0"
    )
    assert [alarm.lines for alarm in saved.alarms] == [("emergency",)]
    [ticket] = (await services.care.tickets.page(viewer, resident_id, first=5)).items
    assert ticket.ticket.urgency is TicketUrgency.EMERGENCY


async def test_answered_twice_is_refused_and_the_same_request_twice_is_not(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    answering = services.questionnaires.answering
    begun = await answering.start(viewer, resident_id, "phq9", idempotency_key=a_key())
    key, answers = a_key(), list(all_of(PHQ9, 0).items())

    async def hand_in(given: list[tuple[str, Given]], key: str) -> ObjectId:
        done = await answering.complete(
            viewer, resident_id, begun.id, given, form_version="1.0", idempotency_key=key
        )
        return done.id

    assert await hand_in(answers, key) == await hand_in(answers, key) == begun.id
    with pytest.raises(IdempotencyKeyReused):
        await hand_in([("q1", 3)], key)
    with pytest.raises(QuestionnaireSettled):
        await hand_in(answers, a_key())
    with pytest.raises(QuestionnaireSettled):
        await answering.save(viewer, resident_id, begun.id, [("q1", 3)], form_version="1.0")
    assert await count(services, "entries") == 2
    other = await answering.start(viewer, resident_id, "phq9", idempotency_key=a_key())
    assert other.id != begun.id
    both = await asyncio.gather(
        *(
            answering.complete(
                viewer, resident_id, other.id, answers, form_version="1.0", idempotency_key=a_key()
            )
            for _ in range(2)
        ),
        return_exceptions=True,
    )
    refused = [each for each in both if isinstance(each, Exception)]
    assert [type(each) for each in refused] in ([ChangedMeanwhile], [QuestionnaireSettled])
    assert await count(services, "entries") == 4


async def test_begun_twice_at_once_there_is_one(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    start = services.questionnaires.answering.start
    begun = await asyncio.gather(
        *(start(viewer, resident_id, "phq9", idempotency_key=a_key()) for _ in range(6))
    )
    assert len({each.id for each in begun}) == 1
    assert await count(services, "questionnaire_responses") == 1


async def test_answers_for_another_version_are_refused_and_a_new_version_starts_anew(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    answering = services.questionnaires.answering
    begun = await answering.start(viewer, resident_id, "phq9", idempotency_key=a_key())
    with pytest.raises(QuestionnaireVersionMismatch) as refused:
        await answering.save(viewer, resident_id, begun.id, [("q1", 1)], form_version="0.9")
    assert refused.value.data == {"version": "1.0"}
    newer = PHQ9.model_copy(update={"version": "2.0"})
    answering._book = Book([*book().current, newer])
    fresh = await answering.start(viewer, resident_id, "phq9", idempotency_key=a_key())
    assert (fresh.form.version, fresh.id == begun.id) == ("2.0", False)
    old = await ResponseDocument.get(begun.id)
    assert old is not None
    assert old.state is ResponseState.STOPPED


async def test_what_is_marked_as_wrong_counts_no_more_and_its_points_go_back(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    done = await filled(services, viewer, resident_id, "phq9", all_of(PHQ9, 1, q9=0))
    dispatcher = build_dispatcher(services)
    await dispatcher.drain()
    balance = services.points.statement.balance
    assert (await balance(viewer, resident_id)).points == 3
    looking = services.questionnaires.looking
    assert len(await looking.trend(viewer, resident_id, "phq9", "total")) == 1
    gone = await services.questionnaires.following.withdraw(viewer, resident_id, done.id)
    await dispatcher.drain()
    assert gone.document.state is ResponseState.WITHDRAWN
    assert await looking.trend(viewer, resident_id, "phq9", "total") == []
    assert await entries(services, viewer, resident_id, Section.OBSERVATION) == []
    assert (await balance(viewer, resident_id)).points == 0
    with pytest.raises(QuestionnaireSettled):
        await services.questionnaires.following.withdraw(viewer, resident_id, done.id)
    # Brought back in the archive itself, it counts again, once.
    assert done.document.entry_id is not None
    entry = await services.entries.get(viewer, resident_id, done.document.entry_id)
    assert entry.status is EntryStatus.ENTERED_IN_ERROR
    await services.entries.restore(
        viewer, resident_id, entry.id, to_version=1, version=entry.version
    )
    await dispatcher.drain()
    assert len(await looking.trend(viewer, resident_id, "phq9", "total")) == 1
    assert len(await entries(services, viewer, resident_id, Section.OBSERVATION)) == 1
    assert (await balance(viewer, resident_id)).points == 3


async def test_history_and_trend_show_how_a_score_went_and_when_it_is_due(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    for points in (2, 1, 0):
        await filled(services, viewer, resident_id, "phq9", all_of(PHQ9, points, q9=0))
        viewer.memo.clear()
        clock.advance(timedelta(days=14))
    looking = services.questionnaires.looking
    trend = await looking.trend(viewer, resident_id, "phq9", "total")
    assert [each.scored.value for each in trend] == [16, 8, 0]
    page = await looking.page(viewer, resident_id, form="phq9", first=2)
    assert page.has_next
    older = await looking.page(
        viewer, resident_id, form="phq9", first=2, after=page.cursor(page.items[-1])
    )
    assert [each.id for each in (*page.items, *older.items)] == [
        each.response_id for each in reversed(trend)
    ]
    offers = {each.form.key: each for each in await looking.offers(viewer, resident_id)}
    # The last was on 19 December, and it is asked for every fourteen days.
    assert offers["phq9"].due_on == date(2027, 1, 2)
    assert offers["gad7"].due_on is None
    assert "tcm_constitution_65" in offers
    assert "tcm_constitution" not in offers  # he is 74


async def test_who_is_not_granted_mental_health_sees_neither_form_nor_answers(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    done = await filled(services, viewer, resident_id, "phq9", all_of(PHQ9, 1, q9=0))
    diary = await filled(
        services,
        viewer,
        resident_id,
        "sleep_diary",
        {"hours": 7.0, "falling_asleep": 3, "waking": 3, "rested": 3},
    )
    most = frozenset(Category) - {Category.MENTAL_HEALTH}
    daughter = await a_caregiver(services, resident_id, categories=most)
    questionnaires = services.questionnaires
    offers = await questionnaires.looking.offers(daughter, resident_id)
    assert {"phq9", "gad7"}.isdisjoint({each.form.key for each in offers})
    page = await questionnaires.looking.page(daughter, resident_id, first=20)
    assert [each.id for each in page.items] == [diary.id]
    with pytest.raises(QuestionnaireResponseNotFound):
        await questionnaires.looking.get(daughter, resident_id, done.id)
    with pytest.raises(AccessDenied):
        await questionnaires.looking.trend(daughter, resident_id, "phq9", "total")
    with pytest.raises(AccessDenied):
        await questionnaires.looking.form(daughter, resident_id, "phq9")
    with pytest.raises(AccessDenied):
        await questionnaires.answering.start(daughter, resident_id, "phq9", idempotency_key=a_key())
    assert await count(services, "questionnaire_responses") == 2
    exported = await questionnaires.looking.exported(daughter, resident_id)
    assert [each["title"] for each in exported] == ["睡眠小日记"]
    only_view = await a_caregiver(services, resident_id, actions=frozenset({Action.VIEW}))
    with pytest.raises(AccessDenied):
        await questionnaires.answering.start(
            only_view, resident_id, "habits", idempotency_key=a_key()
        )


async def test_a_form_for_elders_is_not_begun_for_the_young(services: Services) -> None:
    viewer, resident_id = await a_resident(services, profile=a_profile(born="2008-05-01"))
    with pytest.raises(QuestionnaireNotForPerson):
        await services.questionnaires.answering.start(
            viewer, resident_id, "fall_risk_65", idempotency_key=a_key()
        )
    assert await count(services, "questionnaire_responses") == 0


async def test_nothing_that_was_answered_lies_open_in_the_store(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    diary: dict[str, Given] = {"hours": 7.0, "falling_asleep": 3, "waking": 3, "rested": 3}
    await filled(services, viewer, resident_id, "sleep_diary", {**diary, "note": "金丝雀梦话"})
    raw = await services.core.store.db["questionnaire_responses"].find_one({})
    assert raw is not None
    assert "金丝雀" not in str(raw)
    assert not {"answers", "scores"} & raw.keys()
