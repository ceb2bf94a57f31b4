"""Which results were outside the range that their own report printed, and which were positive.

体检哪几项偏高, 有哪些是阳性: the last result of each kind, or all of a span.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from bot.assistant.answer import Fact, Outcome, Window
from bot.assistant.answering.numbers import Numbers
from bot.assistant.answering.qualitative import Outside, is_positive, positive_side, word_side
from bot.assistant.answering.reference_range import side_of
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import cite, phrase
from bot.assistant.records import Reading
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView

_WHICH = re.compile(
    r"(?:哪|那)(?:1|几|些)?(?:个|项|样|些)?(?:指标|项目|结果|数值|数据)?.{0,4}?(?:高|低|不正常|超标|异常|"
    r"有问题|不合格|不达标|不好)|(?:几|多少)(?:个|项)(?:指标|结果)?(?:偏|超|不正常|异常)|"
    r"(?:有没有|有)(?:什么|啥)?(?:指标|项目|结果)(?:偏|超|不正常|异常)|(?:异常|超标|偏高|偏低)(?:的)?(?:指标|项目|结果)|"
    r"(?:化验|验血|抽血|血检|验尿)(?:单|结果)?.{0,3}有(?:没有)?(?:什么|啥)?(?:问题|毛病|不对|不好)|"
    r"(?:which|any|what) (?:\w+ ){0,3}(?:abnormal|out of range|too high|too low)|abnormal results"
)
_POSITIVE = re.compile(
    r"(?:哪|有|几|多少|是不是|全|都).{0,8}(?:阳性|加号|带\+)|(?:阳性|加号)(?:的)?(?:有|是)?(?:哪|几|多少|吗|没|结果|项)|"
    r"(?:which|any|what) (?:\w+ ){0,3}positive|positive results"
)
_HIGH, _LOW = re.compile(r"高|超标|high"), re.compile(r"低|low")


def asks_abnormal(query: Query) -> bool:
    text = query.asked.plain
    return not query.kinds and bool(_WHICH.search(text) or _POSITIVE.search(text))


def answer_abnormal(query: Query, view: ArchiveView, window: Window | None) -> Draft | None:
    """Of a span all results, else the last of each kind; None where none has a range."""
    text = query.asked.plain
    if _POSITIVE.search(text):
        return answer_positive(query, view, window)
    ranged = _ranged(view, window)
    if not ranged:
        return None
    only = "above" if _HIGH.search(text) and not _LOW.search(text) else None
    only = "below" if _LOW.search(text) and not _HIGH.search(text) else only
    outside = [(r, side) for r, side in ranged if side != "within" and only in (None, side)]
    draft = Draft(window=window)
    draft.facts.append(_count(query, len(outside)))
    if not outside:
        draft.sentences.append(phrase(query.language, "abnormal_none", total=len(ranged)))
        draft.facts.append(_count(query, len(ranged), of_all=True))
        draft.cite(*(c for r, _ in ranged for c in cite(r, query.language)))
        return draft
    told = [_told(draft, query, view, r, side) for r, side in outside]
    rows = _joined(query, told)
    draft.sentences.append(phrase(query.language, "abnormal", count=len(outside), rows=rows))
    return draft


def answer_positive(query: Query, view: ArchiveView, window: Window | None) -> Draft:
    """Every result that says positive; of one that is no finding (a blood group) that is said."""
    worded = [r for r in _last_or_all(view, window) if r.words is not None]
    found = [r for r in worded if is_positive(r)]
    known = [r for r in worded if is_positive(r) or word_side(r) is not None]
    if not known:
        draft = Draft(outcome=Outcome.NOT_FOUND, window=window)
        draft.sentences.append(phrase(query.language, "positive_unknown"))
        return draft
    draft = Draft(window=window)
    draft.facts.append(_count(query, len(found)))
    if not found:
        draft.sentences.append(phrase(query.language, "positive_none", total=len(known)))
        draft.facts.append(_count(query, len(known), of_all=True))
        draft.cite(*(c for r in known for c in cite(r, query.language)))
        return draft
    told = [_told(draft, query, view, r, positive_side(r)) for r in found]
    rows = _joined(query, told)
    draft.sentences.append(phrase(query.language, "positive", count=len(found), rows=rows))
    return draft


def _joined(query: Query, told: list[str]) -> str:
    return ("；" if query.language == "zh" else "; ").join(told)


def _last_or_all(view: ArchiveView, window: Window | None) -> list[Reading]:
    rows: list[Reading] = []
    for key in sorted(set(view.own_names().values())):
        known = [r for r in view.readings(key) if window is None or window.holds(r.at)]
        rows += known if window is not None else known[-1:]
    return rows


def _ranged(view: ArchiveView, window: Window | None) -> list[tuple[Reading, str]]:
    sided = [(r, side_of(r) or _worded(r)) for r in _last_or_all(view, window)]
    return [(r, side) for r, side in sided if side is not None]


def _worded(r: Reading) -> str | None:
    side = word_side(r)
    if isinstance(side, Outside):
        return "outside" if side.usual else "outside_usual"
    return None if side is None else "within"


def _told(draft: Draft, query: Query, view: ArchiveView, r: Reading, side: str) -> str:
    n = Numbers(view, _plain(query), r.kind)
    draft.facts += n.reading_facts(r)
    draft.cite(*cite(r, query.language))
    return phrase(
        query.language, f"abnormal_{side}", label=n.label, value=n.value(r), usual=r.reference
    )


def _plain(query: Query) -> Query:
    return replace(query, part=None, meal=None, at_home=None)


def _count(query: Query, count: int, *, of_all: bool = False) -> Fact:
    zh = query.language == "zh"
    label = ("项目数" if of_all else "异常项数") if zh else ("results" if of_all else "outside")
    return Fact(label, Decimal(count), "项" if zh else None)
