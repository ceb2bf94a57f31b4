"""A message in clauses, each with one time and what was measured then."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import pairwise

from bot.chat.understanding.folding import cut
from bot.chat.understanding.moment import spans_in
from bot.chat.understanding.tables import words

_BREAK = r"[,，。;；\n!！、]+(?!\d{3}\b)|\.\s|然后|(?<=\d)\s*(?:and|以及|还有)\s"
_SEPARATED = r"\s*[,，。、;\s]\s*"
_ENDS = r"(?!\d|\.\d|\s*[/:点号日月年斤公千步度%岁天分小个])"
_NEAR = re.compile(r"[\s的,]*")


def clauses(plain: str, now: datetime) -> list[str]:
    """Also 昨天150/95 今天135/85: two times, two clauses."""
    parts = [each for each in re.split(_BREAK, _joined(plain)) if each.strip()]
    return [piece for each in parts for piece in _by_time(each, now)]


def ambiguous(clause: str, now: datetime) -> bool:
    """Whether a time stands between two numbers, so that it may be either's."""
    groups = _groups(clause, now)
    return len(groups) == 1 and _has_both(clause, groups[0], groups)


def _joined(plain: str) -> str:
    """What commas part and belongs together: 血压135，85，72; 收缩压135，舒张压85; 135，85."""
    table = words().pressure
    sides = f"(?:{table.diastolic.pattern}|{table.systolic.pattern}){words().glue}*\\d|{table.low}"
    together = re.sub(rf"[,，、。;]\s*(?=(?:{sides}))", " ", plain)
    named = rf"(?P<a>(?:{table.words.pattern}){words().glue}*)"
    numbers = rf"(?P<s>\d{{2,3}}){_SEPARATED}(?P<d>\d{{2,3}})(?:{_SEPARATED}(?P<p>\d{{2,3}}))?"
    together = re.sub(named + numbers + _ENDS, _slashed, together)
    if re.findall(r"\d+", together) and not words().any_kind.search(together):
        together = re.sub(rf"(?<![\d./:])(?P<a>){numbers}\s*$", _slashed, together)
    return together


def _slashed(found: re.Match[str]) -> str:
    table = words().pressure
    high, low = float(found["s"]), float(found["d"])
    if not table.plausible(high, low):
        return found[0]
    pulse = found["p"]
    if pulse is not None and not table.bare_pulse[0] <= float(pulse) <= table.bare_pulse[1]:
        return found[0]
    return f"{found['a']}{found['s']}/{found['d']}" + (f"/{pulse}" if pulse else "")


def _by_time(clause: str, now: datetime) -> list[str]:
    """Cut before each time and meal but the first, with something measured before and after."""
    groups, meals = _groups(clause, now), _meals(clause)
    starts = [each[0] for each in groups[1:] if _has_both(clause, each, groups)]
    # 空腹4.8 早餐后8.1: each meal has its number
    starts += [each[0] for each in meals[1:] if _has_both(clause, each, groups + meals)]
    edges = [0, *sorted(set(starts)), len(clause)]
    return [clause[a:b] for a, b in pairwise(edges)]


def _has_both(clause: str, group: tuple[int, int], groups: list[tuple[int, int]]) -> bool:
    rest = cut(clause, groups)
    return all(re.search(r"\d", each) for each in (rest[: group[0]], rest[group[1] :]))


def _meals(clause: str) -> list[tuple[int, int]]:
    return sorted(hit.span() for each in words().meals.values() for hit in each.finditer(clause))


def _groups(clause: str, now: datetime) -> list[tuple[int, int]]:
    """Time words side by side are one: 昨天晚上8点."""
    merged: list[tuple[int, int]] = []
    for start, end in spans_in(clause, now):
        if merged and _NEAR.fullmatch(clause[merged[-1][1] : start]):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
