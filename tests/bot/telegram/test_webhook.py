"""The webhook in the web app, the code out of GraphQL, and the end with the account."""

from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr

from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.relations import RelationKind
from backend.care.documents import TicketReason, TicketUrgency
from backend.care.opening import Question
from backend.core.clock import FixedClock
from backend.identity.viewer import Channel, Role
from backend.services import Services
from bot.linking.documents import ChatLink, LinkCode
from bot.telegram.errors import TelegramOff, WebhookSecretWrong
from bot.telegram.running import TelegramBot
from bot.telegram.secret import HEADER, PATH, secret_of
from graphql_api.common import ids
from tests.api import Api, sign_in
from tests.bot.telegram.bot_api import TOKEN, BotApi
from tests.bot.telegram.conftest import Bench
from tests.bot.telegram.person import Person, action, words
from tests.factories import a_key, a_resident
from tests.graphql_api.household import signed_in
from tests.privacy.test_erasing import erased

ISSUE = "mutation($id: ID!) { issueChatCode(input: {residentId: $id}) { code expiresAt } }"
UNLINK = "mutation { unlinkChat { unlinked } }"


async def test_a_code_of_the_app_links_through_the_webhook_and_unlinks(
    services: Services, client: httpx.AsyncClient, api: BotApi, person: Person
) -> None:
    father, viewer = await sign_in(services, client)
    _, resident_id = await a_resident(services, viewer)
    known = ids.encode("Resident", resident_id)
    stranger, _ = await sign_in(services, client)
    assert await stranger.refusal(ISSUE, id=known) == "ACCESS_DENIED"
    assert await father.refusal(ISSUE, id=known) == "CONSENT_MISSING"
    assert await LinkCode.count() == 0
    [accepted] = accepted_now(Purpose.TELEGRAM)
    await services.consents.change(
        viewer, resident_id, accepted, given=True, idempotency_key=a_key()
    )
    code = (await father.ask(ISSUE, id=known))["issueChatCode"]["code"]
    update = {"update_id": 1, "message": person.message(text=code)}

    for given in (None, "", "0" * 64, "é"):
        headers = [] if given is None else [(HEADER.encode(), given.encode())]
        refused = await client.post(PATH, json=update, headers=headers)
        assert refused.status_code == WebhookSecretWrong.status
    assert (api.calls, await ChatLink.count()) == ([], 0)
    right = {HEADER: secret_of(services.core.keyring, SecretStr(TOKEN))}
    for body in (b"nothing", b"{}", b'{"update_id": "x"}'):
        assert (await client.post(PATH, content=body, headers=right)).status_code == 200
    assert api.calls == []
    for _ in range(2):
        assert (await client.post(PATH, json=update, headers=right)).status_code == 200

    assert [each.words[:3] for each in api.calls] == ["已绑定"]
    found = await services.chat_links.viewer_of(Channel.TELEGRAM, str(person.id))
    assert found is not None
    assert found.account_id == viewer.account_id
    assert (await father.ask(UNLINK))["unlinkChat"] == {"unlinked": True}
    assert (await father.ask(UNLINK))["unlinkChat"] == {"unlinked": False}
    assert await services.chat_links.viewer_of(Channel.TELEGRAM, str(person.id)) is None
    assert "code" in str(await Api(client).post(UNLINK))


async def test_a_doctor_links_without_a_resident_and_hears_of_those_alone_who_agreed(
    services: Services, client: httpx.AsyncClient, api: BotApi, person: Person
) -> None:
    alone = "mutation { issueChatCode(input: {}) { code } }"
    resident, _ = await sign_in(services, client)
    assert await resident.refusal(alone) == "ROLE_REQUIRED"
    assert await LinkCode.count() == 0
    asker, resident_id = await a_resident(services)
    doctor, viewer = await sign_in(services, client, Role.FAMILY_DOCTOR)
    await services.access.grant(
        resident_id=resident_id, account_id=viewer.account_id, kind=RelationKind.DOCTOR
    )
    code = (await doctor.ask(alone))["issueChatCode"]["code"]
    assert "已绑定" in words(await person.says(f"/start {code}"))

    tickets = services.care.tickets
    asked = Question(
        resident_id=resident_id,
        relation=await tickets.relation(asker, resident_id),
        asked_by=asker.account_id,
        text="血压高怎么办",
        reason=TicketReason.ASKED,
        urgency=TicketUrgency.ROUTINE,
    )
    await tickets.ask(asker, asked, idempotency_key=a_key())
    assert "没有等您答复" in words(await person.says("工单"))
    [accepted] = accepted_now(Purpose.TELEGRAM)
    await services.consents.change(
        asker, resident_id, accepted, given=True, idempotency_key=a_key()
    )
    shown = await person.says("工单")
    assert "血压高怎么办" in words(shown)
    assert action(shown, "我来答复").startswith(f"claim:{resident_id}:")


async def test_the_webhook_is_set_with_the_secret_that_is_asked_for(
    bench: Bench, api: BotApi
) -> None:
    url = await bench.bot.set_webhook()
    (call,) = api.said("setWebhook")
    secret = secret_of(bench.services.core.keyring, SecretStr(TOKEN))
    assert (call.parameters["url"], call.parameters["secret_token"]) == (url, secret)
    assert url == "http://127.0.0.1:8000/telegram/webhook"


async def test_a_closed_account_leaves_no_link(services: Services, clock: FixedClock) -> None:
    other, _ = await a_resident(services)
    viewer, _ = await signed_in(services)
    _, resident_id = await a_resident(services, viewer)
    links = services.chat_links
    for each in (viewer, other):
        issued = await links.issue(each, Channel.TELEGRAM)
        await links.redeem(Channel.TELEGRAM, str(each.account_id), issued.code)
        await links.issue(each, Channel.TELEGRAM)
    await erased(services, clock, viewer, resident_id)
    for document in (ChatLink, LinkCode):
        found = await document.find_all().to_list()
        assert [row.account_id for row in found] == [other.account_id]


async def test_without_a_token_there_is_no_bot(services: Services) -> None:
    core = services.core
    object.__setattr__(core, "settings", core.settings.model_copy(update={"telegram_token": None}))
    with pytest.raises(TelegramOff):
        TelegramBot(services)
