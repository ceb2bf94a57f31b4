"""Chinese numerals to digits, where they are numerals: 三个月, 一百四, 七点五, 半年, 俩礼拜.

Only runs that a counter follows, or that hold 十/百, are numbers; 一直 and 三高 stay words.
"""

from __future__ import annotations

import re

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "幺": 1}
_COUNTERS = (
    r"(?:个?(?:半)?(?:月|星期|礼拜|小时|钟头|季度|钟)|天|周(?!岁)|年|日|号|次|"
    r"回|岁|点|片|粒|颗|度|斤|"
    r"项|条|遍|分钟|刻钟|公斤|毫|步|倍|种|样|针|剂|杯|瓶|层|口|秒)"
)
_RUN = "[零〇一二两三四五六七八九十百千万]"
_WITH_COUNTER = re.compile(rf"(?<![几数好])({_RUN}+)(?={_COUNTERS})")
_D = "[一二三四五六七八九]"
_HUNDREDS = rf"(?:{_D}|两)百(?:{_D}十(?:{_D}(?!十))?|零{_D}|十{_D}?|{_D}(?!十))?"
_BIG = re.compile(
    rf"(?<!{_RUN})(?<![几数好])((?:{_HUNDREDS}|{_D}?十(?:{_D}(?!十))?)+)(?!分[^之钟]|"
    rf"全|足|万火急|来|{_RUN})"
)
_ONE = re.compile(rf"{_HUNDREDS}|{_D}?十(?:{_D}(?!十))?")
_YEAR = re.compile(r"([零〇一二三四五六七八九]{2}|[零〇一二三四五六七八九]{4})年")
_WEEKDAY = re.compile(r"(周|星期|礼拜)([一二三四五六])(?!个|共|直|般|样|起|次|回|定|切)")
_DECIMAL = re.compile(
    r"([零一二三四五六七八九十]+|\d+)点([零一二三四五六七八九]+)(?![分刻十个百\d])"
)
_PLAIN = (
    (re.compile(r"俩(?=个?(?:月|星期|礼拜|钟头))"), "两"),
    (re.compile(r"仨(?=个?(?:月|星期|礼拜))"), "三"),
    (re.compile(r"两月"), "两个月"),
    (
        re.compile(r"(?<![一二三四五六七八九十两\d上下前后])(?:小半年|大半年|半年多?|半年来)"),
        "6个月",
    ),
    (re.compile(r"(?<![个\d一二两三])半个?月"), "15天"),
    (re.compile(r"([一二两三四五])年半"), r"\1年又6个月"),
    (re.compile(r"(?:一个多月|个把月|月把)"), "1个月"),
    (re.compile(r"(?<=[周年])半年"), "6个月"),
    (re.compile(r"一两(?=天|周|个)"), "2"),
    (re.compile(r"两三(?=天|周|个|年|次)"), "3"),
    (re.compile(r"三五(?=天|周|个|年|次)"), "5"),
    (re.compile(r"整年"), "年"),
    (re.compile(r"幺二零|一二零"), "120"),
)


def to_digits(text: str) -> str:
    """The text with its numerals as digits."""
    for pattern, plain in _PLAIN:
        text = pattern.sub(plain, text)
    text = _YEAR.sub(lambda m: f"{_year(m[1])}年", text)
    text = _DECIMAL.sub(lambda m: f"{_value(m[1])}.{''.join(str(_DIGITS[c]) for c in m[2])}", text)
    text = _WEEKDAY.sub(lambda m: f"{m[1]}{_DIGITS[m[2]]}", text)
    text = _WITH_COUNTER.sub(lambda m: str(_value(m[1])), text)
    # 一百四十九十 is a pressure, 140/90: two numbers said in one breath.
    return _BIG.sub(lambda m: "/".join(str(_value(one)) for one in _ONE.findall(m[1])), text)


def _year(run: str) -> int:
    value = int("".join(str(_DIGITS[c]) for c in run))
    return value if value > 99 else 2000 + value


def _value(run: str) -> int:
    if run.isdigit():
        return int(run)
    if not re.search("[十百千万]", run):
        return int("".join(str(_DIGITS[c]) for c in run))
    if "万" in run:
        head, _, tail = run.partition("万")
        return (_value(head) if head else 1) * 10000 + (_value(tail) if tail else 0)
    total, digit, unit = 0, 0, 1
    for char in run:
        if char in _DIGITS:
            digit = _DIGITS[char]
            unit = 1 if digit == 0 else unit
            continue
        unit = {"十": 10, "百": 100, "千": 1000}[char]
        total += max(digit, 1) * unit
        digit = 0
    # 一百四 is 140: a last digit right after 百 or 千 counts the next lower unit.
    return total + digit * (unit // 10 if unit >= 100 and run[-2:-1] in ("百", "千") else 1)
