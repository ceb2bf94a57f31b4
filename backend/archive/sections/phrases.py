"""How dates and closed sets read in a timeline title."""

from __future__ import annotations

from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.tables import table


def chinese(language: str) -> bool:
    return not language.startswith("en")


def word(group: str, key: str | None, language: str) -> str:
    """The word for a code of a closed set; the code itself where the set has no word for it."""
    if key is None:
        return ""
    entry = table("labels")[group].get(key)
    return key if entry is None else str(entry["zh" if chinese(language) else "en"])


def day(date: PartialDate, language: str) -> str:
    """``2015 年``, ``2015-03``, ``2015-03-04``; an instant without its time."""
    text = date.day
    return f"{text} 年" if len(text) == 4 and chinese(language) else text


def since(date: PartialDate | None, language: str) -> str:
    if date is None:
        return ""
    return f"{day(date, language)}起" if chinese(language) else f"since {date.day}"


def on(date: PartialDate | None, language: str) -> str:
    return "" if date is None else day(date, language)


def with_remarks(head: str, language: str, *remarks: str) -> str:
    """``高血压（2015 年起，已痊愈）`` or ``Hypertension (since 2015, resolved)``."""
    said = [remark for remark in remarks if remark]
    if not said:
        return head
    if chinese(language):
        return f"{head}（{'，'.join(said)}）"
    return f"{head} ({', '.join(said)})"


def with_colon(head: str, rest: str, language: str) -> str:
    if not rest:
        return head
    return f"{head}：{rest}" if chinese(language) else f"{head}: {rest}"


def listed(parts: list[str], language: str) -> str:
    return ("、" if chinese(language) else ", ").join(part for part in parts if part)
