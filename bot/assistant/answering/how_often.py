"""How often a number was beyond a limit: the question's own, or a guideline's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Citation, Window
from bot.assistant.answering.counted import counted_as, counted_of, limit_facts
from bot.assistant.answering.meaning import who_is
from bot.assistant.answering.own_ranges import limit_said
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import cite, phrase
from bot.assistant.library import guidelines as library
from bot.assistant.queries import series
from bot.assistant.records import Reading

if TYPE_CHECKING:
    from bot.assistant.answering.numbers import Numbers

TOLD = 6  # so many hits are told one by one


def how_often(n: Numbers, rows: list[Reading], window: Window | None) -> Draft:
    """Count and total as facts; the hits cited, or every reading where there is no hit."""
    draft = Draft()
    is_hit = hit_test(n, draft)
    hits = [r for r in rows if is_hit(r)]
    draft.facts.append(n.count_fact(len(hits), "符合次数" if n.language == "zh" else "hits"))
    draft.facts.append(n.count_fact(len(rows), "测量总次数" if n.language == "zh" else "total"))
    draft.facts += limit_facts(n)
    draft.sentences.append(
        phrase(
            n.language,
            "how_often" if hits else "how_often_never",
            label=counted_of(n, rows),
            said=counted_as(n),
            count=len(hits),
            total=len(rows),
        )
    )
    for r in hits or rows:
        draft.cite(*cite(r, n.language))
    if 0 < len(hits) <= TOLD:
        told = n.rows(hits)
        draft.facts += told.facts
        key = "which" if len(hits) > 1 else "which_one"
        draft.sentences.append(phrase(n.language, key, rows=told.sentences[0]))
    elif hits:
        draft.take(n.one("latest_hit", hits[-1]))
    return draft


def since_when(n: Numbers, rows: list[Reading]) -> Draft | None:
    """「从什么时候开始高的」: the first such reading; None where there is none, or no limit."""
    if n.query.limit is None and n.query.side is None:
        return None
    draft = Draft()
    is_hit = hit_test(n, draft)
    hits = [r for r in rows if is_hit(r)]
    if not hits:
        return None
    draft.take(n.one("first_hit", hits[0]))
    return draft


def hit_test(n: Numbers, draft: Draft) -> Callable[[Reading], bool]:
    """Whether a reading is one of those counted; what it rests on goes to the draft."""
    limit = n.query.limit
    if limit is not None:
        return lambda r: series.beyond(r, limit, n.query.part)
    side = n.query.side or "above"
    if side != "within":
        return _by_guideline(n, draft, "low" if side == "below" else "high")
    high, low = _by_guideline(n, draft, "high"), _by_guideline(n, draft, "low")
    return lambda r: not high(r) and not low(r)


def _by_guideline(n: Numbers, draft: Draft, level: str) -> Callable[[Reading], bool]:
    own = _by_own(n, draft, level)
    if own is not None:
        return own
    who = who_is(n.view)
    rules = [rule for meal in (None, "fasting") for rule in library.limits(n.key, level, meal, who)]
    rules = list(dict.fromkeys(rules))
    if n.query.part:
        rules = [r for r in rules if r.part == n.query.part]
    for rule in rules:
        guideline = library.guidelines()[rule.guideline]
        draft.cite(guideline.citation(n.language))
        said = phrase(
            n.language, "guideline_only", source=guideline.source, said=guideline.says(n.language)
        )
        if said not in draft.extras:
            draft.extras.append(said)

    def hit(r: Reading) -> bool:
        return any(
            rule.part in r.values
            and (rule.meal is None or rule.meal == r.meal)
            and library.beyond(r.values[rule.part].value, rule.side, rule.limit)
            for rule in rules
        )

    return hit


def _by_own(n: Numbers, draft: Draft, level: str) -> Callable[[Reading], bool] | None:
    """By the ranges set for the person, each while it held; None where there are none now."""
    part = n.query.part
    today = n.view.now.astimezone(SHANGHAI).date()
    limits = [each for each in n.view.own_limits(n.key) if part in (None, each.part)]
    now = [each for each in limits if each.holds(each.meal, today)]
    if not now:
        return None
    side = "below" if level == "low" else "above"
    for each in now:
        said = limit_said(each, n.language)
        draft.cite(Citation(each.ref, each.since.isoformat() if each.since else None, said))
        draft.extras.append(phrase(n.language, "own_range", said=said))

    def hit(r: Reading) -> bool:
        return any(
            each.part in r.values
            and each.meal in (None, r.meal)
            and each.side(r.values[each.part].value) == side
            for each in now
        )

    return hit
