"""Which area of the archive a question about words means, and which entries of it."""

from __future__ import annotations

import re

from bot.assistant.lexicon.terms import Term, terms
from bot.assistant.records import Area
from bot.assistant.understanding.asks import Ask
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView

_VACCINE = re.compile(r"疫苗|接种|打(?:过|了|没|的|完)?|针|苗|剂|vaccin|immuni|shot|jab|booster")
_PROCEDURE = re.compile(
    r"手术|开刀|动刀|切|装|放(?:了|过|没)|搭|做(?:过|了|的|没)|透析|置换|surg|"
    r"operat|procedure|stent|remov|had (?:a|my)|did i (?:have|get)|replac"
)
_REPORT = re.compile(
    r"报告|结果|结论|怎么说|咋说|说(?:了)?(?:什么|啥)|写(?:了)?(?:什么|啥|的)|"
    r"显示|提示|发现|查出|看出|怎么样|咋样|如何|有没有(?:问题|异常|事)|正常|"
    r"检查|拍|做(?:过|了|的)|哪天|什么时候|report|result|show|find|found|say|"
    r"said|conclu|normal|scan|when"
)
_TAKING = re.compile(
    r"药|吃|服|用(?:量|法|了|过|的|着|没|多|上)|片|胶囊|打(?:多少|几|的)|"
    r"开(?:的|了|过)|medic|pill|tablet|drug|tak(?:e|ing)|took|dose|prescri|"
    r"\bon\b|us(?:e|ing)"
)
_NUMERIC = {
    Ask.AVERAGE,
    Ask.HIGHEST,
    Ask.LOWEST,
    Ask.EXTREMES,
    Ask.TREND,
    Ask.COMPARE,
    Ask.HOW_OFTEN,
    Ask.LAST_N,
    Ask.TOTAL,
}
_ALLERGIC = re.compile(
    r"对(?P<a>[一-鿿a-z0-9]{1,8}?)(?:是不是|是否|有没有|会不会|会|有|也|"
    r"都)?(?:过敏|不耐受)|(?P<b>[一-鿿]{2,6}?)过敏|allergic to (?P<c>[a-z -]{2,24}?"
    r")(?:\?|$| or | and |,)"
)
_UNNAMED = re.compile(
    r"什么|哪|啥|问题|异常|大碍|药物?$|食物|东西|有没有|有$|我|是否|是不是|他|她|吃的|any|"
    r"what|food|medic|drug|something|知道|记录|档案|一下|任何|现在|everything"
)
_ILL = re.compile(
    r"(?:有没有得过|有没有患过|得没得过|得过|患过|患有|有没有|有过|是否有|"
    r"有无)(?P<a>[一-鿿]{2,10}?)(?:的?(?:病史|记录|诊断|毛病|情况))?(?:没有?|"
    r"吗|么|[?？]|$)|(?:have i (?:ever )?had|do i have|did i have|diagnosed "
    r"with|history of) (?:an? )?(?P<b>[a-z' -]{3,30}?)(?:\?|$| before| in )"
)
_TAKEN = re.compile(
    r"(?:在|有没有|是不是在?|还在?)(?:吃|服用?|用)(?:过|着|"
    r"了)?(?P<a>[一-鿿]{2,10}?)(?:没有?|吗|么|[?？]|$)|(?:吃|服用?|"
    r"用)过(?P<c>[一-鿿]{2,10}?)(?:没有?|吗|么|[?？]|$)|(?:am i|was i|have i "
    r"been) (?:taking|on) (?P<b>[a-z -]{3,30}?)(?:\?|$)"
)
_VACCINATED = re.compile(
    r"(?P<a>[一-鿿]{2,8}?)(?:疫苗|针)|(?P<b>[a-z -]{3,24}?) (?:vaccin\w*|shot|"
    r"jab)"
)
_EXAMINED = re.compile(r"(?:做过?|拍过?|查过?|的)(?P<a>[一-鿿a-z]{2,10}?)(?:的)?(?:报告|结果|检查)")


def area_and_terms(query: Query, view: ArchiveView) -> tuple[Area | None, tuple[Term, ...]]:
    """The area meant and the terms in it; None where a number is what is asked."""
    text = query.asked.plain
    by_area = {a: tuple(t for t in query.terms if t.area is a) for a in Area}
    named = [a for a in query.areas if isinstance(a, Area)]
    if Area.ALLERGY in named:
        return Area.ALLERGY, _named(by_area[Area.ALLERGY], Area.ALLERGY, _ALLERGIC, text, query)
    if query.kinds and query.anchor:
        return None, ()
    if Area.IMMUNIZATION in named or (by_area[Area.IMMUNIZATION] and _VACCINE.search(text)):
        found = by_area[Area.IMMUNIZATION]
        return Area.IMMUNIZATION, found or _named((), Area.IMMUNIZATION, _VACCINATED, text, query)
    if query.kinds and query.ask in _NUMERIC and not by_area[Area.REPORT]:
        return None, ()
    if by_area[Area.MEDICATION] and _TAKING.search(text):
        return Area.MEDICATION, by_area[Area.MEDICATION]
    if (
        by_area[Area.REPORT]
        and _REPORT.search(text)
        and not (query.kinds and query.ask in _NUMERIC)
    ):
        if query.kinds and not re.search(r"报告|结论|report", text):
            return None, ()
        return Area.REPORT, by_area[Area.REPORT]
    if by_area[Area.PROCEDURE] and _PROCEDURE.search(text):
        return Area.PROCEDURE, by_area[Area.PROCEDURE]
    if query.kinds:
        return (
            (Area.PLAN, ())
            if Area.PLAN in named and re.search(r"目标|goal", text) and view.entries(Area.PLAN)
            else (None, ())
        )
    if Area.MEDICATION in named:
        return Area.MEDICATION, _named((), Area.MEDICATION, _TAKEN, text, query)
    for area in (Area.LIFESTYLE, Area.APPOINTMENT):
        if by_area[area] or area in named:
            return area, by_area[area]
    if by_area[Area.CONDITION] and Area.PROCEDURE in named:
        operated = view.entries(Area.PROCEDURE)
        if any(t.fits(e) for t in by_area[Area.CONDITION] for e in operated):
            return Area.PROCEDURE, by_area[Area.CONDITION]
    if by_area[Area.CONDITION]:
        return Area.CONDITION, by_area[Area.CONDITION]
    for area in (Area.PROCEDURE, Area.REPORT, Area.MEDICATION, Area.IMMUNIZATION):
        if by_area[area]:
            return area, by_area[area]
    return _general(query, named, text)


def _general(query: Query, named: list[Area], text: str) -> tuple[Area | None, tuple[Term, ...]]:
    if Area.CONDITION in named and _CHECKUP.search(text):
        of_checkup = terms(Area.REPORT)["checkup"] if query.anchor is None else None
        return Area.REPORT, (of_checkup,) if of_checkup else ()
    order = (Area.PROCEDURE, Area.ENCOUNTER, Area.PLAN, Area.REPORT, Area.CONDITION, Area.DOCUMENT)
    for area in order:
        if area in named:
            if area is Area.ENCOUNTER:
                return area, _encounter(text)
            if area is Area.CONDITION:
                return area, _named((), area, _ILL, text, query)
            return area, _named((), area, _EXAMINED, text, query) if area is Area.REPORT else ()
    found = _named((), Area.CONDITION, _ILL, text, query)
    if found:
        return Area.CONDITION, found
    taken = _named((), Area.MEDICATION, _TAKEN, text, query)
    return (Area.MEDICATION, taken) if taken else (None, ())


def _named(
    known: tuple[Term, ...], area: Area, pattern: re.Pattern[str], text: str, query: Query
) -> tuple[Term, ...]:
    """The area's terms, else a word the question itself names (对香菜过敏吗)."""
    if known:
        return known
    others = tuple(t for t in query.terms if t.area is Area.MEDICATION)
    if area is Area.ALLERGY and others:
        return tuple(_word(area, m, t.zh) for t in others for m in t.match)
    for match in pattern.finditer(text):
        word = next((g for g in match.groups() if g), "").strip()
        if len(word) >= (1 if area is Area.ALLERGY else 2) and not _UNNAMED.search(word):
            return (_word(area, word, word),)
    return ()


def _word(area: Area, word: str, name: str) -> Term:
    return Term(area=area, key=f"word:{word}", zh=name, en=name, say=(word,), match=(word,))


_REGISTERED = re.compile(r"建(?:的|了)?档")
_ANTENATAL = re.compile(r"产检|产前检查|孕检|antenatal|prenatal")
_STAY = re.compile(
    r"住(?:过|的|了)?.{0,4}院|(?<!居)(?<!哪)住的(?=$|[?？])|入院|出(?:的|了)?院|hospitali|admitted|discharged|inpatient|"
    r"hospital stay"
)
_EMERGENCY = re.compile(r"急诊|emergency|\ber\b")
_OUTPATIENT = re.compile(r"门诊|复诊|outpatient|office visit")
_CHECKUP = re.compile(r"体检|check-?up|physical")


def _encounter(text: str) -> tuple[Term, ...]:
    """Stays, emergencies, clinic visits and check-ups are kinds of encounter."""
    table = (
        (_STAY, "住院", "hospital stay", ("住院", "hospital", "inpatient", "admission")),
        (_REGISTERED, "建档", "registration", ("建档", "建册", "registration")),
        (_ANTENATAL, "产检", "antenatal visit", ("产检", "产前", "孕检", "antenatal", "prenatal")),
        (_EMERGENCY, "急诊", "emergency visit", ("急诊", "emergency")),
        (_CHECKUP, "体检", "check-up", ("体检", "check up", "check-up", "physical")),
        (_OUTPATIENT, "门诊", "clinic visit", ("门诊", "复诊", "outpatient", "ambulatory")),
    )
    for pattern, zh, en, match in table:
        if pattern.search(text):
            return (
                Term(area=Area.ENCOUNTER, key=f"visit:{en}", zh=zh, en=en, say=(), match=match),
            )
    return ()
