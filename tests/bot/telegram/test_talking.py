"""The story of a chat: linked, recorded, photographed, unlinked; and what is refused."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backend.core.clock import FixedClock
from backend.identity.viewer import Channel
from backend.notifications.documents import PushAddress
from backend.privacy.owned import NAMING
from backend.reports.documents import ReportDocument
from bot.chat.reply import Button, Reply
from bot.linking.documents import ChatTalk
from bot.linking.links import limits
from bot.telegram.documents import HandledUpdate
from bot.telegram.queues import Queues, TooManyAtOnce
from bot.telegram.running import TelegramBot
from bot.telegram.shown import calls
from tests.bot.chat.talking import stored
from tests.bot.telegram.bot_api import BotApi
from tests.bot.telegram.conftest import Bench, Father
from tests.bot.telegram.person import Person, action, words
from tests.reports.papers import SANDBOX, a_photo


async def test_a_reading_is_recorded_by_a_button_and_an_update_counts_once(
    father: Father, bench: Bench
) -> None:
    person = father.person
    offered = await person.says("早上血压135/85心率72")
    assert "135/85" in words(offered)
    assert await stored(father.id) == []
    yes = action(offered, "记下")

    pressed = await person.presses(yes)

    assert [each.method for each in pressed] == ["answerCallbackQuery", "sendMessage"]
    before = await stored(father.id)
    assert len(before) > 0
    assert "记下" not in words(await person.presses(yes))
    update = {"update_id": 900_000, "message": person.message(text="血压趋势")}
    (trend,) = await person.feeds(update)
    assert trend.method == "sendPhoto"
    assert trend.parameters["photo"].startswith(b"\x89PNG")
    assert await person.feeds(update) == []
    assert await HandledUpdate.find({"update_id": 900_000}).count() == 1
    assert await stored(father.id) == before


async def test_several_servers_know_one_chat_and_a_button_is_good_once_for_all_of_them(
    father: Father, bench: Bench, api: BotApi, clock: FixedClock
) -> None:
    here, others = father.person, TelegramBot(bench.services)
    there = replace(here, bot=others)
    yes = action(await here.says("早上血压135/85"), "记下")
    assert "已给张建国记下" in words(await there.presses(yes))
    once = len(await stored(father.id))
    assert "用过" in words(await here.presses(yes))
    assert "已撤销" in words(await here.says("撤销"))  # what the other server recorded

    yes = action(await there.says("心率72"), "记下")
    before = len(api.calls)
    await asyncio.gather(here.presses(yes), there.presses(yes))
    heard = [each.words for each in api.calls[before:] if each.method == "sendMessage"]
    assert sorted(("已给" in each, "用过" in each) for each in heard) == [
        (False, True),
        (True, False),
    ]
    assert len(await stored(father.id)) == once

    talks = ChatTalk.get_pymongo_collection()
    [row] = await talks.find().to_list()
    assert (row["resident_ids"], row["held_by"]) == ([father.id], None)
    assert not {"heart_rate", "72", str(here.id)} & set(re.findall(r"\w+", repr(row)))
    # A server that died in the middle of a message keeps nobody waiting for ever.
    lost = {"held_by": "gone", "held_until": clock.now() + timedelta(seconds=1)}
    await talks.update_one({}, {"$set": lost})
    waiting = asyncio.create_task(there.says("体重62公斤"))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    clock.advance(timedelta(seconds=1))
    yes = action(await waiting, "记下")
    clock.advance(timedelta(hours=limits()["talk_hours"]))
    assert "过期" in words(await here.presses(yes))
    assert len(await stored(father.id)) == once
    for rule in (NAMING[ChatTalk.Settings.name], None):
        await here.says("血压135/85")
        assert await ChatTalk.count() == 1
        if rule is not None:
            assert await rule(bench.services.core.store, father.id) == 1
    assert "已解除" in words(await here.says("/unlink"))
    assert await ChatTalk.count() == 0
    await others.close()


async def test_an_unlinked_chat_hears_how_to_link_and_wrong_codes_change_nothing(
    person: Person, bench: Bench
) -> None:
    for text in ("血压135/85", "/start", "/unlink", "积分"):
        assert words(await person.says(text)).startswith("您好，这里是康伴")
    assert "绑定码无效" in words(await person.says("/start AAAAAAAA"))
    assert "绑定码无效" in words(await person.says("bbbb-bbbb"))
    assert words(await person.sends(sticker=_STICKER)).startswith("您好")
    assert words(await person.sends(photo=_photo("p", 10))).startswith("您好")
    assert person.api.downloads == 0
    assert await bench.services.chat_links.viewer_of(Channel.TELEGRAM, "1001") is None
    assert await PushAddress.count() == 0


async def test_unlinking_and_blocking_end_the_link_and_its_pushes(
    father: Father, bench: Bench, api: BotApi
) -> None:
    person, links = father.person, bench.services.chat_links
    assert await PushAddress.find({"account_id": father.viewer.account_id}).count() == 1
    assert "已解除" in words(await person.says("/unlink"))
    assert await links.viewer_of(Channel.TELEGRAM, "1001") is None
    assert await PushAddress.count() == 0

    async def again() -> None:
        issued = await links.issue(father.viewer, Channel.TELEGRAM)
        assert "已绑定" in words(await person.says(f"{issued.code[:4]}-{issued.code[4:]}"))

    await again()
    member: dict[str, Any] = {"user": {"id": 4242, "is_bot": True, "first_name": "康伴"}}
    chat = {"id": person.id, "type": "private"}
    left = {
        "chat": chat,
        "from": person.user,
        "date": 1_790_000_000,
        "old_chat_member": {**member, "status": "member"},
        "new_chat_member": {**member, "status": "kicked", "until_date": 0},
    }
    assert await person.update(my_chat_member=left) == []
    assert await links.viewer_of(Channel.TELEGRAM, "1001") is None

    await again()
    api.fails("sendMessage", 403, "Forbidden: bot was blocked by the user")
    await person.says("帮助")
    assert await links.viewer_of(Channel.TELEGRAM, "1001") is None
    assert await PushAddress.count() == 0


async def test_groups_hear_one_sentence_and_are_left(father: Father) -> None:
    group = {"id": -55, "type": "supergroup", "title": "一家人"}
    said = await father.person.sends(text="血压趋势", chat=group)
    assert [(each.method, each.parameters["chat_id"]) for each in said] == [
        ("sendMessage", -55),
        ("leaveChat", -55),
    ]
    assert "单独的聊天" in said[0].words
    photo = await father.person.sends(photo=_photo("p", 10), chat=group)
    assert [each.method for each in photo] == ["sendMessage", "leaveChat"]
    assert father.person.api.downloads == 0
    assert (
        await father.person.update(
            edited_message=father.person.message(text="血压135/85", chat=group, edit_date=1)
        )
        == []
    )


async def test_what_is_not_taken_is_answered_by_a_sentence(father: Father) -> None:
    person = father.person
    edited = person.message(text="血压135/85", edit_date=1_790_000_001)
    assert "改过的消息我看不到" in words(await person.update(edited_message=edited))
    origin = {"type": "hidden_user", "sender_user_name": "某人", "date": 1_790_000_000}
    forwarded = await person.says("血压135/85", forward_origin=origin)
    assert "转发的消息" in words(forwarded)
    for odd in ({"sticker": _STICKER}, {"location": {"latitude": 31.2, "longitude": 121.4}}):
        assert "看不懂" in words(await person.sends(**odd))
    assert "过期" in words(await person.presses("nonsense"))
    assert await stored(father.id) == []


async def test_a_photo_becomes_a_report_and_what_is_too_large_does_not(
    father: Father, api: BotApi, bench: Bench
) -> None:
    person = father.person
    for room in (bench.services.reports.reports, bench.services.reports.intake):
        room._sandbox = SANDBOX
    api.files["large"] = a_photo()
    taken = await person.sends(photo=[*_photo("small", 10, 90), *_photo("large", 5_000, 900)])
    assert "张建国" in words(taken)
    assert await ReportDocument.find({"resident_id": father.id}).count() == 1
    assert action(taken, "识别").startswith("report:")

    downloads = api.downloads
    huge = {"file_id": "x", "file_unique_id": "x", "file_size": 90_000_000, "file_name": "a.pdf"}
    assert "文件太大" in words(await person.sends(document=huge))
    assert api.downloads == downloads
    api.files["lies"] = b"\0" * 21_000_000
    assert "文件太大" in words(await person.sends(photo=_photo("lies", 10)))
    api.fails("getFile", 400, "Bad Request: file is too big")
    assert "文件太大" in words(await person.sends(photo=_photo("far", 10)))
    assert "没有取到" in words(await person.sends(photo=_photo("nowhere", 10)))
    assert await ReportDocument.count() == 1


async def test_floods_outages_and_pages_of_proxies_are_waited_out(
    father: Father, api: BotApi, bench: Bench
) -> None:
    api.fails("sendMessage", 429, "Too Many Requests: retry after 7", retry_after=7)
    api.fails("sendMessage", 502, "Bad Gateway")
    api.faults["sendMessage"].append((504, "<html>gateway</html>"))
    said = await father.person.says("帮助")
    assert (len(said), bench.waited) == (4, [7.0, 2.0, 4.0])
    assert len({each.words for each in said}) == 1

    bench.waited.clear()
    api.fails("sendMessage", 429, "Too Many Requests: retry after 900", retry_after=900)
    assert len(await father.person.says("帮助")) == 1
    for _ in range(9):
        api.fails("sendMessage", 500, "Internal Server Error")
    assert len(await father.person.says("帮助")) == 4
    assert bench.waited == [1.0, 2.0, 4.0]
    api.faults.clear()
    assert await bench.services.chat_links.viewer_of(Channel.TELEGRAM, "1001") is not None


async def test_an_alarm_comes_first_and_a_refused_picture_leaves_its_words(
    father: Father, api: BotApi, clock: FixedClock
) -> None:
    alarm = await father.person.says("胸口压着痛，喘不上气，血压150/95")
    assert alarm[0].words.startswith("🚨")
    assert "120" in alarm[0].words
    nowhere = _photo("nowhere", 10_000_000_000)
    taken = await father.person.sends(photo=nowhere, caption="胸口压着痛")
    assert ("🚨" in taken[0].words, "文件太大" in taken[1].words) == (True, True)
    # It waits for nothing: neither for a talk that another server holds, nor behind ten messages.
    await ChatTalk.get_pymongo_collection().update_one(
        {}, {"$set": {"held_by": "slow", "held_until": clock.now() + timedelta(minutes=1)}}
    )
    waiting = [asyncio.create_task(father.person.says("帮助")) for _ in range(10)]
    await asyncio.sleep(0.1)
    before = len(api.calls)
    await father.person.says("胸口压着痛，喘不上气")
    assert [each.words[0] for each in api.calls[before:]] == ["🚨"]
    clock.advance(timedelta(minutes=1))
    await asyncio.gather(*waiting)

    await father.person.says("血压135/85")
    await father.person.presses(action(api.calls, "记下"))
    api.fails("sendPhoto", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    shown = await father.person.says("血压趋势")
    assert [each.method for each in shown] == ["sendPhoto", "sendMessage"]
    assert shown[0].words == shown[1].words != ""


async def test_polling_hands_over_updates_once(father: Father, api: BotApi, bench: Bench) -> None:
    update = {"update_id": 700_000, "message": father.person.message(text="帮助")}
    api.updates.append(update)
    api.fails("getUpdates", 500, "Internal Server Error")
    before = len(api.said())
    running = asyncio.create_task(bench.bot.poll())
    for _ in range(400):
        if len(api.said()) > before:
            break
        await asyncio.sleep(0.02)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert len(api.said()) == before + 1
    again = await father.person.feeds(update)
    assert {each.method for each in again} <= {"getUpdates"}  # the last poll may still be heard
    allowed = api.said("getUpdates")[0].parameters["allowed_updates"]
    assert set(allowed) == {"message", "edited_message", "callback_query", "my_chat_member"}


async def test_one_chat_cannot_fill_the_memory() -> None:
    queues, entered = Queues(waiting=2), []

    async def enter(chat: int) -> None:
        async with queues.turn(chat):
            entered.append(chat)

    async with queues.turn(1):
        waiting = asyncio.create_task(enter(1))
        await asyncio.sleep(0)
        told = []
        for _ in range(2):
            with pytest.raises(TooManyAtOnce) as error:
                await enter(1)
            told.append(error.value.told)
        await enter(2)
        assert (told, entered) == ([False, True], [2])
    await waiting
    assert (entered, len(queues)) == ([2, 1], 0)


def test_long_replies_are_cut_and_long_actions_never_leave() -> None:
    long = Reply(text="😀血压\n" * 3_000, buttons=(Button("好", "yes:1"),), picture=b"\x89PNG")
    first, *rest = calls(1, long)
    assert (type(first).__name__, len(rest) > 1) == ("SendPhoto", True)
    assert all(each.reply_markup is None for each in rest[:-1])
    assert rest[-1].reply_markup is not None
    with pytest.raises(ValueError, match="callback_data"):
        calls(1, Reply(text="x", buttons=(Button("好", "是" * 22),)))


def _photo(file_id: str, size: int, width: int = 90) -> list[dict[str, Any]]:
    return [
        {
            "file_id": file_id,
            "file_unique_id": file_id,
            "width": width,
            "height": width,
            "file_size": size,
        }
    ]


_STICKER = {
    "file_id": "s",
    "file_unique_id": "s",
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": False,
    "is_video": False,
}
