"""The whole understanding of a question: text to ``Query``."""

from __future__ import annotations

import re

from backend.core.clock import SHANGHAI
from bot.assistant.lexicon.kinds import kinds, panels
from bot.assistant.lexicon.terms import Term
from bot.assistant.records import Area
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
from bot.assistant.understanding.clock_times import EVENING, Hours, TimeOfDay
from bot.assistant.understanding.persons import PATIENT, Subject, subject
from bot.assistant.understanding.pregnant import pregnant_since
from bot.assistant.understanding.query import Facet, Query
from bot.assistant.understanding.text import Asked
from bot.assistant.understanding.topics import Mention, Topics, areas_in
from bot.assistant.understanding.when import read_when
from bot.assistant.view import ArchiveView

_MEDICINE = re.compile(r"药|吃|服|片|胶囊|medic|pill|tablet|drug|\btak(?:e|ing)\b|dose|prescri")
_HOW_MANY = re.compile(
    r"几次|多少次|几回|几天|多少天|哪几次|哪些天|哪几天|次数|几遍|占(?:多少|"
    r"比)|比例|有没有|有过|过没|没有?(?=$|[?？,，。])|没得(?=$|[?？,，。])|吗|啥时候|何时|"
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


_CHILDHOOD = 40  # 宝宝 and 孩子 of kin.toml, not 儿子 and 女儿
_HOW_FAR = re.compile(r"多大|几(?:个)?[周月]|几大|什么时候|预产|how (?:old|far)|due|born")
_UNBORN = re.compile(
    r"胎|脐带|绕颈|羊水|双顶径|股骨|b超|彩超|超声|四维|无创|唐筛|入盆|头位|臀位|肚子里|发育|心跳|"
    r"多大(?!码|的)|几(?:个)?[周月](?!的)|什么时候(?:生(?!病)|出生|出来)|预产|"
    r"cord|scan|ultrasound|heartbeat|how (?:old|big|far)|due|born"
)
_BEFORE_BED = re.compile(r"(?:临?睡|睡觉?)(?:之|以)?前|临睡|before (?:bed|sleep)|bedtime")
# A question of how hot it was or whether it was, not of what to do.
# 最后一次发烧是什么时候: the last of those that were, not the last of all.
_LAST_SUCH = re.compile(r"(?:最后1次|上1?次|最近1次).{0,8}(?:什么时候|哪天|几号|几月)")
_STEPS = re.compile(r"\d(?:千|万)?步")
_FEVER = re.compile(
    r"(?:最后1次|上1?次|最近1次)发(?:高|低)?[烧热]|(?:发[过了]?(?:高|低)?[烧热]|烧)过(?:没|吗|几|多少)|发过(?:高|低)?[烧热](?:没|吗|几|多少)|"
    r"有没有发[过了]?(?:高|低)?[烧热](?!.{0,4}(?:头|咳|难受))|"
    r"发(?:高|低)?[烧热].{0,3}(?:最高|到?几度|到?多少度|几[次回天]|多少次|哪)|"
    r"最高烧|烧到(?:了)?(?:几|多少)|(?<!视)(?<!角)(?:几|多少)度(?!数|近)|"
    r"(?:did|have) i (?:have|had) a fever|how many fevers"
)
_SAMPLES = (
    ("ogtt_fasting", r"空腹|(?<!\d)0小时|fasting"),
    ("ogtt_1h", r"(?<!\d)1个?小时|1\s?h|1[- ]hour|one hour"),
    ("ogtt_2h", r"(?<!\d)2个?小时|2\s?h|2[- ]hour|two hour"),
    ("ogtt_3h", r"(?<!\d)3个?小时|3\s?h|3[- ]hour|three hour"),
)


def understand(asked: Asked, view: ArchiveView, topics: Topics) -> Query:
    when = read_when(asked, view.now)
    rest = when.rest
    mentions = topics.mentions(rest)
    found, panel, part, meals, at = _numbers(rest, mentions)
    terms = _terms(mentions, rest)
    hours = when.hours or _before_bed(rest, found)
    limit = limit_in(rest)
    side = side_in(rest)
    ask = _ask(rest, when.windows, limit is not None, side)
    if not found and terms and _is_numeric(ask, rest, limit is not None):
        found = next((t.kinds for t in terms if t.kinds), ())
    first = min((m.at for m in mentions), default=None)
    offset = _offset(asked.plain, mentions, at if at is not None else first)
    today = view.now.astimezone(SHANGHAI).date()
    who = subject(asked, view.patient, today, offset)
    areas = areas_in(rest if asked.language == "en" else asked.plain)
    if _of_the_unborn(who, asked, view):
        who = PATIENT
        found = _of_child(found)
        if _HOW_FAR.search(asked.plain):
            areas = [Area.PREGNANCY, *areas]
    return Query(
        asked=asked,
        rest=rest,
        ask=ask,
        subject=who,
        kinds=found,
        panel=panel,
        part=part,
        meal=meals[0] if meals else None,
        terms=terms,
        areas=tuple(areas),
        windows=when.windows,
        anchor=when.anchor,
        hours=hours,
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
    if panel == "ogtt":
        named, meals = _after_sugar(text), []
    if not named and panel:
        named = list(panels()[panel].kinds)
    if not named and _SUGAR.search(text):
        named = ["glucose"]
    if not named and _PRESSURE.search(text):
        named = ["blood_pressure"]
    if not named and meals:
        named = ["glucose"] if re.search(r"糖|测|量|多少|sugar|reading|level", text) else []
    if not named and _STEPS.search(text):
        named = ["steps"]
    if not named and _FEVER.search(text):
        named = ["temperature"]
    of_meals = tuple(dict.fromkeys(meals)) if "glucose" in named else ()
    return tuple(dict.fromkeys(named)), panel, part, of_meals, at


def _of_the_unborn(who: Subject, asked: Asked, view: ArchiveView) -> bool:
    """「宝宝脐带绕颈吗」 of a pregnant woman: what is known of the child stands in her record."""
    if who.kin is None or who.kin.youngest > 0 or who.kin.oldest > _CHILDHOOD:
        return False
    return bool(_UNBORN.search(asked.plain)) and pregnant_since(view) is not None


def _of_child(found: tuple[str, ...]) -> tuple[str, ...]:
    """The mother's own numbers are not the child's."""
    own = tuple("fetal_heart_rate" if key == "heart_rate" else key for key in found)
    return tuple(key for key in own if key.startswith("fetal"))


def _before_bed(text: str, found: tuple[str, ...]) -> Hours | None:
    """睡前 is noted of glucose; of anything else it is the evening."""
    if found and "glucose" not in found and "sleep" not in found and _BEFORE_BED.search(text):
        return EVENING
    return None


def _after_sugar(text: str) -> list[str]:
    """The samples of a tolerance test that are named; all where none is."""
    found = [key for key, said in _SAMPLES if re.search(said, text)]
    return found or list(panels()["ogtt"].kinds)


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
            r"几|多少(?:次|天)|哪|次数|有没有|有过|过没|过吗|how many|ever|any|when|which",
            text,
        )
        if often:
            return Ask.HOW_OFTEN
    if side and _LAST_SUCH.search(text):
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
    return bool(
        re.search(r"控制|指标|数值|稳|达标|血脂高(?:吗|么|不高|不)|controlled|under control", text)
    )


def _offset(plain: str, mentions: list[Mention], at: int | None) -> int | None:
    """Where the topic stands in the whole question (``rest`` has lost its time words)."""
    word = next((m.word for m in mentions if m.at == at), None)
    if word is None:
        return None
    position = plain.rfind(word)
    return position if position >= 0 else None
