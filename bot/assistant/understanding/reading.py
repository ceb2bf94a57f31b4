"""The whole understanding of a question: text to ``Query``."""

from __future__ import annotations

import re

from backend.core.clock import SHANGHAI
from bot.assistant.lexicon.kinds import kinds, panels
from bot.assistant.lexicon.terms import Term
from bot.assistant.understanding.asks import (
    Ask,
    ask_in,
    last_n,
    limit_in,
    says,
    side_in,
    streak_in,
    top_in,
)
from bot.assistant.understanding.clock_times import TimeOfDay
from bot.assistant.understanding.persons import subject
from bot.assistant.understanding.query import Facet, Query
from bot.assistant.understanding.text import Asked
from bot.assistant.understanding.topics import Mention, Topics, areas_in
from bot.assistant.understanding.when import read_when
from bot.assistant.view import ArchiveView

_MEDICINE = re.compile(r"药|吃|服|片|胶囊|medic|pill|tablet|drug|\btak(?:e|ing)\b|dose|prescri")
_HOW_MANY = re.compile(
    r"几次|多少次|几回|几天|多少天|哪几次|哪些天|哪几天|次数|几遍|占(?:多少|"
    r"比)|比例|有没有|有过|过没有|吗|"
    r"how many|how often|which|ever|times|any|did|has|have|when|什么时候|哪天|哪次|是否"
)
_SUGAR = re.compile(
    r"(?<![血尿含无低控降吃喝戒白红冰葡萄甜果糖])糖(?!尿|化|类|丸|果|分|水|"
    r"耐)(?=.{0,6}(?:多少|高|低|怎么样|平均|正常|测|控|稳))"
)
_LABORATORY = re.compile(
    r"化验|检验|抽(?:过|了|的)?血|验(?:过|了|的)?血|血检|静脉|医院(?:里|给我)?(?:查|测|验|抽|做)|"
    r"(?:在|去|到)医院|\blabs?\b|laborator|blood (?:test|draw|work)|venous"
)
_AT_HOME = re.compile(
    r"在家|家里|家中|自(?:己|个儿|行)(?:量|测|扎|查)|自测|血糖仪|扎(?:的|了)?手指|指尖|指血|末梢|"
    r"at home|\bhome\b|finger|\bmeter\b|myself"
)
_PRESSURE = re.compile(r"(?<!血)压(?=(?:有点|又|还|偏|太)?(?:高|低|多少|怎么样|稳))|^压")


def understand(asked: Asked, view: ArchiveView, topics: Topics) -> Query:
    when = read_when(asked, view.now)
    rest = when.rest
    mentions = topics.mentions(rest)
    found, panel, part, meals, at = _numbers(rest, mentions)
    terms = _terms(mentions, rest)
    limit = limit_in(rest)
    side = side_in(rest)
    ask = _ask(rest, when.windows, limit is not None, side)
    if not found and terms and _is_numeric(ask, rest, limit is not None):
        found = next((t.kinds for t in terms if t.kinds), ())
    first = min((m.at for m in mentions), default=None)
    offset = _offset(asked.plain, mentions, at if at is not None else first)
    today = view.now.astimezone(SHANGHAI).date()
    return Query(
        asked=asked,
        rest=rest,
        ask=ask,
        subject=subject(asked, view.patient, today, offset),
        kinds=found,
        panel=panel,
        part=part,
        meal=meals[0] if meals else None,
        terms=terms,
        areas=tuple(areas_in(rest if asked.language == "en" else asked.plain)),
        windows=when.windows,
        anchor=when.anchor,
        hours=when.hours,
        facets=_facets(meals, when.times, asked.language) if found else (),
        vague=when.vague,
        limit=limit,
        side=side,
        last_n=last_n(rest),
        streak=streak_in(rest),
        top=top_in(rest),
        at_home=_at_home(rest)
        if any(kinds()[k].home_loinc for k in found if k in kinds())
        else None,
        topic_at=offset,
    )


def _numbers(
    text: str, mentions: list[Mention]
) -> tuple[tuple[str, ...], str | None, str | None, tuple[str, ...], int | None]:
    """The kinds asked for, with panel, component, meals and where they are said."""
    named: list[str] = []
    panel: str | None = None
    meals: list[str] = []
    parts: list[tuple[str, str]] = []
    at: int | None = None
    for m in mentions:
        if m.what in ("kind", "own", "component", "panel") and at is None:
            at = m.at
        if m.what in ("kind", "own"):
            named.append(m.key)
            meals += _meal_of(m)
        elif m.what == "component":
            parts.append((m.key, m.part))
        elif m.what == "panel":
            panel = panel or m.key
        elif m.what == "meal":
            meals.append(m.part)
    if parts and not named:
        named = [parts[0][0]]
    chosen = {p for k, p in parts if k in named}
    part = next(iter(chosen)) if len(chosen) == 1 else None
    if not named and panel:
        named = list(panels()[panel].kinds)
    if not named and _SUGAR.search(text):
        named = ["glucose"]
    if not named and _PRESSURE.search(text):
        named = ["blood_pressure"]
    if not named and meals:
        named = ["glucose"] if re.search(r"糖|测|量|多少|sugar|reading|level", text) else []
    of_meals = tuple(dict.fromkeys(meals)) if "glucose" in named else ()
    return tuple(dict.fromkeys(named)), panel, part, of_meals, at


def _facets(
    meals: tuple[str, ...], times: tuple[TimeOfDay, ...], language: str
) -> tuple[Facet, ...]:
    if len(meals) > 1:
        known = kinds()["glucose"].meals
        return tuple(Facet(known[m].zh if language == "zh" else known[m].en, meal=m) for m in meals)
    if len(times) > 1:
        return tuple(Facet(time.said, hours=time.hours) for time in times)
    return ()


def _meal_of(m: Mention) -> list[str]:
    """空腹血糖 is one word of the table: the meal hides inside it."""
    if m.key != "glucose":
        return []
    known = kinds()["glucose"].meals.values()
    return [meal.key for meal in known if any(word in m.word for word in meal.say)][:1]


def _at_home(text: str) -> bool | None:
    laboratory, home = bool(_LABORATORY.search(text)), bool(_AT_HOME.search(text))
    return None if laboratory is home else home


def _terms(mentions: list[Mention], text: str) -> tuple[Term, ...]:
    """Terms named; a medicine's name counts as a medicine only beside words of taking."""
    found = [m.term for m in mentions if m.term is not None]
    unique = {(t.area, t.key): t for t in found}
    return tuple(unique.values())


def _ask(text: str, windows: tuple[object, ...], limited: bool, side: str | None) -> Ask:
    ask = ask_in(text)
    if limited and (_HOW_MANY.search(text) or ask in (Ask.COUNT, Ask.VALUE)):
        return Ask.HOW_OFTEN
    if side and ask in (Ask.COUNT, Ask.VALUE, Ask.WHEN) and _HOW_MANY.search(text):
        often = ask is Ask.COUNT or re.search(
            r"几|多少(?:次|天)|哪|次数|有没有|有过|how many|ever|any|when|which", text
        )
        if often:
            return Ask.HOW_OFTEN
    if ask is Ask.COMPARE and not windows:
        return Ask.TREND
    if ask is Ask.WHEN and (says(Ask.HIGHEST, text) or says(Ask.LOWEST, text)):
        return Ask.HIGHEST if says(Ask.HIGHEST, text) else Ask.LOWEST
    return ask


def _is_numeric(ask: Ask, text: str, limited: bool) -> bool:
    """「高血压控制得怎么样」: the condition's own numbers are meant."""
    if limited or ask in (Ask.AVERAGE, Ask.HIGHEST, Ask.LOWEST, Ask.EXTREMES, Ask.HOW_OFTEN):
        return True
    return bool(re.search(r"控制|指标|数值|稳|达标|controlled|under control", text))


def _offset(plain: str, mentions: list[Mention], at: int | None) -> int | None:
    """Where the topic stands in the whole question (``rest`` has lost its time words)."""
    word = next((m.word for m in mentions if m.at == at), None)
    if word is None:
        return None
    position = plain.rfind(word)
    return position if position >= 0 else None
