"""What an alert says: ``data/alerts.toml`` and the findings' own words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from backend.archive.sections import PartialDate
from backend.measurements.thresholds import Text
from backend.reports.alerts.judging import Outside
from backend.reports.limits import table
from backend.reports.review import Review
from backend.reports.wording import kind_label

_WORDS = table("alerts")
_LANGUAGES: tuple[Literal["zh", "en"], ...] = ("zh", "en")


def reason(review: Review, when: PartialDate | None, found: Sequence[Outside]) -> Text:
    """The paper, and what on it is outside; of an urgent one only what is urgent."""
    return _both(lambda language: _reason(review, when, found, language))


def what_to_do(found: Sequence[Outside]) -> Text:
    finding = found[0].finding
    return finding.what_to_do if finding else _text(_WORDS["what_to_do"])


def source(found: Sequence[Outside]) -> Text:
    finding = found[0].finding
    return finding.source if finding else _text(_WORDS["source"])


def _reason(
    review: Review, when: PartialDate | None, found: Sequence[Outside], language: str
) -> str:
    words = _WORDS["reason"]
    day = when.local().date().isoformat() if when else None
    parts = {
        "day": words["day"][language].format(day=day) if day else "",
        "facility": words["facility"][language].format(facility=review.facility)
        if review.facility
        else "",
        "paper": kind_label(review.kind, language),
        "count": len(found),
        "results": _listed(found, language),
    }
    finding = found[0].finding
    if finding is not None:
        worst = finding.reason.get(language)
        return str(words["urgent"][language].format(**parts, worst=worst))
    return str(words[language].format(**parts))


def _listed(found: Sequence[Outside], language: str) -> str:
    words = _WORDS["reason"]
    named = [_named(each, language) for each in found[: words["shown"]]]
    more = words["more"][language] if len(found) > len(named) else ""
    return str(words["separator"][language].join(named) + more)


def _named(each: Outside, language: str) -> str:
    item = each.item
    value = f"{item.text} {item.unit}" if item.unit else item.text
    flag = _WORDS["flags"].get(item.flag or "abnormal", {}).get(language, "")
    return f"{item.name} {value} {flag}".strip()


def _both(said: Callable[[str], str]) -> Text:
    return Text(*(said(language) for language in _LANGUAGES))


def _text(row: dict[str, str]) -> Text:
    return Text(row["zh"], row["en"])
