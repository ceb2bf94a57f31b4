"""A photographed report in the chat: the table, corrections by words, into the archive by a yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bson import ObjectId

from backend.access.categories import Action
from backend.core.container import Core
from backend.identity.viewer import Language
from backend.reports.reader import ReportReader
from backend.services import Services
from bot.chat.chat import Chat
from bot.chat.reply import Reply
from ocr.model import ParsedReport, Patient
from tests.assistant.stored.people import a_person
from tests.bot.chat.talking import Talker, stored
from tests.conftest import NOW
from tests.factories import a_caregiver, a_profile, a_resident
from tests.reports.papers import SANDBOX, Written, a_photo, a_reading, a_report, an_item


async def sent(talker: Talker, data: bytes, name: str = "a.png") -> str:
    for room in (talker.services.reports.reports, talker.services.reports.intake):
        room._sandbox = SANDBOX
    chat = Chat(talker.services)
    talker.replies = await chat.file(talker.viewer, talker.talk, data, name)
    return "\n".join(each.text for each in talker.replies)


def assert_png(reply: Reply) -> None:
    assert (reply.picture or b"").startswith(b"\x89PNG")


async def read(core: Core, paper: ParsedReport) -> None:
    await ReportReader(core, Written(paper)).drain()


def a_paper(name: str | None = "张建国", **more: Any) -> ParsedReport:
    items = (an_item(), an_item("肌酐", "72", loinc="14682-9", unit="umol/L", row=1, **more))
    return a_reading(items, patient=Patient(name, None, None))


async def test_a_photo_is_read_corrected_by_words_and_archived_after_a_yes(
    services: Services,
) -> None:
    viewer, resident_id = await a_resident(services)
    talker = Talker(services, viewer)

    assert "张建国" in await sent(talker, a_photo())
    look = talker.action("识别好了")
    assert "还在识别" in await talker.sends(look)
    await read(services.core, a_paper())
    table = await talker.sends(look)

    assert "1. 葡萄糖 7.83 mmol/L ↑（3.9-6.1）" in table
    assert "2. 肌酐 72 μmol/L" in table
    before = talker.action("存档")
    assert "1. 葡萄糖 7.38 mmol/L" in await talker.says("第1项是7.38")
    assert "没有这一项" in await talker.says("第9项是7.38")
    assert await stored(resident_id) == []
    assert "已存入" not in await talker.sends(before)  # what was shown before it was corrected

    await talker.sends(look)
    assert await talker.presses("存档") == "已存入张建国的档案。"

    assert await talker.sends(look) == "这份报告已经存档。"
    trend = await services.reports.lab_trends.trend(
        viewer, resident_id, "14749-6", since=NOW - timedelta(days=365), until=NOW
    )
    assert "7.38" in repr(trend)
    assert "7.83" not in repr(trend)
    assert "以前发过" in await sent(talker, a_photo())


async def test_after_archiving_items_with_two_results_are_drawn_and_citations_show_the_page(
    services: Services,
) -> None:
    viewer, resident_id = await a_person(services)
    before = replace(a_paper(), collected_at="2025-11-03T08:12:00+08:00", reported_at=None)
    old = await a_report(services, viewer, resident_id, before, seed=3)
    talker = Talker(services, viewer)
    await talker.sends(f"report:{resident_id}:{old.id}")
    assert await talker.presses("存档") == "已存入张建国的档案。"  # one result of each: no trend

    await sent(talker, a_photo(4))
    look = talker.action("识别好了")
    await read(services.core, a_paper())
    await talker.sends(look)
    assert "张建国的葡萄糖，最近5年" in await talker.presses("存档")
    assert [bool(each.picture) for each in talker.replies] == [False, True]
    assert talker.labels == ["肌酐的趋势"]
    other = talker.action("肌酐")
    assert "张建国的肌酐" in await talker.sends(other)
    assert_png(talker.replies[0])
    english = Talker(services, replace(viewer, language=Language.EN))
    english.talk = talker.talk
    assert "CREA, last 5 years" in await english.sends(other)
    assert english.replies[0].picture not in (None, talker.replies[0].picture)
    stranger = Talker(services, await a_caregiver(services, ObjectId()))
    assert "过期" in await stranger.sends(other)

    assert "72" in await talker.says("最近一次肌酐是多少？")
    cite = talker.action("依据1")
    assert "72" in await talker.sends(cite)
    assert_png(talker.replies[0])
    await talker.says("血压135/85")
    await talker.presses("记下")
    await talker.says("最近一次血压是多少？")
    assert "血压 135" in await talker.sends(talker.action("依据1"))
    assert talker.replies[0].picture is None  # on no page
    assert "72" in await talker.sends(cite)


async def test_another_name_on_the_paper_is_asked_about_before_anything_is_archived(
    services: Services,
) -> None:
    viewer, _ = await a_resident(services)
    talker = Talker(services, viewer)
    await sent(talker, a_photo(1))
    look = talker.action("识别好了")
    await read(services.core, a_paper("李秀英", needs_review=True, confidence=0.4))
    assert "⚠ 2. 肌酐" in await talker.sends(look)

    assert "姓名和张建国不一样" in await talker.presses("存档")

    assert await services.core.store.db["entries"].count_documents({}) == 0
    assert await talker.presses("先不存") == "没有存档。可以在应用里继续核对。"
    assert await services.core.store.db["entries"].count_documents({}) == 0


async def test_what_is_no_picture_and_who_may_not_record_are_refused(services: Services) -> None:
    viewer, resident_id = await a_resident(services, profile=a_profile())
    daughter = await a_caregiver(services, resident_id, actions=frozenset({Action.VIEW}))

    for talker, data in (
        (Talker(services, viewer), b"no picture"),
        (Talker(services, daughter), a_photo(2)),
    ):
        await sent(talker, data)
        assert talker.labels == []
    assert await services.core.store.db["reports"].count_documents({}) == 0
