"""Who is not granted mental health cannot tell that there is a PHQ-9: everything that is shown,
counted, found and answered is the same as before it."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from typing import Any

import pytest
from bson import ObjectId

from backend.access.categories import Category
from backend.archive.sections import Section
from backend.archive.timeline import TimelineFilter
from backend.identity.viewer import Viewer
from backend.main import build_dispatcher
from backend.notifications.documents import InboxItem
from backend.questionnaires.book import book
from backend.services import Services
from bot.assistant.stored.service import Ask
from tests.assistant.stored.people import a_person
from tests.factories import a_caregiver, a_key, bp
from tests.questionnaires.filling import all_of, filled

_SEARCHES = ("抑郁", "PHQ", "phq-9", "问卷", "心情", "情绪", "自评", "yy", "得分")
_QUESTIONS = (
    "PHQ-9 得了多少分？",
    "最近心情怎么样？有没有抑郁？",
    "最近做过什么问卷？",
    "档案里最近新增了什么？",
    "最近一次血压是多少？",
)


def plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


async def views(services: Services, viewer: Viewer, resident_id: ObjectId) -> dict[str, Any]:
    """All that this viewer can be shown of the record; refusals by their code."""
    seen: dict[str, Any] = {}
    page = await services.timeline.page(viewer, resident_id, TimelineFilter(), first=50)
    seen["timeline"] = [plain(each) for each in page.items]
    for text in _SEARCHES:
        found = await services.timeline.search(viewer, resident_id, text, first=50)
        seen[f"search {text}"] = [plain(each) for each in found.items]
    for section in Section:
        entries = await services.entries.page(viewer, resident_id, section, first=50)
        seen[f"section {section}"] = [each.id for each in entries.items]
    seen["alerts"] = [
        plain(each) for each in (await services.alerts.page(viewer, resident_id, first=50)).items
    ]
    assessment = await services.assessments.assessment(viewer, resident_id)
    seen["assessment"] = plain(assessment)
    answered = services.questionnaires.looking
    seen["responses"] = [
        each.id for each in (await answered.page(viewer, resident_id, first=50)).items
    ]
    seen["inbox"] = sorted(
        [item.text async for item in InboxItem.find({"account_id": viewer.account_id})]
    )
    for question in _QUESTIONS:
        ask = Ask(resident_id=resident_id, question=question, idempotency_key=a_key())
        said = await services.assistant.ask(viewer, ask)
        assert said.words is not None
        seen[question] = (said.outcome, said.urgency, said.words.text)
    viewer.memo.clear()
    return seen


@pytest.mark.parametrize("item_nine", [0, 3])
async def test_a_viewer_without_mental_health_cannot_tell_that_there_is_a_phq9(
    services: Services, item_nine: int
) -> None:
    owner, resident_id = await a_person(services)
    await services.recording.record_batch(owner, resident_id, [bp()], idempotency_key=a_key())
    most = frozenset(Category) - {Category.MENTAL_HEALTH}
    daughter = await a_caregiver(services, resident_id, categories=most)
    son = await a_caregiver(services, resident_id)
    await build_dispatcher(services).drain()
    before = await views(services, daughter, resident_id)
    sons = await views(services, son, resident_id)

    await filled(services, owner, resident_id, "phq9", all_of(book().get("phq9"), 2, q9=item_nine))
    await build_dispatcher(services).drain()
    after = await views(services, daughter, resident_id)
    assert {key for key in before if before[key] != after[key]} == set()
    # Who is granted it sees that something changed: the comparison is able to.
    now = await views(services, son, resident_id)
    changed = {key for key in sons if sons[key] != now[key]}
    assert {"timeline", "responses", "search PHQ", _QUESTIONS[0]} <= changed
