"""The bot in a terminal: buttons are numbers, pictures are files."""

from __future__ import annotations

import asyncio
from pathlib import Path

from backend.services import Services
from bot.console import Console
from tests.assistant.stored.people import a_father
from tests.bot.chat.talking import stored


async def test_numbers_press_the_buttons_shown_last_and_pictures_become_files(
    services: Services, tmp_path: Path
) -> None:
    father = await a_father(services)
    before = len(await stored(father.id))
    shown: list[str] = []
    console = Console(services, father.viewer, shown.append, tmp_path)

    await console.line("早上血压135/85\n")
    assert shown[-2:] == ["  [1] 记下", "  [2] 不对，不记"]
    await console.line("1")
    assert len(await stored(father.id)) == before + 1
    await console.line("2")  # only one button is there now: a number without a kind
    assert "这个数字是什么" in shown[-1]
    assert len(await stored(father.id)) == before + 1
    await console.line("血压趋势")
    picture = tmp_path / "kangban-1.png"
    assert shown[-1] == f"  [{picture}]"
    assert (await asyncio.to_thread(picture.read_bytes)).startswith(b"\x89PNG")
    await console.line("/file /nowhere/at-all.jpg")
    assert "at-all.jpg" in shown[-1]
    await console.line("我的压力多少？")
    assert shown[-2:] == ["  [1] 最近一次血压是多少？", "  [2] 压力大、睡不好怎么办？"]
    await console.line("1")
    assert any("135/85" in each for each in shown[-4:])
    await console.line("胸口压着痛，喘不上气")
    assert any(each.startswith("🚨") and "120" in each for each in shown[-3:])
    await services.assistant.settled()


async def test_a_night_is_recorded_from_the_terminal(services: Services, tmp_path: Path) -> None:
    father = await a_father(services)
    before = len(await stored(father.id))
    shown: list[str] = []
    console = Console(services, father.viewer, shown.append, tmp_path)

    await console.line("昨晚十一点睡，早上六点起")
    assert "睡眠 7小时（昨天 23:00 到 今天 06:00）" in shown[-3]
    await console.line("1")

    assert "已给张建国记下" in shown[-2]
    *_, night = await stored(father.id)
    assert (len(await stored(father.id)), night["kind"]) == (before + 1, "sleep")
    assert night["recorded_by"]["channel"] == father.viewer.channel.value  # type: ignore[index]
