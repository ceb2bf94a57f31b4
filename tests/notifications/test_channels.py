"""The channels against servers that speak their protocols over real HTTP, errors included."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from firebase_admin import _http_client, credentials, messaging
from google.auth.credentials import AnonymousCredentials
from pydantic import SecretStr

from backend.core.settings import Settings
from backend.identity.viewer import Language, Role
from backend.notifications.channels.base import Answer, Channel, Parcel, Result
from backend.notifications.channels.fcm import FcmChannel
from backend.notifications.channels.telegram import HttpTelegramSender, TelegramChannel
from backend.notifications.channels.wechat import WeChatChannel
from backend.notifications.channels.wecom import WeComChannel
from backend.notifications.errors import ChannelNotForYou, ChannelUnavailable, PushAddressInvalid
from backend.notifications.kinds import ChannelKey, Urgency
from backend.notifications.wiring import build_channels, build_notifications
from backend.services import Services
from tests.factories import a_viewer, at
from tests.notifications.phones import StandIn

ROBOT = "693a91f6-7111-4bc4-97a0-0ec251fa5aaa"
FID = "cfPjRmNvSdyX7vJKO8kEiz"
TOKEN = "123456:canary-bot-token"
PARCEL = Parcel(
    tag="6" * 24,
    urgency=Urgency.EMERGENCY,
    count=1,
    language=Language.ZH,
    at=at("2026-11-21", "10:00"),
)
TEXT = "紧急提醒：请立即打开康伴查看"


class _Anonymous(credentials.Base):  # type: ignore[misc]
    def get_credential(self) -> Any:
        return AnonymousCredentials()  # type: ignore[no-untyped-call]


def _fcm(path: str, body: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
    """Answers by the token, as the HTTP v1 API does ("Error codes" of its reference)."""
    message = body["message"]
    token = message.get("token") or "good"
    assert ("fid" in message) != ("token" in message)
    kind, _, number = token.partition("-")
    if kind == "good":
        return 200, {"name": "projects/kangban-test/messages/1"}, {}
    detail = {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": kind}
    status = {"UNREGISTERED": "NOT_FOUND", "QUOTA_EXCEEDED": "RESOURCE_EXHAUSTED"}.get(kind, kind)
    error = {"code": int(number), "message": "…", "status": status, "details": [detail]}
    headers = {"Retry-After": "90"} if kind == "QUOTA_EXCEEDED" else {}
    return int(number), {"error": error}, headers


@pytest.fixture
async def fcm(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[FcmChannel, StandIn]]:
    with StandIn(_fcm) as server:
        monkeypatch.setattr(
            messaging._MessagingService, "FCM_URL", server.url + "/v1/projects/{0}/messages:send"
        )
        # Its own retries of 500 and 503 wait for seconds; the worker's come after them anyway.
        retry = _http_client.HttpxRetry(max_retries=0)
        monkeypatch.setattr(_http_client.HttpxAsyncClient.__init__, "__defaults__", (
            None, "", None, retry, 5, False,
        ))  # fmt: skip
        channel = FcmChannel("kangban-test", None, credential=_Anonymous())
        yield channel, server
        await channel.close()


async def test_fcm_sends_a_batch_and_reads_each_answer(fcm: tuple[FcmChannel, StandIn]) -> None:
    channel, server = fcm
    tokens = ["good", "UNREGISTERED-404", "QUOTA_EXCEEDED-429", "INTERNAL-500"]
    tokens += ["INVALID_ARGUMENT-400", "UNAVAILABLE-503", "SENDER_ID_MISMATCH-0403"]
    answers = await channel.send([(each, PARCEL) for each in [*tokens, FID]])
    assert answers.pop().result is Result.SENT
    assert [each.result for each in answers] == [
        Result.SENT,
        Result.GONE,
        Result.LATER,
        Result.LATER,
        Result.REFUSED,
        Result.LATER,
        Result.GONE,
    ]
    assert answers[2].after == timedelta(seconds=90)
    path, body = next(each for each in server.asked if each[1]["message"].get("fid") == FID)
    assert path == "/v1/projects/kangban-test/messages:send"
    message = body["message"]
    assert message["notification"] == {"title": "康伴", "body": TEXT}
    assert message["android"]["notification"]["tag"] == PARCEL.tag
    assert message["apns"]["headers"]["apns-collapse-id"] == PARCEL.tag
    assert message["data"] == {"item": PARCEL.tag}
    assert not body.get("validate_only"), "a dry run reaches nobody"


async def test_fcm_that_cannot_be_reached_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(messaging._MessagingService, "FCM_URL", "http://127.0.0.1:9/{0}")
    channel = FcmChannel("kangban-test", None, credential=_Anonymous())
    [answer] = await channel.send([("good", PARCEL)])
    await channel.close()
    assert answer.result is Result.LATER


async def test_telegram_says_who_blocked_the_bot_and_when_to_come_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def serve(path: str, body: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
        assert path == f"/bot{TOKEN}/sendMessage"
        answers: dict[str, tuple[int, dict[str, Any]]] = {
            "1": (200, {"ok": True, "result": {}}),
            "2": (403, {"description": "Forbidden: bot was blocked by the user"}),
            "3": (429, {"description": "Too Many Requests", "parameters": {"retry_after": 7}}),
            "4": (400, {"description": "Bad Request: chat not found"}),
            "5": (401, {"description": "Unauthorized"}),
            "6": (502, {}),
            "7": (400, {"description": "Bad Request: message is too long"}),
        }
        status, answer = answers[body["chat_id"]]
        return status, {"ok": False, "error_code": status, **answer}, {}

    with StandIn(serve) as server, caplog.at_level(logging.DEBUG):
        channel = TelegramChannel(HttpTelegramSender(server.url, SecretStr(TOKEN)))
        answers = await channel.send([(str(number), PARCEL) for number in range(1, 8)])
        await channel.close()
        assert server.asked[0][1]["text"] == f"康伴：{TEXT}"
        button = {"text": "打开", "callback_data": f"open:{PARCEL.tag}"}
        assert server.asked[0][1]["reply_markup"] == {"inline_keyboard": [[button]]}
    assert [each.result for each in answers] == [
        Result.SENT,
        Result.GONE,
        Result.LATER,
        Result.GONE,
        Result.MISCONFIGURED,
        Result.LATER,
        Result.REFUSED,
    ]
    assert answers[2].after == timedelta(seconds=7)
    assert "canary" not in caplog.text
    [gone] = await _sent(TelegramChannel(HttpTelegramSender("http://127.0.0.1:9", SecretStr("t"))))
    assert gone.result is Result.LATER
    with pytest.raises(PushAddressInvalid):
        await channel.address_of(a_viewer(), "@somebody")


async def test_wecom_takes_a_robots_key_and_never_an_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    codes = iter([0, 45009, 93000, 40008])

    def serve(path: str, body: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
        assert path == f"/cgi-bin/webhook/send?key={ROBOT}"
        return 200, {"errcode": next(codes), "errmsg": "…"}, {}

    with StandIn(serve) as server, caplog.at_level(logging.DEBUG):
        channel = WeComChannel(server.url)
        found = [(await channel.send([(ROBOT, PARCEL)]))[0].result for _ in range(4)]
        await channel.close()
        assert server.asked[0][1] == {"msgtype": "text", "text": {"content": f"康伴：{TEXT}"}}
    assert found == [Result.SENT, Result.LATER, Result.GONE, Result.REFUSED]
    assert ROBOT not in caplog.text
    assert await channel.address_of(a_viewer(Role.FAMILY_DOCTOR), ROBOT.upper()) == ROBOT
    for bad in ("http://127.0.0.1/", f"{ROBOT}&x=1", "", f"https://x/?key={ROBOT}"):
        with pytest.raises(PushAddressInvalid):
            await channel.address_of(a_viewer(Role.FAMILY_DOCTOR), bad)


async def test_wechat_renews_its_token_once_and_knows_a_spent_subscription(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tokens: list[str] = []

    def serve(path: str, body: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
        if path == "/cgi-bin/stable_token":
            assert body["secret"] == "canary-secret"
            tokens.append(f"canary-token-{len(tokens)}")
            return 200, {"access_token": tokens[-1], "expires_in": 7_200}, {}
        if path.endswith("canary-token-0"):
            return 200, {"errcode": 40001, "errmsg": "invalid credential"}, {}
        assert path == "/cgi-bin/message/subscribe/send?access_token=canary-token-1"
        return 200, {"errcode": int(body["touser"]), "errmsg": "…"}, {}

    openids = ["0", "43101", "40003", "40037", "47003", "-1", "45009"]
    with StandIn(serve) as server, caplog.at_level(logging.DEBUG):
        channel = WeChatChannel(server.url, "wx1", SecretStr("canary-secret"), "template-1")
        first = await channel.send([("0", PARCEL)])
        answers = await channel.send([(each, PARCEL) for each in openids])
        await channel.close()
    assert first[0].result is Result.SENT
    assert len(tokens) == 2
    assert [each.result for each in answers] == [
        Result.SENT,
        Result.SPENT,
        Result.GONE,
        Result.MISCONFIGURED,
        Result.REFUSED,
        Result.LATER,
        Result.LATER,
    ]
    message = server.asked[-1][1]
    assert message["template_id"] == "template-1"
    assert message["data"] == {
        "thing1": {"value": TEXT},
        "time2": {"value": "2026-11-21 10:00"},
    }
    assert "canary" not in caplog.text


async def test_a_wechat_without_its_secret_is_the_operators_to_mend() -> None:
    def serve(path: str, body: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
        return 200, {"errcode": 40125, "errmsg": "invalid appsecret"}, {}

    with StandIn(serve) as server:
        channel = WeChatChannel(server.url, "wx1", SecretStr("x"), "template-1")
        [answer] = await channel.send([("openid", PARCEL)])
        await channel.close()
    assert answer == Answer(Result.MISCONFIGURED, code="40125")


async def test_an_address_is_registered_by_whom_the_channel_is_for(services: Services) -> None:
    channels: dict[ChannelKey, Channel] = {
        ChannelKey.WECOM: WeComChannel("http://127.0.0.1:9"),
        ChannelKey.TELEGRAM: TelegramChannel(
            HttpTelegramSender("http://127.0.0.1:9", SecretStr("t"))
        ),
    }
    room = build_notifications(services.core, services.access, channels)
    assert room.addresses.offered == [ChannelKey.TELEGRAM, ChannelKey.WECOM]
    resident = a_viewer(Role.RESIDENT)
    for key, given in ((ChannelKey.WECOM, ROBOT), (ChannelKey.TELEGRAM, "42")):
        with pytest.raises(ChannelNotForYou):
            await room.addresses.register(resident, key, given)
    with pytest.raises(ChannelUnavailable):
        await room.addresses.register(resident, ChannelKey.FCM, "t" * 100)
    with pytest.raises(PushAddressInvalid):
        await room.addresses.register(a_viewer(Role.OPERATOR), ChannelKey.WECOM, "x" * 5_000)
    assert await services.core.store.db["push_addresses"].count_documents({}) == 0
    await room.close()


async def test_the_settings_say_which_channels_there_are(settings: Settings) -> None:
    assert build_channels(settings) == {}
    on = settings.model_copy(
        update={
            "telegram_token": SecretStr(TOKEN),
            "wecom_push": True,
            "wechat_app_id": "wx1",
            "wechat_app_secret": SecretStr("s"),
            "wechat_template_id": "t",
            "firebase_project_id": "kangban-test",
            "firebase_credentials_file": settings.data_dir / "none.json",
        }
    )
    channels = build_channels(on)
    assert set(channels) == set(ChannelKey)
    assert {key for key, each in channels.items() if each.capability.replaces} == {ChannelKey.FCM}
    for each in channels.values():
        await each.close()


async def _sent(channel: Channel) -> list[Answer]:
    answers = await channel.send([("1", PARCEL)])
    await channel.close()
    return answers
