"""An emergency reaches the family, unless one of them may be the danger."""

from __future__ import annotations

import pytest

from backend.access.relations import RelationKind
from backend.identity.viewer import Role
from backend.notifications.documents import InboxItem
from backend.services import Services
from backend.subscribers import build_dispatcher
from tests.assistant.stored.people import a_father
from tests.factories import a_caregiver, a_viewer


@pytest.mark.parametrize(
    ("said", "lead", "told"),
    [
        ("爸爸突然嘴歪了，说话不清楚", "请马上拨打 120。", {"ticket_emergency"}),
        ("我儿子拿着菜刀要砍我", "请马上拨打 110 报警，有人受伤也打 120；", set()),
        ("我老公打我，我不想活了，他拿刀追我", "请马上拨打 110 报警，有人受伤也打 120；", set()),
    ],
)
async def test_who_is_told_of_an_emergency(
    services: Services, said: str, lead: str, told: set[str]
) -> None:
    father = await a_father(services)
    son = await a_caregiver(services, father.id)
    doctor = a_viewer(Role.FAMILY_DOCTOR)
    await services.access.grant(
        resident_id=father.id, account_id=doctor.account_id, kind=RelationKind.DOCTOR
    )
    answer = await father.ask(said)
    assert answer.words is not None
    assert answer.words.text.startswith(lead)
    assert ("我不会通知" in answer.words.text) is not bool(told)
    await services.assistant.settled()
    await build_dispatcher(services).drain()
    items = await InboxItem.find({"account_id": son.account_id}).to_list()
    assert {each.text for each in items if each.text.startswith("ticket")} == told
    assert await services.core.store.db["care_tickets"].count_documents({}) == 1


async def test_the_crisis_line_is_named_beside_the_police(services: Services) -> None:
    father = await a_father(services)
    answer = await father.ask("我老公打我，我不想活了，他拿刀追我")
    assert answer.words is not None
    assert "12356" in answer.words.text
    cited = {each.resource for each in answer.words.citations}
    assert {
        f"Guideline/{key}" for key in ("emergency-110", "emergency-120", "crisis-12356")
    } <= cited
