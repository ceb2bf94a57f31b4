"""Questions of knowledge, not of the record: normal ranges, what something is, warning signs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Citation, Escalation, Outcome, Urgency
from bot.assistant.answering.meaning import who_is
from bot.assistant.answering.numbers import Numbers
from bot.assistant.answering.own_ranges import by_own, kept, limit_said
from bot.assistant.answering.pregnancy import is_pregnant
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import cite, phrase
from bot.assistant.lexicon.kinds import kinds, read_toml
from bot.assistant.library.guidelines import Guideline, Verdict, guidelines, judge, of_kind
from bot.assistant.understanding.asks import Ask, says
from bot.assistant.understanding.query import Query
from bot.assistant.view import ArchiveView

_LIPIDS = {"total_cholesterol", "triglycerides", "ldl", "hdl"}
_OWN = re.compile(r"我(?!们)|我的|上次|最近|my\b|\bi\b|last")
_SIGNS = (
    (
        re.compile(
            (
                r"(?:中风|卒中|脑梗|脑出血|stroke).{0,12}(?:前兆|先兆|征兆|症状|表现|识别|"
                r"信号|预兆|判断|sign|symptom|warn|急救)|(?:signs?|symptoms?|warning).{0,20}stroke|"
                r"怎么.{0,6}中风"
            )
        ),
        "stroke-signs",
    ),
    (
        re.compile(
            r"(?:心梗|心肌梗|心脏病|心绞痛|heart attack).{0,12}(?:前兆|先兆|征兆|症状|"
            r"表现|识别|信号|预兆|判断|sign|symptom|warn|急救)|(?:signs?|symptoms?|"
            r"warning).{0,20}heart attack"
        ),
        "heart-signs",
    ),
    (
        re.compile(
            r"低血糖.{0,12}(?:症状|表现|前兆|识别|信号|反应|怎么办|处理|怎么处理)|"
            r"(?:signs?|symptoms?).{0,20}(?:low (?:blood )?(?:sugar|glucose)|hypoglyc)"
        ),
        "low-glucose-signs",
    ),
)
_SYMPTOM = re.compile(
    r"头(?:有点|一直|老是?|很|好|还|总)?(?:疼|痛|晕|昏|胀)|肚子(?:疼|痛|胀|"
    r"不舒服)|胃(?:疼|痛|胀|不舒服)|腰(?:疼|痛|酸)|腿(?:疼|痛|酸|肿|麻)|"
    r"膝盖(?:疼|痛)|关节(?:疼|痛)|嗓子(?:疼|痛|哑)|喉咙(?:疼|痛)|咳嗽|感冒|"
    r"发烧|发热|低烧|拉肚子|腹泻|便秘|失眠|睡不着|乏力|没劲|没力气|疲劳|恶心|"
    r"反酸|烧心|心慌|耳鸣|眼睛(?:干|痒|疼|红)|皮疹|起疹子|发痒|痒|手(?:麻|抖)|"
    r"脚(?:麻|肿)|(?<!哮)喘(?!息|药)|气短|憋闷|胸闷|咳痰|浮肿|水肿|尿频|尿急|尿痛|口渴|口干|没胃口|不想吃|消瘦|出汗|"
    r"盗汗|头皮|牙(?:疼|痛)|鼻塞|流鼻涕|抽筋|不舒服|难受|"
    r"headache|dizz|cough|cold\b|fever|sore throat|stomach ?ache|back pain|"
    r"tired|fatigue|nause|insomnia|can't sleep|itch|rash|constipat|diarrh|"
    r"swollen|swelling|joint pain|numb|tingl|palpitation|thirsty|unwell|don't "
    r"feel well"
)
_HELP = re.compile(
    r"怎么办|咋办|咋整|怎么整|怎么回事|咋回事|要紧|严重吗|为什么|为啥|正常吗|"
    r"有事吗|要不要(?:去|看)|需要(?:去|看)|注意什么|怎么(?:缓解|处理|治|调|好|"
    r"了)|what should|what (?:can|do) i do|why|should i (?:see|go|worry|be)|"
    r"is (?:it|this) (?:serious|normal|dangerous)|help"
)


def answer_general(query: Query, view: ArchiveView) -> Draft | None:
    """A draft for a question of knowledge; None for questions of the record."""
    text = query.asked.plain
    for pattern, key in _SIGNS:
        if pattern.search(text):
            return _guideline_draft(query, [guidelines()[key]])
    if query.kinds and (
        query.ask is Ask.NORMAL_RANGE or (says(Ask.NORMAL_RANGE, text) and not _own(query, text))
    ):
        found = _ranges(query, view)
        if found is not None:
            return found
    given = _given(query, view)
    if given is not None:
        return given
    if query.ask is Ask.WHAT_IS or says(Ask.WHAT_IS, text):
        found = _explained(query, view)
        if found is not None:
            return found
    if (
        _SYMPTOM.search(text)
        and not query.kinds
        and not query.areas
        and (_HELP.search(text) or not query.terms)
    ):
        return _symptom(query)
    return None


_PAIR = re.compile(r"(?<![\d.])(\d{2,3})\s*(?:/|over|比)\s*(\d{2,3})(?!\d)")
_SINGLE = re.compile(
    r"(?<![\d.])(\d{1,3}(?:\.\d+)?)(?!\d|\.|年|月|日|号|天|周|次|个|岁|/|-|点|"
    r"小时|片|h\b)"
)
_JUDGED = re.compile(
    r"正常|高|低|要紧|严重|危险|达标|超标|怎么样|怎么办|有问题|有事|normal|"
    r"high|low|ok|okay|bad|dangerous|fine|good"
)


def _given(query: Query, view: ArchiveView) -> Draft | None:
    """「血压150/95算高吗」: the question's own value, judged by guideline."""
    if len(query.kinds) != 1 or query.windows or query.limit or not _JUDGED.search(query.rest):
        return None
    key, rest = query.kinds[0], query.rest
    values: dict[str, Decimal] = {}
    if key == "blood_pressure":
        match = _PAIR.search(rest)
        if match:
            values = {"systolic": Decimal(match[1]), "diastolic": Decimal(match[2])}
        elif query.part and (match := _SINGLE.search(rest)):
            values = {query.part: Decimal(match[1])}
    elif query.last_n is None and (
        match := _SINGLE.search(re.sub(r"2(?:个)?小时|2 hours?", "", rest))
    ):
        values = {"value": Decimal(match[1])}
    verdict = judge(key, values, who_is(view), meal=query.meal) if values else None
    own = _given_by_own(query, view, values, verdict)
    if own is not None:
        return own
    if not verdict:
        return None
    draft = Draft()
    level = "judged_high" if verdict.level == "urgent" else f"judged_{verdict.level}"
    guideline = verdict.guideline
    draft.cite(guideline.citation(query.language))
    said = guideline.says(query.language)
    draft.sentences.append(phrase(query.language, level, source=guideline.source, said=said))
    if verdict.level == "urgent":
        draft.urgency = Urgency.URGENT
        draft.escalation = Escalation(phrase(query.language, "reason_urgent_value"), Urgency.URGENT)
        draft.sentences.append(phrase(query.language, "symptom_urgent"))
    elif verdict.level in (
        "high",
        "raised",
        "low",
        "over_target",
        "under_target",
        "over_limit",
        "over_pregnant",
    ):
        draft.sentences.append(phrase(query.language, "advise_high"))
    return draft


def _given_by_own(
    query: Query, view: ArchiveView, values: Mapping[str, Decimal], verdict: Verdict | None
) -> Draft | None:
    """By the range that was set for the person; None without one, and where it is dangerous."""
    today = view.now.astimezone(SHANGHAI).date()
    limits = [e for e in view.own_limits(query.kinds[0]) if e.holds(query.meal, today)]
    urgent = verdict is not None and verdict.level == "urgent"
    if verdict is not None and urgent and (verdict.fixed or not kept(limits, values)):
        return None
    draft = Draft()
    draft.sentences = by_own(draft, limits, values, query)
    return draft if draft.sentences else None


def _own(query: Query, text: str) -> bool:
    return bool(_OWN.search(text)) and query.ask is not Ask.NORMAL_RANGE


_LOW_ASKED = re.compile(r"低于多少|多少(?:才|就)?(?:算|是|叫)(?:偏|太)?低|how low|too low")
_SET_FOR_ME = re.compile(
    r"(?:医生|大夫).{0,8}(?:定|设|给)|我的.{0,8}目标|my (?:\w+ )*target|doctor set"
)


def _ranges(query: Query, view: ArchiveView) -> Draft | None:
    own = _set_for_person(query, view)
    if own is not None:
        return own
    found: list[Guideline] = []
    for key in query.kinds:
        kind = "lipids" if key in _LIPIDS else key
        kind = "glucose_pregnancy" if key == "glucose" and is_pregnant(view) else kind
        found += [g for g in of_kind(kind) if g not in found]
    if not found:
        return _own_range(query, view)
    if _LOW_ASKED.search(query.asked.plain):
        found = [g for g in found if "low" in g.key] or found
    draft = _guideline_draft(query, found[:4])
    if _OWN.search(query.asked.plain):
        key = query.kinds[0]
        rows = view.readings(key)
        if rows and rows[-1].values:
            n = Numbers(view, replace(query, windows=()), key)
            one = n.one("range_yours", rows[-1])
            draft.take(one)
    return draft


def _set_for_person(query: Query, view: ArchiveView) -> Draft | None:
    """The ranges that a doctor set; where none was, that, and the guideline's targets alone."""
    today = view.now.astimezone(SHANGHAI).date()
    limits = [
        each for key in query.kinds for each in view.own_limits(key) if each.holds(each.meal, today)
    ]
    if limits:
        draft = Draft()
        for each in limits:
            said = limit_said(each, query.language)
            draft.sentences.append(phrase(query.language, "range_set", said=said))
            draft.cite(Citation(each.ref, each.since.isoformat() if each.since else None, said))
        return draft
    if not _SET_FOR_ME.search(query.asked.plain):
        return None
    targets = [g for key in query.kinds for g in of_kind(key) if "target" in g.key]
    if not targets:
        return None
    draft = _guideline_draft(query, targets)
    draft.sentences.insert(0, phrase(query.language, "range_not_set"))
    return draft


def _own_range(query: Query, view: ArchiveView) -> Draft | None:
    """The range the report itself printed, where no guideline of ours has one."""
    for key in query.kinds:
        rows = [r for r in view.readings(key) if r.reference]
        if not rows:
            continue
        last = rows[-1]
        draft = Draft()
        draft.sentences.append(phrase(query.language, "reference_said", range=last.reference))
        said = "参考范围" if query.language == "zh" else "reference range"
        for c in cite(last, query.language):
            draft.cite(c._replace(excerpt=f"{c.excerpt}（{said} {last.reference}）"))
        return draft
    return None


def _guideline_draft(query: Query, found: list[Guideline]) -> Draft:
    """What they say; those of one source in one sentence."""
    draft = Draft()
    glue = "；" if query.language == "zh" else "; "
    for source in dict.fromkeys(each.source for each in found):
        said = glue.join(each.says(query.language) for each in found if each.source == source)
        draft.sentences.append(phrase(query.language, "guideline_only", source=source, said=said))
    for guideline in found:
        draft.cite(guideline.citation(query.language))
    return draft


def _explained(query: Query, view: ArchiveView) -> Draft | None:
    """The glossary's sentence for the thing asked about."""
    rows = read_toml("bot.assistant.library", "glossary.toml")
    keys = [*query.kinds[:1], *(t.key for t in query.terms)]
    if query.panel:
        keys.insert(0, query.panel)
    for key in keys:
        row = rows.get(key)
        if row:
            said = row[query.language]
            draft = Draft()
            draft.sentences.append(said)
            draft.cite(Citation(f"Content/glossary-{key}", None, said))
            return draft
    if query.kinds and query.ask is Ask.WHAT_IS:
        found = _ranges(query, view) if of_kind(query.kinds[0]) else None
        if found is not None:
            return found
        draft = Draft(outcome=Outcome.NOT_FOUND)
        draft.sentences.append(phrase(query.language, "nothing_known"))
        name = kinds()[query.kinds[0]].name(query.language) if query.kinds[0] in kinds() else ""
        draft.sentences.append(phrase(query.language, "ask_doctor"))
        return draft if name else None
    return None


def _symptom(query: Query) -> Draft:
    draft = Draft(urgency=Urgency.ROUTINE)
    draft.escalation = Escalation(phrase(query.language, "reason_symptom"), Urgency.ROUTINE)
    draft.sentences.append(phrase(query.language, "symptom_routine"))
    guideline = guidelines()["same-day"]
    draft.sentences.append(
        phrase(
            query.language,
            "guideline_only",
            source=guideline.source,
            said=guideline.says(query.language),
        )
    )
    draft.cite(guideline.citation(query.language))
    return draft
