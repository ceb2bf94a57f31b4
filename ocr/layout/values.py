"""What stands in a result cell: number, words, mark."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Mark = Literal["high", "low", "abnormal"]

UP = "↑⬆▲↗⇑∧"
DOWN = "↓⬇▼↘⇓∨"
_HIGH_WORDS = {"H", "HH", "h", "高", "偏高", "升高", "增高", "过高", "上升"}
_LOW_WORDS = {"L", "LL", "低", "偏低", "降低", "减低", "过低", "下降"}
_ODD_WORDS = {"*", "!", "异常", "A", "P", "阳", "★", "※", "**", "Abnormal"}
_CALM_WORDS = {"N", "正常", "M", "阴", "—", "-"}
_NUMERIC = re.compile(
    r"^([<>≤≥]=?|[<>]|)\s*([-+]?\d[\d,]*(?:\.\d+)?|\.\d+)(?:\s*[×xX*]\s*10\s*\^?\s*([-+]?\d{1,2})|[Ee]([-+]?\d{1,2}))?$"
)
_TRAILING = re.compile(
    rf"\s*([{UP}{DOWN}]+|[*★※!]+|(?:HH|LL|H|L|h)|偏高|偏低|升高|降低|增高|减低|高|低|异常)\s*$"
)
_LEADING = re.compile(
    rf"^\s*([{UP}{DOWN}]+|[*★※]+|(?:HH|LL|H|L)(?=[\s\d<>])|高(?=\s*\d)|低(?=\s*\d))\s*"
)
_WORDS = (
    "阴性",
    "阳性",
    "弱阳",
    "可疑",
    "未见",
    "未检出",
    "未检测到",
    "检出",
    "正常",
    "异常",
    "黄色",
    "淡黄",
    "深黄",
    "无色",
    "红色",
    "褐色",
    "棕",
    "清",
    "透明",
    "混浊",
    "浑浊",
    "微浑",
    "软",
    "硬",
    "糊",
    "稀",
    "成形",
    "阴",
    "阳",
    "Negative",
    "Positive",
    "NEG",
    "POS",
    "neg",
    "pos",
    "Normal",
    "无",
    "有",
    "少量",
    "偶见",
    "少许",
    "型",
    "齐",
    "不齐",
    "粘液",
    "柱状",
    "水样",
    "血",
    "存在",
    "低于",
    "高于",
    "生长",
    "反应性",
    "Reactive",
    "敏感",
    "耐药",
    "中介",
    "透亮",
    "草黄",
)
_SIGNS = re.compile(
    r"^(?:[-－—+＋±]|\+{1,4}|\+\s?-|-\s?/\s?\+|[1-4]\s?\+|\+\s?[1-4]|\([-+±]+\)|（[-+±]+）)$"
)


@dataclass(frozen=True, slots=True)
class Result:
    """A result cell: ``text`` without marks, ``value`` where it is a plain number."""

    text: str
    value: float | None
    mark: Mark | None
    comparator: str | None = None
    bound: float | None = None


_PLAIN = str.maketrans({"−": "-", "–": "-", "黃": "黄"})


def fold(text: str) -> str:
    """Full-width digits and signs made plain."""
    return unicodedata.normalize("NFKC", text).translate(_PLAIN).strip()


def read_mark(text: str) -> Mark | Literal["normal"] | None:
    """What a mark cell or an arrow says; None where it is no mark."""
    text = fold(text).strip("()[]（） ")
    if not text:
        return None
    if all(c in UP for c in text) or text in _HIGH_WORDS:
        return "high"
    if all(c in DOWN for c in text) or text in _LOW_WORDS:
        return "low"
    if text in _ODD_WORDS:
        return "abnormal"
    return "normal" if text in _CALM_WORDS else None


def read_result(text: str) -> Result:
    """Reads ``7.83↑``, ``↑7.83``, ``7.83 H``, ``*7.83``, ``<0.005``, ``阳性(+)`` …"""
    rest = fold(text)
    marks: list[Mark] = []
    bare = rest
    for pattern in (_LEADING, _TRAILING):
        while True:
            match = pattern.search(bare)
            if match is None or not _is_mark_here(bare, match):
                break
            mark = read_mark(
                match.group(1)[:1] if match.group(1)[0] in UP + DOWN else match.group(1)
            )
            if mark in ("high", "low", "abnormal"):
                marks.append(mark)
            bare = (bare[: match.start()] + bare[match.end() :]).strip()
    directed = [m for m in marks if m != "abnormal"]
    mark_out = directed[0] if directed else (marks[0] if marks else None)
    return _numbered(bare, mark_out)


def _is_mark_here(text: str, match: re.Match[str]) -> bool:
    rest = (text[: match.start()] + text[match.end() :]).strip()
    sign = match.group(1)
    if not rest:
        return False
    if sign[0] in UP + DOWN or sign[0] in "*★※!":
        return True
    return bool(re.search(r"\d\s*$|^\s*[<>≤≥]?\s*\d", rest))


def _numbered(text: str, mark: Mark | None) -> Result:
    number = _NUMERIC.match(text)
    if number is None:
        return Result(text, None, mark)
    sign, digits, power, exponent = number.groups()
    if "," in digits and not re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", digits):
        return Result(text, None, mark)
    value = float(digits.replace(",", "")) * 10.0 ** int(power or exponent or 0)
    if sign:
        return Result(text.replace(" ", ""), None, mark, sign, value)
    return Result(text, value, mark)


def is_number(text: str) -> bool:
    """Whether a cell reads as one number, marks and comparators allowed."""
    result = read_result(text)
    return result.value is not None or result.comparator is not None


def is_words(text: str) -> bool:
    """Whether a cell reads as a result in words or signs (阴性, ++, 1:100, 0-1)."""
    text = fold(text)
    if not text or len(text) > 40:
        return False
    if _SIGNS.match(text) or re.match(r"^(?:[<>≥≤]?\s*1\s*:\s*\d+)", text):
        return True
    bare = re.sub(r"[\s\d+\-±().,↑↓*/:]", "", text)
    return any(word in text for word in _WORDS) or bare in {"A", "B", "AB", "O", "Rh", "RhD"}


def is_result(text: str) -> bool:
    """Whether a cell may be a result at all."""
    return is_number(text) or is_words(text) or bool(re.fullmatch(r"\d+\s*[-~]\s*\d+", fold(text)))
