"""A day with reminders as phones live it: by the registered operations and no others."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
from bson import ObjectId

from backend.access.relations import RelationKind
from backend.core.clock import SHANGHAI, FixedClock
from backend.identity.access_tokens import AccessTokens
from backend.identity.viewer import Role, Viewer
from backend.main import build_dispatcher
from backend.services import Services
from graphql_api.common.ids import encode
from mobile_contract import operation
from tests.api import Api, sign_in
from tests.factories import a_key, a_resident, bp

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)


async def _family(
    services: Services, client: httpx.AsyncClient
) -> tuple[tuple[Api, Viewer], tuple[Api, Viewer], ObjectId]:
    father = await sign_in(services, client)
    _, resident_id = await a_resident(services, father[1])
    daughter = await sign_in(services, client, Role.CAREGIVER)
    await services.access.grant(
        resident_id=resident_id, account_id=daughter[1].account_id, kind=RelationKind.CAREGIVER
    )
    return father, daughter, resident_id


async def test_a_day_with_a_medicine_from_the_reminder_to_the_daughters_inbox(
    services: Services, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    one, other, resident_id = await _family(services, client)
    father, daughter = one[0], other[0]
    who = encode("Resident", resident_id)
    content = {
        "kind": "MEDICATION",
        "title": "氨氯地平",
        "times": ["12:00"],
        "start": "2026-11-21",
        "rule": "FREQ=DAILY",
        "tellFamily": True,
        "stock": {"left": 1},
    }
    create = {"residentId": who, "idempotencyKey": a_key(), "content": content}
    made = await daughter.ask(operation("create_reminder"), input=create)
    reminder = made["createReminder"]["reminder"]
    assert reminder["nextAt"] == "2026-11-21T04:00:00+00:00"
    clock.set(NOON)
    _renew(services, one, other)
    await services.reminders.worker.drain()
    inbox = await father.ask(operation("inbox"))
    [item] = [edge["node"] for edge in inbox["inbox"]["edges"]]
    assert (item["title"], item["topic"], item["residentId"]) == ("该用药了", "reminders", who)
    assert inbox["inboxUnread"] == [{"topic": "reminders", "count": 1}]
    assert (await daughter.ask(operation("inbox")))["inbox"]["edges"] == []
    node = await father.ask(
        "query ($id: ID!) { node(id: $id) { ... on ReminderOccurrence { state reminderId } } }",
        id=item["about"],
    )
    assert node["node"] == {"state": "DUE", "reminderId": reminder["id"]}
    snooze = {"id": item["about"], "minutes": 10}
    later = await father.ask(operation("snooze_reminder"), input=snooze)
    assert later["snoozeReminder"]["occurrence"]["state"] == "LATER"
    taken = await father.ask(operation("take_reminder"), input={"id": item["about"]})
    assert taken["takeReminder"]["occurrence"]["state"] == "TAKEN"
    assert (await father.ask(operation("adherence"), id=who))["resident"]["adherence"][
        "percent"
    ] == 100
    unread = (await father.ask(operation("inbox"), unread=True))["inbox"]["edges"]
    assert [edge["node"]["title"] for edge in unread] == ["药快用完了，请及时补充"]
    clock.set(NOON + timedelta(days=1))
    await services.reminders.worker.drain()
    clock.advance(timedelta(hours=2))
    await services.reminders.worker.drain()
    _renew(services, one, other)
    [missed] = (await daughter.ask(operation("inbox")))["inbox"]["edges"]
    assert missed["node"]["title"] == "家人错过了一条提醒"
    mark = await daughter.ask(operation("mark_inbox_read"), input={"id": missed["node"]["id"]})
    assert mark["markInboxRead"] == {"marked": 1, "unread": 0}
    page = await daughter.ask(operation("reminder_occurrences"), id=who)
    states = [edge["node"]["state"] for edge in page["resident"]["reminderOccurrences"]["edges"]]
    assert states == ["MISSED", "TAKEN"]
    stop = {"id": reminder["id"], "version": 1, "state": "ENDED"}
    assert await daughter.refusal(operation("switch_reminder"), input=stop) == "REMINDER_CHANGED"
    listed = (await daughter.ask(operation("reminders"), id=who))["resident"]["reminders"]
    version = listed["edges"][0]["node"]["version"]
    assert listed["edges"][0]["node"]["stock"]["low"] is True
    stop["version"] = version
    await daughter.ask(operation("switch_reminder"), input=stop)
    listed = (await daughter.ask(operation("reminders"), id=who))["resident"]["reminders"]
    assert listed["edges"] == []


async def test_what_is_chosen_and_registered_is_ones_own(
    services: Services, client: httpx.AsyncClient
) -> None:
    (father, owner), (daughter, _), resident_id = await _family(services, client)
    found = await father.ask(operation("notification_choices"))
    assert found["pushChannels"] == []
    assert found["notificationChoices"]["version"] == 1
    choose: dict[str, Any] = {"version": 1, "quietFrom": 1_260, "muted": ["points"]}
    changed = await father.ask(operation("choose_notifications"), input=choose)
    after = changed["chooseNotifications"]["choices"]
    assert (after["version"], after["quietFrom"]) == (2, 1_260)
    assert [each["key"] for each in after["topics"] if each["muted"]] == ["points"]
    ask = operation("choose_notifications")
    for change, code in (
        ({"version": 1}, "NOTIFICATION_CHOICES_CHANGED"),
        ({"version": 2, "muted": ["privacy"]}, "TOPIC_ALWAYS_ON"),
        ({"version": 2, "language": "fr"}, "NOTIFICATION_CHOICES_INVALID"),
        ({"version": 2, "timeZone": "Mars"}, "NOTIFICATION_CHOICES_INVALID"),
    ):
        assert await father.refusal(ask, input=change) == code
    push = {"channel": "FCM", "address": "f" * 22}
    assert await father.refusal(operation("register_push"), input=push) == (
        "PUSH_CHANNEL_UNAVAILABLE"
    )
    record = services.recording.record
    await record(owner, resident_id, bp(165, 102), idempotency_key=a_key(), confirmed=True)
    await build_dispatcher(services).drain()
    edges = (await father.ask(operation("inbox")))["inbox"]["edges"]
    [alert] = [each["node"] for each in edges if each["node"]["topic"] == "health_alerts"]
    stolen = {"id": alert["id"]}
    mark = operation("mark_inbox_read")
    assert await daughter.refusal(mark, input=stolen) == "INBOX_ITEM_NOT_FOUND"
    await father.ask(mark, input=stolen)
    whole = await father.ask(operation("mark_whole_inbox_read"))
    assert whole["markWholeInboxRead"]["unread"] == 0
    for name in ("remove_push", "allow_push_message"):
        gone = {"id": encode("PushAddress", ObjectId())}
        assert await father.refusal(operation(name), input=gone) == "PUSH_ADDRESS_NOT_FOUND"


def _renew(services: Services, *people: tuple[Api, Viewer]) -> None:
    """Tokens for the time that the clock was set to."""
    core = services.core
    tokens = AccessTokens(core.settings, core.keyring, core.clock)
    for api, viewer in people:
        assert viewer.session_id is not None
        api.token, _ = tokens.sign(viewer.account_id, viewer.session_id, viewer.roles)
