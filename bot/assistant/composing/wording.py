"""How numbers, times and lists are written for people, in zh-CN and en."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Citation, Fact, iso
from bot.assistant.lexicon.kinds import Kind, kinds, read_toml
from bot.assistant.lexicon.units import half_up
from bot.assistant.records import Entry, Measured, Reading

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def phrase(language: str, key: str, **values: object) -> str:
    """A template of ``zh.toml`` or ``en.toml``, filled in."""
    template: str = read_toml(__package__, f"{language}.toml")[key]
    return template.format(**values)


def number(value: Decimal) -> str:
    """Plain digits, no exponent, no trailing zeros."""
    if value == value.to_integral_value():
        return str(int(value))
    return format(value.normalize(), "f")


def shown(measured: Measured, kind: str, recorded: bool) -> Decimal:
    """A value as it is shown: as recorded (at most two decimals more than people write)."""
    known = kinds().get(kind)
    digits = max(known.digits, 2) if known else 3
    value = measured.recorded if recorded or not measured.converted else measured.value
    return half_up(value, digits) if -value.as_tuple().exponent > digits else value  # type: ignore[operator]


def day(at: datetime, language: str) -> str:
    return calendar_day(at.astimezone(SHANGHAI).date(), language)


def calendar_day(on: date, language: str) -> str:
    if language == "zh":
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def moment(reading: Reading, language: str) -> str:
    if reading.day_only:
        return day(reading.at, language)
    clock = reading.at.astimezone(SHANGHAI).strftime("%H:%M")
    gap = " " if language == "zh" else ", "
    return f"{day(reading.at, language)}{gap}{clock}"


def time_fact(reading: Reading, language: str) -> Fact:
    local = reading.at.astimezone(SHANGHAI)
    form = "%Y-%m-%d" if reading.day_only else "%Y-%m-%d %H:%M"
    return Fact("测量时间" if language == "zh" else "measured at", local.strftime(form))


def at_text(reading: Reading) -> str:
    if reading.day_only:
        return reading.at.astimezone(SHANGHAI).strftime("%Y-%m-%d")
    return iso(reading.at)


def cite(reading: Reading, language: str) -> list[Citation]:
    """One citation per resource a reading rests on."""
    said = f"{moment(reading, language)} {reading.said}"
    if reading.meal and kinds()["glucose"].meals[reading.meal].zh not in said:
        meal = kinds()["glucose"].meals[reading.meal]
        said += f"（{meal.zh}）" if language == "zh" else f" ({meal.en})"
    return [Citation(ref, at_text(reading), said) for ref in reading.refs]


def cite_entry(entry: Entry, language: str, said: str) -> Citation:
    at = None
    if entry.start is not None:
        full = entry.start_text is not None and len(entry.start_text) > 10
        at = iso(entry.start) if full else entry.start_text
    return Citation(entry.ref, at, said)


def entry_day(entry: Entry, language: str) -> str:
    """The entry's date as precise as the record has it (a year, a month, a day)."""
    if entry.start is None:
        return ""
    text = entry.start_text or ""
    local = entry.start.astimezone(SHANGHAI)
    if len(text) == 4:
        return f"{text}年" if language == "zh" else text
    if len(text) == 7:
        zh = f"{local.year}年{local.month}月"
        return zh if language == "zh" else f"{_MONTHS[local.month - 1]} {local.year}"
    return day(entry.start, language)


def entry_day_iso(entry: Entry) -> str:
    if entry.start is None:
        return ""
    if entry.start_text and len(entry.start_text) <= 10:
        return entry.start_text
    return entry.start.astimezone(SHANGHAI).strftime("%Y-%m-%d")


def part_label(kind: Kind | None, part: str, language: str, name: str) -> str:
    if kind and part in kind.components:
        component = kind.components[part]
        return component.zh if language == "zh" else component.en
    return kind.name(language) if kind else name
