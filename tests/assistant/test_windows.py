"""Time words, by the contract, at Saturday 2026-11-21 10:00 in Shanghai."""

from __future__ import annotations

import pytest

from bot.assistant.understanding.text import read
from bot.assistant.understanding.when import read_when
from tests.assistant.archives import NOW

CASES = {
    "最近七天血压": ("2026-11-14", "2026-11-21T10:00"),
    "近三个月": ("2026-08-21", "2026-11-21T10:00"),
    "过去一年半": ("2025-05-21", "2026-11-21T10:00"),
    "最近半年": ("2026-05-21", "2026-11-21T10:00"),
    "这两周以来": ("2026-11-07", "2026-11-21T10:00"),
    "上周": ("2026-11-09", "2026-11-16"),
    "上上周": ("2026-11-02", "2026-11-09"),
    "这周": ("2026-11-16", "2026-11-21T10:00"),
    "上周三": ("2026-11-11", "2026-11-12"),
    "上个月": ("2026-10-01", "2026-11-01"),
    "去年": ("2025-01-01", "2026-01-01"),
    "前年": ("2024-01-01", "2025-01-01"),
    "今年": ("2026-01-01", "2026-11-21T10:00"),
    "昨天": ("2026-11-20", "2026-11-21"),
    "前天": ("2026-11-19", "2026-11-20"),
    "大前天": ("2026-11-18", "2026-11-19"),
    "11月3号": ("2026-11-03", "2026-11-04"),
    "十二月三号": ("2025-12-03", "2025-12-04"),
    "2025年3月": ("2025-03-01", "2025-04-01"),
    "去年十二月": ("2025-12-01", "2026-01-01"),
    "今年春节": ("2026-02-16", "2026-02-24"),
    "去年中秋": ("2025-10-06", "2025-10-07"),
    "国庆期间": ("2026-10-01", "2026-10-08"),
    "上半年": ("2026-01-01", "2026-07-01"),
    "从九月一号到现在": ("2026-09-01", "2026-11-21T10:00"),
    "10月5号到10月25号": ("2026-10-05", "2026-10-26"),
    "三天前": ("2026-11-18", "2026-11-19"),
    "立冬那天": ("2026-11-07", "2026-11-08"),
    "去年霜降": ("2025-10-23", "2025-10-24"),
    "入冬以来": ("2026-11-07", "2026-11-21T10:00"),
    "正月初一": ("2026-02-17", "2026-02-18"),
    "腊月二十三": ("2026-02-10", "2026-02-11"),
    "农历八月十五": ("2026-09-25", "2026-09-26"),
    "去年腊月": ("2026-01-19", "2026-02-17"),
    "腊八": ("2026-01-26", "2026-01-27"),
    "国庆节那天": ("2026-10-01", "2026-10-02"),
    "母亲节": ("2026-05-10", "2026-05-11"),
    "10.20那天": ("2026-10-20", "2026-10-21"),
    "9.1到9.15血压": ("2026-09-01", "2026-09-16"),
    "over the last 3 months": ("2026-08-21", "2026-11-21T10:00"),
    "in the past two weeks": ("2026-11-07", "2026-11-21T10:00"),
    "last month": ("2026-10-01", "2026-11-01"),
    "last week": ("2026-11-09", "2026-11-16"),
    "in March 2025": ("2025-03-01", "2025-04-01"),
    "on 3 November": ("2026-11-03", "2026-11-04"),
    "yesterday": ("2026-11-20", "2026-11-21"),
}


@pytest.mark.parametrize(("said", "span"), CASES.items())
def test_time_words_mean_the_contracts_span(said: str, span: tuple[str, str]) -> None:
    window = read_when(read(said), NOW).window
    assert window is not None
    form = "%Y-%m-%dT%H:%M"
    start, end = (at.strftime(form).removesuffix("T00:00") for at in window)
    assert (start, end) == span


@pytest.mark.parametrize("said", ["最近五次血压", "一天吃几次", "血压140/90", "一直头疼", "三高"])
def test_words_that_are_no_time_give_no_window(said: str) -> None:
    assert read_when(read(said), NOW).windows == ()


def test_two_spans_keep_their_order() -> None:
    windows = read_when(read("这个月和上个月比"), NOW).windows
    assert [w.start.month for w in windows] == [11, 10]


@pytest.mark.parametrize("said", ["最近999999天", "2月30号", "last 99999 years", "9999年春节"])
def test_a_span_beyond_the_calendar_is_no_span(said: str) -> None:
    assert read_when(read(said), NOW).windows == ()
