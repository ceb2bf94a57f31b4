"""Chinese numerals as digits: 一百三十五, 一百三 (130), 一三五, 六点八, 一万二千.

People run two numbers together (一百三十五八十五): they come apart where there is one way to read
them, and stay words where there are two, so that they are asked about.
"""

from __future__ import annotations

import re

_ONES = "一二三四五六七八九"
_DIGITS = {word: value for value, word in enumerate(f"零{_ONES}")} | {"〇": 0, "两": 2, "幺": 1}
_UNITS = {"十": 10, "百": 100, "千": 1_000}
_FORMAL = str.maketrans("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬", "一二二三三四五六六七八九十百千万")
_D = f"[{_ONES}两]"
_TEN = f"(?:{_D}?十[{_ONES}]?)"
_HUNDRED = f"(?:{_D}百(?:零{_D}|{_TEN}|{_D}[{_ONES}]?)?)"
_THOUSAND = f"(?:{_D}千(?:零{_TEN}|零{_D}|{_HUNDRED}|{_D})?)"
_UNDER = f"(?:{_THOUSAND}|{_HUNDRED}|{_TEN}|{_D})"
_NUMBER = re.compile(f"{_UNDER}万(?:零?{_UNDER})?|{_UNDER}")
_SIGNS = f"零〇{_ONES}两幺"
_PLAIN = re.compile(f"[{_SIGNS}]{{2,}}")
_RUN = re.compile(f"[{_SIGNS}十百千万]+(?:点[零〇{_ONES}]+(?![十百刻]))?")
_SHORT = re.compile(f"(?:{_D}[百千万]{_D}|{_D}百{_D}[{_ONES}])$")
_LEAST, _MOST_PARTS = 20, 3
"""Of numbers run together none is smaller: 一百三十八十五 is 130 and 85, not 138 and 15."""


def plain_digits(text: str) -> str:
    """``text`` with numerals of two signs and more as digits; 一下 and 两次 stay words."""
    return _RUN.sub(lambda found: _digits(found[0]), text.translate(_FORMAL))


def value(said: str) -> int | None:
    """The number that all of ``said`` is; None where it is none, or two."""
    if _PLAIN.fullmatch(said):
        return int("".join(str(_DIGITS[each]) for each in said))
    if not _NUMBER.fullmatch(said):
        return None
    above, several, below = said.rpartition("万")
    high = (value(above) or 0) * 10_000 if several else 0
    if several and len(below) == 1:
        return high + _DIGITS[below] * 1_000  # 一万二
    return high + _under(below)


def _digits(run: str) -> str:
    if len(run) == 1:
        return run
    whole, _, decimals = run.partition("点")
    number = value(whole)
    if number is None:
        return run if decimals else _apart(whole) or run
    if not decimals:
        return str(number)
    return f"{number}.{''.join(str(_DIGITS[each]) for each in decimals)}"


def _apart(run: str) -> str | None:
    ways = _ways(run, _MOST_PARTS)
    fewest = min(map(len, ways), default=0)
    ways = [way for way in ways if len(way) == fewest]
    return " ".join(map(str, ways[0])) if len(ways) == 1 else None


def _ways(run: str, most: int) -> list[list[int]]:
    """Every way to read ``run`` as full numbers in a row."""
    found = []
    for end in range(1, len(run) + 1):
        head, rest = run[:end], run[end:]
        number = value(head) if "十" in head or "百" in head else None
        if number is None or number < _LEAST or (rest and _SHORT.search(head)):
            continue
        if not rest:
            found.append([number])
        elif most > 1:
            found += [[number, *way] for way in _ways(rest, most - 1)]
    return found


def _under(said: str) -> int:
    total, digit, unit = 0, 0, 1
    for each in said:
        if each in _UNITS:
            unit = _UNITS[each]
            total, digit = total + (digit or 1) * unit, 0
        elif each in "零〇":
            unit = 1
        elif digit:  # 一百三五: 135
            total, digit, unit = total + digit * 10, _DIGITS[each], 1
        else:
            digit = _DIGITS[each]
    short = unit >= 100 and said[-1] not in _UNITS
    return total + digit * (unit // 10 if short else 1)
