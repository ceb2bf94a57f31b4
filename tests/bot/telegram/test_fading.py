"""Messages that delete themselves: chosen in the chat, due after a restart too, once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from backend.core.clock import FixedClock
from backend.web.telegram import TelegramDoor
from bot.linking.documents import ChatLink
from bot.telegram.documents import FadingMessage
from bot.telegram.running import TelegramBot
from tests.bot.telegram.bot_api import BotApi, Call
from tests.bot.telegram.conftest import Bench, Father
from tests.bot.telegram.person import action, words

HOUR = timedelta(hours=1)


def ids(deleted: list[Call]) -> list[list[int]]:
    return [each.parameters["message_ids"] for each in deleted]


async def test_messages_are_deleted_when_chosen_so_and_another_process_does_it(
    father: Father, bench: Bench, api: BotApi, clock: FixedClock
) -> None:
    person = father.person
    offered = await person.says("自动删除")
    assert "现在是：不删除" in words(offered)
    assert [label for label, _ in offered[0].buttons] == ["不删除", "1小时后", "24小时后"]
    assert await FadingMessage.count() == 0
    assert "过期" in words(await person.presses("tidy:7"))
    assert [each.kept_hours async for each in ChatLink.find_all()] == [None]

    assert "1小时后自动删除" in words(await person.presses(action(offered, "1小时后")))
    written = person.message(text="早上血压135/85")
    [reply] = await person.feeds({"update_id": 800_000, "message": written})
    sticker = person.message(location={"latitude": 31.2, "longitude": 121.4})
    await person.feeds({"update_id": 800_001, "message": sticker})
    rows = await FadingMessage.get_pymongo_collection().find().to_list()
    noted = [each["message_id"] for each in rows]
    assert len(noted) == 5  # the answer to the button, two messages and what was said to them
    assert {written["message_id"], sticker["message_id"]} < set(noted)
    assert not [each for each in rows if str(person.id).encode() in each["chat"]]

    clock.advance(HOUR - timedelta(seconds=1))
    assert await bench.bot.fading.drain() == 0
    clock.advance(timedelta(seconds=1))
    others = TelegramBot(bench.services)
    done = await asyncio.gather(bench.bot.fading.drain(), others.fading.drain())
    await others.close()
    assert sum(done) == 5
    deleted = [each for some in ids(api.said("deleteMessages")) for each in some]
    assert sorted(deleted) == sorted(noted)
    assert {each.parameters["chat_id"] for each in api.said("deleteMessages")} == {person.id}
    assert await FadingMessage.count() == 0

    await person.says("自动删除")
    await person.presses("tidy:off")
    kept = await FadingMessage.count()
    await person.says("血压135/85")
    assert await FadingMessage.count() == kept == 2  # the question and what was offered then
    assert action([reply], "记下").startswith("yes:")


async def test_what_telegram_never_deletes_is_over_and_what_it_will_is_tried_again(
    father: Father, bench: Bench, api: BotApi, clock: FixedClock
) -> None:
    person, fading = father.person, bench.bot.fading
    await person.presses("tidy:1")
    await person.says("帮助")
    clock.advance(HOUR)
    api.fails("deleteMessages", 429, "Too Many Requests: retry after 9", retry_after=9)
    assert await fading.drain() == 3
    clock.advance(timedelta(seconds=8))
    assert await fading.drain() == 0
    clock.advance(timedelta(seconds=1))
    api.fails("deleteMessages", 502, "Bad Gateway")
    await fading.drain()
    assert await FadingMessage.count() == 3
    clock.advance(timedelta(minutes=1))
    for said in ("message can't be deleted", "message to delete not found"):
        api.fails("deleteMessages", 400, f"Bad Request: {said}")
    before = len(api.calls)
    await fading.drain()
    sizes: list[Any] = [len(each) for each in ids(api.calls[before:])]
    assert sizes == [3, 1, 1, 1]  # one by one, as one may stand in the way of the others
    assert await FadingMessage.count() == 0

    await person.says("帮助")
    clock.advance(HOUR)
    before, door = len(api.calls), TelegramDoor(bench.services)
    async with door.deleting():
        for _ in range(400):
            if await FadingMessage.count() == 0:
                break
            await asyncio.sleep(0.01)
    await door.close()
    assert [each.method for each in api.calls[before:]] == ["deleteMessages"]
