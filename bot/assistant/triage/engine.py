"""Reads one question against the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

from backend.core.clock import SHANGHAI
from bot.assistant.triage.fitting import fitting
from bot.assistant.triage.likeness import is_alarming, is_of_the_mind, likeness, silent
from bot.assistant.triage.numbers import reported
from bot.assistant.triage.rules import Level, Rule, alike, rules
from bot.assistant.triage.saying import State, elsewhere, of_an_animal, state, without_idioms
from bot.assistant.understanding.text import Asked
from bot.assistant.view import ArchiveView

_CHILD = re.compile(
    r"宝宝|孩子|小孩|娃|婴儿|新生儿|幼儿|儿子|女儿|闺女|孙子|孙女|外孙|宝贝|"
    r"毛毛头|小家伙|(?<!\d)\d{1,2}个月大|(?<!\d)(?:[1-9]|1[0-3])岁|刚满月|"
    r"刚出生|"
    r"baby|infant|newborn|toddler|\bmy (?:son|daughter|child|kid|grandson|"
    r"granddaughter)\b|month[- ]old"
)
_INFANT = re.compile(
    r"新生儿|刚满月|满月|刚出生|(?<!\d)[12]个月(?:大|的|多)?|(?<!\d)(?:[1-9]|"
    r"[1-8]\d)天(?:大|的|[,，]|就)|出生\d+天|[1-8]周大|\d{1,2}天大|百天|newborn|(?:one|two|1|"
    r"2)[- ]months?[- ]old|weeks?[- ]old"
)
_PREGNANT = re.compile(r"怀孕|孕妇|怀着|有孕|孕\d|孕期|妊娠|孕晚|孕中|孕早|pregnan")
# A question about stored readings, not a report of one just taken.
_QUERY = re.compile(
    r"(?<![好了])几次|多少次|哪天|哪次|哪些|什么时候|最高|最低|平均|记录|超过|高于|低于|"
    r"大于|以上|以下|趋势|有没有过|(?<!好)几天|多少天|正常值|标准|算不算|算高|多少算|"
    r"是不是算|那[次回天]是?(?:几号|什么时候|哪[天年])|是(?:几月)?几号|算(?:是)?(?:低|高|正常|偏)|正常吗|高不高|低不低|达标|档案|"
    r"how (?:many|often)|^when\b|\bwhen (?:is|was|were|did|do|does|will|are|can|should)\b|"
    r"highest|lowest|average|above|over \d|below|record|"
    r"normal range|\bever\b"
)
_REPORT = re.compile(
    r"刚(?:才|刚)?(?:量|测|查|给)|现在|这会儿|今天(?:早上|上午|下午|"
    r"晚上)?(?:量|测)|just (?:measured|took|checked)|right now|now\b|怎么办|"
    r"咋办|要不要紧|what (?:do|should)"
)


_GOES_ON = re.compile(r"现在|还|又|更|越来越|一直|1直|\bnow\b|still|again")

_MOST = 8  # words of one group that are tried together with the others


class _Word(NamedTuple):
    """Words that a group of a rule met, where, and how they are said."""

    start: int
    end: int
    text: str
    how: State


_Said = list[_Word]


@dataclass(frozen=True, slots=True)
class Alarm:
    """A rule that a question meets, and the words that met it."""

    rule: Rule
    words: tuple[str, ...]
    level: Level
    beside: Rule | None = None  # of another category, whose advice is added


def triage(asked: Asked, view: ArchiveView) -> Alarm | None:
    """The most urgent rule met; where none is an emergency, what the sentence is like."""
    found = by_rules(asked, view)
    if found is not None and found.level is Level.EMERGENCY:
        return found
    if (
        found is not None
        and found.rule.level is Level.EMERGENCY
        and not _GOES_ON.search(asked.plain)
    ):
        return found  # it has passed off: the rules know these words
    return _by_likeness(asked) or found


def _by_likeness(asked: Asked) -> Alarm | None:
    if not heeded(asked):
        return None
    score = likeness(asked)
    if score is None or not is_alarming(score):
        return None
    if not is_alarming(score, doubtful=True) and doubtful(asked.plain):
        return None
    return Alarm(alike("mind" if is_of_the_mind(score) else "body"), (), Level.EMERGENCY)


def heeded(asked: Asked) -> bool:
    """Whether the sentence may tell of now at all, so that what it is like counts."""
    return not (of_an_animal(asked.plain) or silent(asked.plain))


def doubtful(text: str) -> bool:
    """Whether something in the plain text says otherwise: an idiom, a question to the record, a
    film, a rule's words denied. It may stand beside what is grave, so it does not decide alone."""
    if without_idioms(text) != text or _QUERY.search(text):
        return True
    return elsewhere(text) or _dismissed(text)


def _dismissed(text: str) -> bool:
    """Whether a rule knows the words and finds them denied, long over or only talked about."""
    for rule in rules():
        if rule.level is not Level.EMERGENCY or len(rule.groups) != 1:
            continue
        said = next(_said(rule, text))
        if said and all(each.how is State.NOT for each in said):
            return True
    return False


def by_rules(asked: Asked, view: ArchiveView) -> Alarm | None:
    """The most urgent rule met, or None."""
    text = without_idioms(asked.plain)
    numbers = reported(text) if _reports(text) else {}
    animal = of_an_animal(text)
    passed: Alarm | None = None
    alarms: list[Alarm] = []
    for rule in rules():
        if animal and not rule.always:
            continue
        if alarms and rule.level is Level.URGENT:
            break
        found = _met(rule, text, numbers, view)
        if found is not None and found.level is Level.EMERGENCY:
            alarms.append(found)
        elif found is not None and found.level is rule.level:
            return passed or found
        passed = passed or found
    return _fitting(alarms) if alarms else passed


def _fitting(alarms: list[Alarm]) -> Alarm:
    lead, beside = fitting([each.rule for each in alarms])
    chosen = next(each for each in alarms if each.rule is lead)
    return replace(chosen, beside=beside)


def _met(
    rule: Rule, text: str, numbers: dict[str, bool] | object, view: ArchiveView
) -> Alarm | None:
    """An alarm; one that has passed off is no emergency any more, but for a doctor today."""
    assert isinstance(numbers, dict)
    if any(not numbers.get(name) for name in rule.numbers):
        return None
    if rule.unless and rule.unless.search(text):
        return None
    if rule.who and not _is(rule.who, text, view):
        return None
    found: list[_Said] = []
    level = rule.level
    for said in _said(rule, text):
        now = [each for each in said if each.how is State.NOW]
        over = [each for each in said if each.how is State.OVER]
        if not now and not over:
            return None
        level = level if now else Level.URGENT
        found.append(now or over)
    words = _together(found, rule.near)
    return None if words is None else Alarm(rule, words, level)


def _said(rule: Rule, text: str) -> Iterator[_Said]:
    for group in rule.groups:
        yield [
            _Word(m.start(), m.end(), m[0], state(text, m.start(), m.end(), always=rule.always))
            for m in group.finditer(text)
        ]


def _together(found: list[_Said], near: int | None) -> tuple[str, ...] | None:
    """One word of each group, close enough to each other; None where there are none such."""
    if near is None:
        return tuple(said[0].text for said in found)
    for chosen in product(*(said[:_MOST] for said in found)):
        if max(w.start for w in chosen) - min(w.end for w in chosen) <= near:
            return tuple(w.text for w in chosen)
    return None


def _reports(text: str) -> bool:
    """Whether numbers in the text are readings of now rather than limits asked about."""
    if _QUERY.search(text) and not re.search(
        r"刚(?:才|刚)?(?:量|测|查)|(?:量|测|扎)(?:了|出来|着)?[^，,。]{0,8}都|"
        r"just (?:measured|took|checked)",
        text,
    ):
        return False
    past = re.search(
        (
            r"去年|前年|上个?月|上周|以前|之前|那时|当时|\d+[年月]前|last (?:year|"
            r"month|week)|ago"
        ),
        text,
    )
    if past and not _REPORT.search(text):
        return False
    hypothetical = re.search(r"如果|要是|假如|万一|\bif\b", text)
    return not hypothetical


def _is(who: str, text: str, view: ArchiveView) -> bool:
    age = view.patient.age(view.now.astimezone(SHANGHAI).date())
    if who == "child":
        return bool(_CHILD.search(text)) or (age is not None and age < 14)
    if who == "infant":
        return bool(_INFANT.search(text)) or (_months(view) is not None and _months(view) < 3)  # type: ignore[operator]
    return bool(_PREGNANT.search(text))


def _months(view: ArchiveView) -> float | None:
    born = view.patient.born
    if born is None:
        return None
    return (view.now.astimezone(SHANGHAI).date() - born).days / 30.4
