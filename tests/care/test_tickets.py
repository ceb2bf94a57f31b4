"""Questions to the family doctor: who is asked when, claims, answers."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from bson import ObjectId

from backend.access.categories import Category
from backend.access.contract.documents import CareTeam, Doctor
from backend.access.errors import AccessDenied
from backend.access.relations import RelationKind
from backend.archive.sections import Section
from backend.care.answering import FollowUp, Reply
from backend.care.documents import (
    Stage,
    Ticket,
    TicketReason,
    TicketState,
    TicketUrgency,
)
from backend.care.errors import (
    FollowUpUnfit,
    TicketNotFound,
    TicketNotYours,
    TicketSettled,
    TicketTaken,
    TicketTextUnfit,
    TicketWaitsForNoReply,
)
from backend.care.limits import limits, time_limit
from backend.care.opening import Question
from backend.care.ticket import Seen
from backend.care.turns import Turn
from backend.care.words import Evidence
from backend.core.clock import FixedClock
from backend.core.paging import CursorInvalid
from backend.identity.viewer import Role, Viewer
from backend.measurements.draft import Kind
from backend.measurements.thresholds import Override
from backend.services import Services
from tests.factories import a_caregiver, a_key, a_resident, a_viewer

CONTRACT = frozenset({Category.PROFILE, Category.READINGS, Category.CONDITIONS, Category.REPORTS})


async def asked(
    services: Services,
    viewer: Viewer,
    resident_id: ObjectId,
    *,
    urgency: TicketUrgency = TicketUrgency.ROUTINE,
    categories: frozenset[Category] = frozenset({Category.READINGS}),
    text: str = "最近血压高，要不要紧？",
) -> Seen:
    viewer.memo.clear()
    question = Question(
        resident_id=resident_id,
        relation=await services.care.tickets.relation(viewer, resident_id),
        asked_by=viewer.account_id,
        text=text,
        reason=TicketReason.ASKED,
        urgency=urgency,
        categories=categories,
        draft="血压最近一次是 150/88。",
        evidence=(Evidence(resource="Observation/1", excerpt="血压 150/88 mmHg"),),
    )
    return await services.care.tickets.ask(viewer, question, idempotency_key=a_key())


async def a_contract(
    services: Services, resident_id: ObjectId, team: list[ObjectId] | None = None
) -> Viewer:
    doctor = a_viewer(Role.FAMILY_DOCTOR)
    team_id = None
    if team is not None:
        team_id = ObjectId()
        members = [doctor.account_id, *team]
        await CareTeam(
            id=team_id, institution_id=ObjectId(), name=str(team_id), members=members,
            made_by=ObjectId(), made_at=services.core.clock.now(),
        ).insert()  # fmt: skip
    await services.access.grant(
        resident_id=resident_id,
        account_id=team_id or doctor.account_id,
        kind=RelationKind.DOCTOR,
        categories=CONTRACT,
        team_id=team_id,
    )
    return doctor


async def on_duty(services: Services) -> Viewer:
    doctor = a_viewer(Role.FAMILY_DOCTOR)
    await Doctor(
        id=doctor.account_id, institution_id=ObjectId(), title="值班医生", emergency_duty=True,
        entered_by=ObjectId(), entered_at=services.core.clock.now(),
    ).insert()  # fmt: skip
    return doctor


async def waiting(services: Services, doctor: Viewer) -> list[Seen]:
    doctor.memo.clear()
    return await services.care.desk.worklist(doctor, first=20)


async def told_of(services: Services) -> list[dict[str, Any]]:
    return await services.core.store.db["outbox"].find({"name": "ticket_reminded"}).to_list()


async def events(services: Services, name: str) -> list[dict[str, object]]:
    rows = services.core.store.db["outbox"].find({"name": name})
    return [each["body"] async for each in rows]


async def test_a_question_waits_for_the_contracted_doctor_and_nobody_else(
    services: Services,
) -> None:
    resident, resident_id = await a_resident(services)
    doctor, duty = await a_contract(services, resident_id), await on_duty(services)
    seen = await asked(services, resident, resident_id)
    assert seen.ticket.stage is Stage.DOCTOR
    [shown] = await waiting(services, doctor)
    assert (shown.question, shown.draft) == ("最近血压高，要不要紧？", "血压最近一次是 150/88。")
    assert await waiting(services, duty) == []
    assert await waiting(services, a_viewer(Role.FAMILY_DOCTOR)) == []
    with pytest.raises(AccessDenied):
        await services.care.desk.claim(duty, resident_id, seen.id)
    [event] = await events(services, "ticket_opened")
    assert (event["stage"], event["reason"]) == ("doctor", "asked")


async def test_an_emergency_comes_before_what_is_late_since_yesterday(
    services: Services, clock: FixedClock
) -> None:
    doctor = a_viewer(Role.FAMILY_DOCTOR)
    order = []
    for urgency in (TicketUrgency.ROUTINE, TicketUrgency.URGENT, TicketUrgency.EMERGENCY):
        resident, resident_id = await a_resident(services)
        await services.access.grant(
            resident_id=resident_id,
            account_id=doctor.account_id,
            kind=RelationKind.DOCTOR,
            categories=CONTRACT,
        )
        order.append((await asked(services, resident, resident_id, urgency=urgency)).id)
        clock.advance(timedelta(days=4))
    late, today, emergency = order
    shown = await waiting(services, doctor)
    assert [each.id for each in shown[:1]] == [emergency]
    assert {each.id for each in shown[1:]} == {late, today}
    dues = [each.ticket.due_at for each in shown[1:]]
    assert dues == sorted(dues)
    assert dues[0] < shown[0].ticket.due_at
    # Page by page the same, though one is answered meanwhile.
    first = await services.care.desk.worklist_page(doctor, first=1)
    assert ([each.id for each in first.items], first.has_next) == ([emergency], True)
    place = first.cursor(first.items[0])
    assert Turn.decode(place.encode()) == place
    rest = await services.care.desk.worklist_page(doctor, first=5, after=place)
    assert [each.id for each in rest.items] == [each.id for each in shown[1:]]
    assert not rest.has_next
    second = await services.care.desk.worklist_page(doctor, first=1, after=place)
    await Ticket.find({"_id": emergency}).delete()
    last = await services.care.desk.worklist_page(
        doctor, first=1, after=second.cursor(second.items[0])
    )
    assert ([each.id for each in last.items], last.has_next) == ([shown[2].id], False)
    for wrong in ("", "x", "e", place.encode()[1:]):
        with pytest.raises(CursorInvalid):
            Turn.decode(wrong)


async def test_draft_and_evidence_need_the_categories_they_were_made_of(
    services: Services,
) -> None:
    resident, resident_id = await a_resident(services)
    doctor = await a_contract(services, resident_id)
    await asked(
        services, resident, resident_id,
        categories=frozenset({Category.READINGS, Category.MENTAL_HEALTH}),
    )  # fmt: skip
    [shown] = await waiting(services, doctor)
    assert shown.question == "最近血压高，要不要紧？"
    assert (shown.draft, shown.evidence, shown.whole) == (None, (), False)


async def test_of_twenty_doctors_one_gets_the_ticket(services: Services) -> None:
    resident, resident_id = await a_resident(services)
    doctors = [a_viewer(Role.FAMILY_DOCTOR) for _ in range(20)]
    await a_contract(services, resident_id, team=[each.account_id for each in doctors])
    seen = await asked(services, resident, resident_id)
    claims = [services.care.desk.claim(each, resident_id, seen.id) for each in doctors]
    found = await asyncio.gather(*claims, return_exceptions=True)
    assert [type(each) for each in found].count(Seen) == 1
    assert [type(each) for each in found].count(TicketTaken) == 19


async def test_a_claim_lapses_and_another_doctor_takes_over(
    services: Services, clock: FixedClock
) -> None:
    resident, resident_id = await a_resident(services)
    first, second = [await a_contract(services, resident_id) for _ in range(2)]
    seen = await asked(services, resident, resident_id)
    await services.care.desk.claim(first, resident_id, seen.id)
    with pytest.raises(TicketTaken):
        await services.care.desk.claim(second, resident_id, seen.id)
    clock.advance(limits().claim)
    await services.care.desk.claim(second, resident_id, seen.id)
    with pytest.raises(TicketNotYours):
        await answered(services, first, seen, "请放心")
    assert (await answered(services, second, seen, "请放心")).ticket.state is TicketState.ANSWERED
    again = await services.care.tickets.get(resident, resident_id, seen.id)
    assert [each.text for each in again.thread] == ["请放心"]


async def answered(
    services: Services,
    doctor: Viewer,
    seen: Seen,
    text: str,
    key: str | None = None,
    **more: object,
) -> Seen:
    return await services.care.answering.answer(
        doctor,
        seen.ticket.resident_id,
        seen.id,
        Reply(text=text, **more),  # type: ignore[arg-type]
        idempotency_key=key or a_key(),
    )


async def test_a_released_ticket_is_free_at_once(services: Services) -> None:
    resident, resident_id = await a_resident(services)
    first, second = [await a_contract(services, resident_id) for _ in range(2)]
    seen = await asked(services, resident, resident_id)
    await services.care.desk.claim(first, resident_id, seen.id)
    with pytest.raises(TicketNotYours):
        await services.care.desk.release(second, resident_id, seen.id)
    await services.care.desk.release(first, resident_id, seen.id)
    claimed = await services.care.desk.claim(second, resident_id, seen.id)
    assert claimed.ticket.claimed_by == second.account_id


async def test_an_answer_is_an_entry_with_its_orders_once(services: Services) -> None:
    resident, resident_id = await a_resident(services)
    doctor = await a_contract(services, resident_id)
    seen = await asked(services, resident, resident_id)
    await services.care.desk.claim(doctor, resident_id, seen.id)
    order = FollowUp(what="复查血脂", on=date(2026, 12, 20))
    first = await answered(services, doctor, seen, "注意休息。", "k1", follow_up=order)
    again = await answered(services, doctor, seen, "注意休息。", "k1", follow_up=order)
    assert (again.ticket.entry_id, again.thread) == (first.ticket.entry_id, first.thread)
    documents = await services.entries.page(resident, resident_id, Section.DOCUMENT, first=10)
    [entry] = documents.items
    assert entry.id == first.ticket.entry_id
    assert entry.body.description == "注意休息。"  # type: ignore[attr-defined]
    plans = await services.entries.page(resident, resident_id, Section.CARE_PLAN, first=10)
    [plan] = plans.items
    assert plan.body.heading == "随访：复查血脂"  # type: ignore[attr-defined]
    [event] = await events(services, "ticket_answered")
    assert event["entry_id"] == entry.id
    with pytest.raises(TicketSettled):
        await services.care.desk.claim(doctor, resident_id, seen.id)
    with pytest.raises(TicketSettled):
        await answered(services, doctor, seen, "再说一次。")


async def test_of_two_answers_at_once_one_stands_and_so_does_one_limit(
    services: Services,
) -> None:
    resident, resident_id = await a_resident(services)
    doctor = await a_contract(services, resident_id)
    seen = await asked(services, resident, resident_id)
    await services.care.desk.claim(doctor, resident_id, seen.id)
    ranges = [
        Override(
            kind=Kind.BLOOD_PRESSURE,
            component="systolic",
            valid_from=date(2026, 11, 21),
            set_by="张医生",
            high=high,
        )
        for high in (130, 145)
    ]
    answers = [answered(services, doctor, seen, "好。", limit=limit) for limit in ranges]
    done, refused = sorted(
        await asyncio.gather(*answers, return_exceptions=True),
        key=lambda each: isinstance(each, Exception),
    )
    assert isinstance(done, Seen)
    assert isinstance(refused, TicketSettled | TicketNotYours)
    assert len(await services.overrides.of(resident_id)) == 1


async def test_a_referral_says_where_to(services: Services) -> None:
    resident, resident_id = await a_resident(services)
    doctor = await a_contract(services, resident_id)
    seen = await asked(services, resident, resident_id)
    await services.care.desk.claim(doctor, resident_id, seen.id)
    done = await answered(services, doctor, seen, "需要面诊。", refer_to="心内科门诊")
    assert done.ticket.state is TicketState.REFERRED
    assert [each.text for each in done.thread] == ["需要面诊。\n建议转诊：心内科门诊"]


@pytest.mark.parametrize("days", [-1, 731])
async def test_a_follow_up_lies_ahead_and_not_too_far(services: Services, days: int) -> None:
    resident, resident_id = await a_resident(services)
    doctor = await a_contract(services, resident_id)
    seen = await asked(services, resident, resident_id)
    await services.care.desk.claim(doctor, resident_id, seen.id)
    order = FollowUp(what="复查", on=date(2026, 11, 21) + timedelta(days=days))
    with pytest.raises(FollowUpUnfit):
        await answered(services, doctor, seen, "好。", follow_up=order)
    for text in ("", " ", "长" * 4001):
        with pytest.raises(TicketTextUnfit):
            await answered(services, doctor, seen, text)
    assert await services.core.store.db["entries"].count_documents({}) == 0


async def test_asked_back_the_clock_stands_and_begins_again_with_the_reply(
    services: Services, clock: FixedClock
) -> None:
    resident, resident_id = await a_resident(services)
    doctor = await a_contract(services, resident_id)
    seen = await asked(services, resident, resident_id, urgency=TicketUrgency.URGENT)
    tickets, answering = services.care.tickets, services.care.answering
    with pytest.raises(TicketWaitsForNoReply):
        await tickets.reply(resident, resident_id, seen.id, "左边", idempotency_key=a_key())
    await services.care.desk.claim(doctor, resident_id, seen.id)
    await answering.ask_back(doctor, resident_id, seen.id, "哪边疼？", idempotency_key=a_key())
    assert await waiting(services, doctor) == []
    clock.advance(timedelta(days=3))
    assert await services.care.timekeeper.run() == 0
    await tickets.reply(resident, resident_id, seen.id, "左边", idempotency_key=a_key())
    [shown] = await waiting(services, doctor)
    assert [each.text for each in shown.thread] == ["哪边疼？", "左边"]
    assert shown.ticket.due_at == clock.now() + time_limit(TicketUrgency.URGENT).answer
    [event] = await events(services, "ticket_replied")
    assert event["doctor_id"] == doctor.account_id


async def test_time_asks_more_and_more_people_whoever_looks(
    services: Services, clock: FixedClock
) -> None:
    resident, resident_id = await a_resident(services)
    await a_contract(services, resident_id)
    member = a_viewer(Role.FAMILY_DOCTOR)
    await a_contract(services, resident_id, team=[member.account_id])
    seen = await asked(services, resident, resident_id)
    assert await waiting(services, member) == []
    limit = time_limit(TicketUrgency.ROUTINE)
    clock.advance(limit.remind)
    assert await services.care.timekeeper.run() == 1
    assert len(await events(services, "ticket_reminded")) == 1
    clock.set(seen.ticket.opened_at + limit.team)
    assert await services.care.timekeeper.run() == 1
    assert len(await waiting(services, member)) == 1
    clock.set(seen.ticket.due_at)
    await asyncio.gather(*(services.care.timekeeper.run() for _ in range(5)))
    [event] = await events(services, "ticket_overdue")
    assert event["stage"] == "duty"
    assert len(await events(services, "ticket_escalated")) == 1
    clock.advance(limits().again)
    await services.care.timekeeper.run()
    assert len(await events(services, "ticket_reminded")) == 2


async def test_a_ticket_that_cannot_be_looked_at_holds_up_no_other(
    services: Services, clock: FixedClock
) -> None:
    (gone, gone_id), (other, other_id) = await a_resident(services), await a_resident(services)
    (resident, resident_id) = await a_resident(services)
    await asked(services, gone, gone_id)
    broken = await asked(services, other, other_id)
    await asked(services, resident, resident_id)
    await Ticket.get_pymongo_collection().update_one(
        {"_id": broken.id}, {"$set": {"urgency": "none that there is"}}
    )
    await services.core.keyring.destroy(gone_id)  # and the rest is erased a little later
    clock.advance(time_limit(TicketUrgency.ROUTINE).remind)
    for handled in (1, 0):
        assert await services.care.timekeeper.run() == handled
    assert [each["resident_id"] for each in await told_of(services)] == [resident_id]


async def test_an_emergency_reaches_the_doctor_and_those_on_duty_at_once(
    services: Services,
) -> None:
    resident, resident_id = await a_resident(services)
    duty = await on_duty(services)
    await asked(services, resident, resident_id, urgency=TicketUrgency.EMERGENCY)
    [shown] = await waiting(services, duty)
    assert shown.ticket.stage is Stage.DUTY
    # Asked, but not granted anything of the record.
    assert (shown.question, shown.draft) == ("最近血压高，要不要紧？", None)
    looks = services.core.store.db["access_log"].find({"relation": "duty"})
    assert [each["account_id"] async for each in looks] == [duty.account_id]
    claimed = await services.care.desk.claim(duty, resident_id, shown.id)
    assert claimed.ticket.claimed_by == duty.account_id


async def test_the_residents_side_sees_its_own_questions(services: Services) -> None:
    resident, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id, categories=frozenset({Category.READINGS}))
    hers = await asked(services, daughter, resident_id, text="我爸的血压呢？")
    his = await asked(services, resident, resident_id)
    tickets = services.care.tickets
    everything = await tickets.page(resident, resident_id, first=10)
    assert {each.id for each in everything.items} == {his.id, hers.id}
    own = await tickets.page(daughter, resident_id, first=10)
    assert [each.id for each in own.items] == [hers.id]
    with pytest.raises(TicketNotFound):
        await tickets.get(daughter, resident_id, his.id)
    with pytest.raises(AccessDenied):
        await tickets.get(a_viewer(), resident_id, his.id)
    with pytest.raises(TicketNotFound):
        await tickets.withdraw(daughter, resident_id, his.id)
    gone = await tickets.withdraw(resident, resident_id, his.id)
    assert (gone.ticket.state, gone.ticket.open) == (TicketState.WITHDRAWN, False)
    with pytest.raises(TicketSettled):
        await tickets.withdraw(resident, resident_id, his.id)


async def test_the_download_holds_ones_questions_and_no_more_than_one_may_see(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id, categories=frozenset({Category.REPORTS}))
    await asked(services, viewer, resident_id)
    (row,) = await services.care.tickets.exported(viewer, resident_id)
    assert (row["question"], row["state"]) == ("最近血压高，要不要紧？", "waiting")
    assert row["draft"] == "血压最近一次是 150/88。"
    assert row["evidence"] == [{"resource": "Observation/1", "excerpt": "血压 150/88 mmHg"}]
    assert str(viewer.account_id) not in str(row)
    assert await services.care.tickets.exported(daughter, resident_id) == []
    with pytest.raises(AccessDenied):
        await services.care.tickets.exported(a_viewer(Role.RESIDENT), resident_id)
