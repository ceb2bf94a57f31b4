"""Free words in, readings out: 早上血压135/85心率72; 空腹血糖6.8; 体重 62公斤.

Nothing is guessed: a number without a kind, or two for one kind, is asked about. A question,
a goal or a wish is no reading at all.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from backend.measurements.draft import Kind
from bot.chat.understanding.clause import Clause
from bot.chat.understanding.exercising import exercise_in
from bot.chat.understanding.folding import cut, fold
from bot.chat.understanding.lengths import about, spoken, unspoken
from bot.chat.understanding.moment import moment
from bot.chat.understanding.sleeping import sleep_in
from bot.chat.understanding.splitting import ambiguous, clauses
from bot.chat.understanding.tables import words
from bot.chat.understanding.understood import Found, Lack, OfWriter, Understood

LONGEST = 500
"""Characters of a message that are looked at; more is a text, not a reading."""
MOST = 12
"""Readings of one message; more is a diary, which belongs into the app."""
_ALONE = 24
"""A unit says the kind by itself in short messages only: 62公斤, not 买了62公斤煤."""

_LASTING = frozenset({Kind.SLEEP, Kind.EXERCISE})
_SPACES = re.compile(r"\s{2,}")
_ONLY_NUMBERS = re.compile(r"(?=.*\d)[\d\s./:,，、年月日号点-]+", re.DOTALL)


def understand(text: str, now: datetime) -> Understood:
    """What ``text`` says was measured. ``now`` is aware, in the writer's zone."""
    plain = _SPACES.sub(_one_space, fold(text))
    if len(text) > LONGEST or words().not_a_reading.search(plain):
        return Understood()
    found, lacks = _corrected(plain, now)
    if not found and not lacks and _ONLY_NUMBERS.fullmatch(plain):
        lacks.append(Lack.KIND)
    if found and Lack.NUMBER in lacks:
        lacks.remove(Lack.NUMBER)  # 血压正常，125/78: a word about it beside its number
    found = _once(found)
    if about(text) and any(each.draft.kind in _LASTING for each in found):
        lacks.append(Lack.SLEEP)
    if len(found) > MOST:
        lacks.append(Lack.MANY)
    several = _several_people(plain)
    relative = words().relatives.search(plain)
    return Understood(
        found=tuple(found),
        lacks=tuple(dict.fromkeys([*lacks, *([Lack.PEOPLE] if several and found else ())])),
        relative=relative[0] if relative else None,
        of_writer=_of_writer(plain) if found and not relative else None,
    )


def _one_space(found: re.Match[str]) -> str:
    return "\n" if "\n" in found[0] else " "


def _corrected(plain: str, now: datetime) -> tuple[list[Found], list[Lack]]:
    """血压135/85，不对，是145/85: what comes after stands for what came before it."""
    slip = words().correction.search(plain)
    if slip is None:
        return _read(plain, now)
    before, lacks = _read(plain[: slip.start()], now)
    after, more = _corrected(plain[slip.end() :], now)
    if not after:
        return before, [*lacks, *more, *([Lack.SEVERAL] if before else ())]
    kinds = {each.draft.kind for each in after}
    kept = [each for each in before if each.draft.kind not in kinds]
    at = next((each.draft.at for each in before if each.draft.kind in kinds), None)
    if at is not None:
        after = [each if each.timed else _moved(each, at) for each in after]
    return [*kept, *after], more


def _read(plain: str, now: datetime) -> tuple[list[Found], list[Lack]]:
    """What lasts is taken out first: its hours are nobody else's time."""
    asleep = sleep_in(spoken(plain), now)
    moved = exercise_in(asleep.rest, now)
    found, lacks = _measured(unspoken(plain, moved.rest), now)
    return (
        [*asleep.found, *moved.found, *found],
        [*asleep.lacks, *moved.lacks, *lacks],
    )


def _measured(plain: str, now: datetime) -> tuple[list[Found], list[Lack]]:
    found: list[Found] = []
    lacks: list[Lack] = []
    at, day = None, None
    for clause in clauses(plain, now):
        when = moment(clause, now, day)
        spans = when.spans
        some, lack = Clause(clause, cut(clause, spans), when.at or at or now).read(
            alone=len(plain) <= _ALONE
        )
        if some and ambiguous(clause, now):
            lack.append(Lack.WHEN)
        if at is None and when.at is not None and _comes_last(clause, spans):
            found = [_moved(each, when.at) for each in found]  # 血氧94，脉搏90，昨晚8点
        at, day = when.at or at, when.day or day
        if when.lack is not None and (some or lack or found):
            lacks.append(when.lack)
        found += [replace(each, timed=at is not None) for each in some]
        lacks += lack
    return found, lacks


def _comes_last(clause: str, spans: list[tuple[int, int]]) -> bool:
    """Whether no number comes after the clause's time."""
    after = max((end for _, end in spans), default=0)
    return not any(each.isdigit() for each in clause[after:])


def _moved(found: Found, at: datetime) -> Found:
    return replace(found, draft=replace(found.draft, at=at), timed=True)


def _once(found: list[Found]) -> list[Found]:
    """What is said twice in one message was measured once."""
    kept: list[Found] = []
    for each in found:
        if all(each.draft != one.draft for one in kept):
            kept.append(each)
    return kept


def _of_writer(plain: str) -> OfWriter | None:
    if words().oneself.search(plain):
        return OfWriter.SURELY
    return OfWriter.PERHAPS if words().writer.search(plain) else None


def _several_people(plain: str) -> bool:
    """我爸135/85 我妈128/76: whose number is whose is not for a guess."""
    named = {hit[0][-1] for hit in words().relatives.finditer(plain)} - words().pronouns
    return len(named) > 1 or bool(named and words().oneself.search(plain))
