"""Whether something is said of now: not denied, over, asked about, supposed, or an idiom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

from bot.assistant.lexicon.kinds import read_toml

_SENTENCE = re.compile(r"[。.!！?？;；\n](?!\d)")
_CLAUSE = re.compile(
    r"[，,。.!！?？;；\n](?!\d)|(?:但是|可是|不过|就是(?!没)|只是|但(?!凡)|"
    r"而是|反而|\bbut\b|\bhowever\b)"
)


_PLAIN_NO = ("不", "也不", "都不")
_AGAIN = re.compile(r"又|还是|还(?:疼|痛|晕|闷|喘|吐|有)|但(?:是)?|可是|不过|but|still|again")


class State(Enum):
    """How words are said: of now, of something that has passed off, or not at all."""

    NOW = "now"
    OVER = "over"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class _Words:
    idioms: re.Pattern[str]
    idiom_ends: re.Pattern[str]
    denied_before: re.Pattern[str]
    denied_after: re.Pattern[str]
    over_after: re.Pattern[str]
    said_by_another: re.Pattern[str]
    in_fun: re.Pattern[str]
    not_in_fun: re.Pattern[str]
    past: re.Pattern[str]
    come_to_now: re.Pattern[str]
    present: re.Pattern[str]
    education: re.Pattern[str]
    knowledge: re.Pattern[str]
    asked_why: re.Pattern[str]
    felt_by: re.Pattern[str]
    felt_so: re.Pattern[str]
    not_past: re.Pattern[str]
    supposed_and_done: re.Pattern[str]
    hypothetical: re.Pattern[str]
    record: re.Pattern[str]
    standing_after: re.Pattern[str]
    worse: re.Pattern[str]
    feared: re.Pattern[str]
    animals: re.Pattern[str]
    animal_not: re.Pattern[str]


@cache
def _words() -> _Words:
    d = read_toml(__package__, "said.toml")
    no, filler, rows = d["negations"], d["negation_filler"], d["negation_list"]
    strong = no.replace("没(?:有)?", "没有")
    return _Words(
        idioms=re.compile("|".join(f"(?:{i})" for i in d["idioms"])),
        idiom_ends=re.compile(d["idiom_ends"]),
        denied_before=re.compile(f"(?:{no}{filler}|{strong}{filler}(?:{rows})+{filler})$"),
        denied_after=re.compile(d["denied_after"]),
        over_after=re.compile(d["over_after"]),
        said_by_another=re.compile(d["said_by_another"]),
        in_fun=re.compile(d["in_fun"]),
        not_in_fun=re.compile(d["not_in_fun"]),
        past=re.compile(d["past"]),
        come_to_now=re.compile(d["come_to_now"]),
        present=re.compile(d["present"]),
        education=re.compile(d["education"]),
        knowledge=re.compile(d["knowledge"]),
        asked_why=re.compile(d["asked_why"]),
        felt_by=re.compile(d["felt_by"]),
        felt_so=re.compile(d["felt_so"]),
        not_past=re.compile(d["not_past"]),
        supposed_and_done=re.compile(d["supposed_and_done"]),
        hypothetical=re.compile(d["hypothetical"]),
        record=re.compile(d["record"]),
        standing_after=re.compile(d["standing_after"]),
        worse=re.compile(d["worse"]),
        feared=re.compile(d["feared"]),
        animals=re.compile(d["animals"]),
        animal_not=re.compile(d["animal_not"]),
    )


def without_idioms(text: str) -> str:
    """The text with idioms blanked out, positions kept; what is felt now is none of them."""
    return _words().idioms.sub(_blanked, text)


def _blanked(idiom: re.Match[str]) -> str:
    said = idiom[0]
    end = _words().idiom_ends.search(said)
    kept = said[end.start() :] if end else ""
    return "□" * (len(said) - len(kept)) + kept


def of_an_animal(text: str) -> bool:
    """Whether the one who is ill is an animal, and no person beside it."""
    words = _words()
    return bool(words.animals.search(text)) and not words.animal_not.search(text)


def elsewhere(text: str) -> bool:
    """Whether the whole of it is about knowledge, or supposed, past or on record and not now."""
    words = _words()
    if words.education.search(text):
        return True
    if words.present.search(text):
        return False
    return any(each.search(text) for each in (words.hypothetical, words.past, words.record))


def state(text: str, start: int, end: int, *, always: bool = False) -> State:
    """Whether the words at ``start:end`` are said of the present.

    ``always`` (thoughts of self-harm) counts unless denied or plainly about
    the past or about knowledge: a wrong alarm is the lesser harm.
    """
    words = _words()
    clause, before, after = _around(text, start, end)
    if (
        before.endswith(_PLAIN_NO)
        or words.denied_before.search(before)
        or words.denied_after.search(after)
        or _in_fun(text, start, end)
    ):
        return State.NOT
    sentence = _sentence(text, start, end)
    present = bool(words.present.search(sentence))
    if words.education.search(sentence) and not _complains(
        sentence, present, before, after, _told_of_somebody(clause, text[start:end], before, after)
    ):
        return State.NOT
    felt = bool(
        words.felt_by.search(before) or words.felt_so.search(after) or words.felt_so.search(clause)
    )
    until = text[:start] if not always else before
    until = words.supposed_and_done.sub("", until) if felt else until
    if words.hypothetical.search(until) and not (
        present and words.present.search(clause) and not _supposes_now(until)
    ):
        return State.NOT
    told = words.not_past.sub("", _until(text, start, end))
    if _long_ago(told) and not words.present.search(clause):
        return State.NOT
    if not always and _only_feared(before, text[start : end + 2]):
        return State.NOT
    if not always and _passed_off(text, end):
        return State.OVER
    if not always and words.standing_after.search(text[end:]) and not words.worse.search(sentence):
        return State.OVER
    # A report in another clause (报告说没事，胸口压得慌) does not speak for what is felt.
    recorded = words.record.search(clause if felt else sentence)
    return State.NOT if recorded and not present else State.NOW


def _passed_off(text: str, end: int) -> bool:
    """Whether it is told to be over; 昏 and then 过去了 is somebody who fainted."""
    rest = text[end:]
    if rest.startswith("过去") and text[end - 1] in "昏晕厥憋背睡死抽噎喘":
        return False
    return bool(_words().over_after.search(rest)) and not _AGAIN.search(rest)


def _in_fun(text: str, start: int, end: int) -> bool:
    """Whether another said it and it is told to the end as a joke (说要跳楼，大家都笑)."""
    words = _words()
    before, rest = text[max(0, start - 24) : start], text[end : end + 60]
    if re.search(
        r"(?:我|俺)(?:就|还|也|跟\w{1,3}|和\w{1,3})?(?:说|讲|话|嚷|喊)[^，,。]{0,8}$", before
    ):
        return False  # who laughs away what one says of oneself may mean it
    if not (
        words.said_by_another.search(before)
        or words.said_by_another.search(before + text[start:end])
    ):
        return False
    return bool(words.in_fun.search(rest)) and not words.not_in_fun.search(rest)


def _long_ago(told: str) -> bool:
    """Whether what is told is of the past, and has not come on to now (去年被咬，现在怕水)."""
    words = _words()
    then = max((m.end() for m in words.past.finditer(told)), default=None)
    return then is not None and not words.come_to_now.search(told, then)


def _only_feared(before: str, from_here: str) -> bool:
    """Whether a mishap is one that somebody guards against (怕孩子噎着), and has not happened."""
    return bool(_words().feared.search(before)) and "了" not in from_here


def _complains(sentence: str, present: bool, before: str, after: str, felt_in: str = "") -> bool:
    """Whether a sentence that asks about knowledge tells of what is felt now all the same."""
    words = _words()
    if words.knowledge.search(sentence):
        return False
    if present:
        return True
    if felt_in and not words.education.search(felt_in):
        return (
            True  # asked about in one clause (步骤讲讲), told of somebody in another (我爸心跳停了)
        )
    if words.education.search(words.asked_why.sub("", sentence)):
        return False  # it asks for more than the reason
    felt = words.felt_by.search(before) or words.felt_so.search(after)
    return bool(felt or words.felt_so.search(sentence))


def _told_of_somebody(clause: str, said: str, before: str, after: str) -> str:
    """The clause where it tells what has befallen somebody near (我爸心跳停了), or nothing."""
    whose = re.search(
        r"(?:我|俺|咱)(?:家)?(?:爸|妈|爹|娘|爷|奶|公|婆|老|儿|女|孩|娃)", before + said
    )
    done = said.endswith("了") or after.startswith("了")
    return clause if whose and done else ""


def _supposes_now(before: str) -> bool:
    """Whether the words are themselves supposed; 如果我现在… is a shy way to say that it is so."""
    if re.search(
        r"(?:如果|要是|假如|万一|\bif\b)[^,，]{0,6}(?:现在|这会儿?|此刻|\bnow\b)[^,，停吃]{0,3}$",
        before,
    ):
        return False
    return bool(re.search(r"(?:如果|要是|假如|万一|what if|\bif\b)[^,，]{0,12}$", before))


def _around(text: str, start: int, end: int) -> tuple[str, str, str]:
    """The clause around the words, and what it says before and after them."""
    first = max((m.end() for m in _CLAUSE.finditer(text, 0, start)), default=0)
    stop = _CLAUSE.search(text, end)
    last = stop.start() if stop else len(text)
    return text[first:last], text[first:start], text[end:last]


def _sentence(text: str, start: int, end: int) -> str:
    first = max((m.end() for m in _SENTENCE.finditer(text, 0, start)), default=0)
    stop = _SENTENCE.search(text, end)
    return text[first : stop.end() if stop else len(text)]


def _until(text: str, start: int, end: int) -> str:
    """The sentence up to the end of the words' own clause."""
    first = max((m.end() for m in _SENTENCE.finditer(text, 0, start)), default=0)
    stop = _CLAUSE.search(text, end)
    return text[first : stop.start() if stop else len(text)]
