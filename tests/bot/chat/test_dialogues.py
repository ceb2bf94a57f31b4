"""The other subjects: questions, people, points, reminders, alerts, a doctor's tickets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.access.categories import Category
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.relations import RelationKind
from backend.care.documents import TicketState
from backend.core.clock import FixedClock
from backend.services import Services
from backend.subscribers import build_dispatcher
from bot.chat.talk import Talk
from tests.assistant.stored.people import a_father, a_person
from tests.bot.chat.talking import Talker, stored
from tests.care.reminders.helpers import a_draft, a_reminder, occurrences
from tests.care.test_tickets import a_contract, asked
from tests.factories import a_caregiver, a_key, a_profile, a_resident, a_viewer, at, bp

PNG = b"\x89PNG\r\n\x1a\n"


async def test_a_question_is_answered_with_buttons_that_open_what_it_rests_on(
    services: Services,
) -> None:
    father = await a_father(services)
    talker = Talker(services, father.viewer)

    said = await talker.says("最近一次血压是多少？")

    assert "150/88" in said
    assert "150" in await talker.sends(talker.action("依据1"))
    assert talker.talk.conversation_id is not None
    assert "过期" in await talker.sends("cite:nothing:0")
    # What is unclear is asked back: a press asks the whole question.
    fresh = Talker(services, father.viewer)
    assert "哪一个" in await fresh.says("正常吗？")
    assert "血压正常吗？" in fresh.labels
    assert "150/88" in await fresh.sends(fresh.action("血压正常吗？"))


async def test_the_emergency_card_comes_first_also_for_who_has_no_record_and_with_a_reading(
    services: Services,
) -> None:
    father = await a_father(services)
    talker = Talker(services, father.viewer)
    await talker.says("胸口压着痛，喘不上气，血压200/110")
    assert [each.emergency for each in talker.replies] == [True, False]
    assert "120" in talker.replies[0].text
    assert "血压 200/110 mmHg" in talker.replies[1].text

    nobody = Talker(services, a_viewer())
    assert "120" in await nobody.says("胸口压着痛，喘不上气")
    assert nobody.replies[0].emergency
    await services.assistant.settled()


async def test_who_has_several_people_chooses_and_a_stranger_cannot_be_chosen(
    services: Services,
) -> None:
    _, fathers = await a_person(services, profile=a_profile("张建国"))
    _, mothers = await a_person(services, profile=a_profile("李秀英"))
    _, strangers = await a_person(services, profile=a_profile("王富贵"))
    daughter = await a_caregiver(services, fathers)
    await services.access.grant(
        resident_id=mothers, account_id=daughter.account_id, kind=RelationKind.CAREGIVER
    )
    talker = Talker(services, daughter)

    for first in ("血压135/85", "积分", "最近一次血压是多少？", "切换"):
        assert "请先选一位" in await talker.says(first)
        assert len(talker.labels) == 2
    await talker.sends(f"who:{mothers}")
    assert talker.talk.resident_id == mothers
    await talker.says("血压135/85")
    await talker.presses("记下")
    assert len(await stored(mothers)) == 1

    said = await talker.sends(f"who:{strangers}")

    assert "王" not in said
    assert talker.talk.resident_id == mothers
    assert await stored(fathers) == await stored(strangers) == []


async def test_a_relation_that_ended_ends_the_chat_about_that_person(
    services: Services, clock: FixedClock
) -> None:
    _, resident_id = await a_person(services)
    until = clock.now() + timedelta(days=1)
    talker = Talker(services, await a_caregiver(services, resident_id, valid_until=until))
    await talker.says("血压135/85")
    yes = talker.action("记下")
    clock.advance(timedelta(days=2))

    said = await talker.sends(yes)

    assert "记下" not in said
    assert await stored(resident_id) == []
    assert await talker.says("积分") == "您还没有可以查看的档案。"


async def test_a_trend_is_a_picture_of_the_named_kind(services: Services) -> None:
    father = await a_father(services)
    talker = Talker(services, father.viewer)

    assert "血压，最近30天" in await talker.says("血压趋势")
    picture = talker.replies[0].picture
    assert picture is not None
    assert picture.startswith(PNG)
    assert "哪一项" in await talker.says("趋势图")


async def test_points_and_tasks_are_told_and_a_category_that_is_not_granted_is_not(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    talker = Talker(services, viewer)
    assert await talker.says("我的积分") == "张建国的积分：0"
    assert "未做 今日测量" in await talker.says("今天的任务")
    few = frozenset({Category.PROFILE, Category.READINGS})
    daughter = Talker(services, await a_caregiver(services, resident_id, categories=few))

    said = await daughter.says("积分")

    assert "积分：" not in said


async def test_a_reminder_is_put_off_and_answered_by_its_buttons(
    services: Services, clock: FixedClock
) -> None:
    viewer, resident_id = await a_resident(services)
    await a_reminder(services, viewer, resident_id, a_draft("12:00"))
    clock.advance(timedelta(hours=2, minutes=1))
    await services.reminders.worker.drain()
    talker = Talker(services, viewer)

    assert "今天 12:00 氨氯地平" in await talker.says("提醒")
    taken = talker.action("已做")
    assert "30分钟后" in await talker.presses("30分钟")
    assert [each.state.value for each in await occurrences(resident_id)] == ["later"]
    assert "已做" in await talker.sends(taken)
    assert [each.state.value for each in await occurrences(resident_id)] == ["taken"]
    assert "没有待答" in await talker.says("提醒")


async def test_a_caregiver_takes_care_of_an_alert_once(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    draft = bp(185, 115, at("2026-11-21", "08:00"))
    await services.recording.record(viewer, resident_id, draft, idempotency_key=a_key())
    await build_dispatcher(services, index_words=False).drain()
    talker = Talker(services, await a_caregiver(services, resident_id))

    assert "185/115" in await talker.says("警报")
    assert "由您处理" in await talker.presses("我来处理")

    assert "没有未处理" in await talker.says("警报")


async def test_a_doctor_claims_asks_back_or_answers_after_a_look_at_the_text(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    seen = await asked(services, viewer, resident_id)
    doctor = Talker(services, await a_contract(services, resident_id))
    other = Talker(services, await a_contract(services, (await a_resident(services))[1]))
    claim = f"claim:{resident_id}:{seen.id}"

    assert "最近血压高，要不要紧？" in await doctor.says("工单")
    assert "最近血压高" not in await other.sends(claim)
    assert "没有等您答复" in await other.says("工单")
    assert "血压最近一次是 150/88。" in await doctor.presses("我来答复")
    await doctor.presses("写答复")
    assert "早晚各量一次" in await doctor.says("早晚各量一次，三天后告诉我。血压150/88不用急。")
    ticket = await services.care.tickets.get(viewer, resident_id, seen.id)
    assert ticket.ticket.state is TicketState.WAITING
    send = doctor.action("发送")
    assert await doctor.sends(send) == "已发送。"

    viewer.memo.clear()
    ticket = await services.care.tickets.get(viewer, resident_id, seen.id)
    assert ticket.ticket.state is TicketState.ANSWERED
    assert [each.text for each in ticket.thread] == [
        "早晚各量一次，三天后告诉我。血压150/88不用急。"
    ]
    assert "过期" in await doctor.sends(send)
    assert await Talker(services, viewer).says("工单") == (
        "工单是家庭医生看的。您要问医生，直接把问题写给我就行。"
    )


async def test_what_a_doctor_does_not_send_is_not_sent(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    seen = await asked(services, viewer, resident_id)
    doctor = Talker(services, await a_contract(services, resident_id))
    await doctor.sends(f"claim:{resident_id}:{seen.id}")
    await doctor.presses("反问")
    await doctor.says("药按时吃了吗？")

    assert await doctor.presses("不发") == "没有发送。"

    ticket = await services.care.tickets.get(viewer, resident_id, seen.id)
    assert (ticket.ticket.state, ticket.thread) == (TicketState.WAITING, ())


@pytest.mark.parametrize("text", ["", "   ", "\x00", "说" * 5_000, "😀😀😀", "‮血压135/85"])
async def test_odd_messages_get_an_answer_and_write_nothing(services: Services, text: str) -> None:
    viewer, resident_id = await a_resident(services)

    said = await Talker(services, viewer, Talk()).says(text)

    assert said
    assert await stored(resident_id) == []


async def test_abroad_nothing_of_who_did_not_agree_goes_out_but_the_emergency_card(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    seen = await asked(services, viewer, resident_id)
    doctor = Talker(services, await a_contract(services, resident_id), leaves=Purpose.TELEGRAM)
    await a_reminder(services, viewer, resident_id)
    talker = Talker(services, viewer, leaves=Purpose.TELEGRAM)
    here = Talker(services, viewer)
    await here.says("血压135/85")

    for text in (
        "血压135/85",
        "积分",
        "任务",
        "提醒",
        "警报",
        "血压趋势",
        "切换",
        "最近一次血压？",
    ):
        said = await talker.says(text)
        assert said == "您还没有可以查看的档案。"
    for action in (f"who:{resident_id}", f"ack:{resident_id}:{resident_id}"):
        assert "张建国" not in await talker.sends(action)
    talker.talk = here.talk
    assert "135" not in await talker.sends(here.action("记下"))
    assert await stored(resident_id) == []
    assert "没有等您答复" in await doctor.says("工单")
    assert "最近血压高" not in await doctor.sends(f"claim:{resident_id}:{seen.id}")
    assert "120" in await talker.says("胸口压着痛，喘不上气")
    await services.assistant.settled()
    doctor.leaves = None
    assert "胸口压着痛" in await doctor.says("工单")


async def test_abroad_who_agreed_is_served_as_here(services: Services) -> None:
    viewer, resident_id = await a_resident(services)
    (accepted,) = accepted_now(Purpose.TELEGRAM)
    await services.consents.change(
        viewer, resident_id, accepted, given=True, idempotency_key=a_key()
    )
    talker = Talker(services, viewer, leaves=Purpose.TELEGRAM)
    await talker.says("血压135/85")

    assert "已给张建国记下" in await talker.presses("记下")

    assert len(await stored(resident_id)) == 1
