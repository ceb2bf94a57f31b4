"""Reference intervals (参考区间): one or several by sex or age, the patient's own chosen."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ocr.model import Reference, Sex

NUMBER = r"[-+]?\d+(?:[.．]\d+)?(?:\s*[×x*]\s*10\^?\d+)?"
_DASH = r"\s*(?:--+|－－|——|[-~～∼－—–−─一至到_]|to)\s*"
_BETWEEN = re.compile(rf"({NUMBER}){_DASH}({NUMBER})")
_BELOW = re.compile(
    rf"(?:<=|<|≤|≦|＜|〈|小于等于|小于|不超过|低于)\s*=?\s*({NUMBER})(?![\d.]*\s*:)"
)
_ABOVE = re.compile(
    rf"(?:>=|>|≥|≧|＞|〉|大于等于|大于|不低于|高于)\s*=?\s*({NUMBER})(?![\d.]*\s*:)"
)
_MALE = re.compile(r"男性?|\bM(?:ale)?\b|♂", re.I)
_FEMALE = re.compile(r"女性?|\bF(?:emale)?\b|♀", re.I)
_AGE_SPAN = re.compile(r"(\d+)\s*(岁|月|天)?\s*[-~～—至到]\s*(\d+)\s*(岁|个?月|天|周)")
_AGE_OVER = re.compile(r"(?:>=|>|≥|＞|大于)\s*(\d+)\s*岁|(\d+)\s*岁\s*(?:以上|及以上)")
_AGE_UNDER = re.compile(r"(<=|<|≤|＜|小于)\s*(\d+)\s*(岁|月)|(\d+)\s*岁\s*以下")
_GROUPS: dict[str, tuple[float, float]] = {
    "新生儿": (0, 0.08),
    "婴儿": (0, 1),
    "婴幼儿": (0, 3),
    "幼儿": (1, 3),
    "儿童": (0, 14),
    "小儿": (0, 14),
    "青少年": (14, 18),
    "成人": (18, 200),
    "成年": (18, 200),
    "老年人": (60, 200),
    "老年": (60, 200),
    "老人": (60, 200),
}
_PHASES = ("卵泡", "排卵", "黄体", "绝经", "孕", "妊娠", "滤泡", "月经", "早孕", "未孕", "非孕")
_LABEL = re.compile(
    r"(?=(?:男|女|成人|成年|儿童|小儿|新生儿|婴幼?儿|幼儿|老年|老人|青少年|卵泡|滤泡|排卵|黄体|绝经|"
    r"非孕|未孕|孕|妊娠|早孕|♂|♀|(?:[<>≤≥]\s*\d+\s*岁)|(?:\d+\s*岁?\s*[-~～—至]\s*\d+\s*岁)|(?:\d+岁以[上下]))"
    r"[^;；,，/\n]*?[:：\s]*[<>≤≥＜＞]?\s*\d)"
)


_TORN_POINT = re.compile(r"(?<=\d) ?\. (?=\d)|(?<=\d) \.(?=\d)")


@dataclass(frozen=True, slots=True)
class Bounds:
    """One interval; ``sex``/``ages``/``phase`` say for whom, where printed."""

    low: float | None
    high: float | None
    text: str
    sex: Sex | None = None
    ages: tuple[float, float] | None = None
    phase: bool = False


def plain(text: str) -> str:
    """Full-width forms made plain, a point joined to its digits; Chinese kept."""
    text = unicodedata.normalize("NFKC", text).replace("﹣", "-").replace("，", ",")
    return _TORN_POINT.sub(".", text).strip()


def _number(text: str) -> float:
    text = text.replace(" ", "").replace("．", ".")
    match = re.match(r"([-+]?[\d.]+)[×x*]10\^?(\d+)", text)
    if match:
        return float(match.group(1)) * 10.0 ** int(match.group(2))
    return float(text)


def read_interval(text: str) -> tuple[float | None, float | None] | None:
    """Low and high of one printed interval; None where it holds none."""
    text = plain(text)
    between = _BETWEEN.search(text)
    if between:
        low, high = _number(between.group(1)), _number(between.group(2))
        if low <= high:
            return low, high
        return None
    lost = re.fullmatch(rf"({NUMBER})\s+({NUMBER})", text)
    if lost and _number(lost.group(1)) < _number(lost.group(2)):
        return _number(lost.group(1)), _number(lost.group(2))
    below, above = _BELOW.search(text), _ABOVE.search(text)
    if below or above:
        return (
            _number(above.group(1)) if above else None,
            _number(below.group(1)) if below else None,
        )
    return None


def _ages(text: str) -> tuple[float, float] | None:
    span = _AGE_SPAN.search(text)
    if span:
        year = 12 if "月" in span.group(4) else 365 if "天" in span.group(4) else 1
        return int(span.group(1)) / year, int(span.group(3)) / year
    over, under = _AGE_OVER.search(text), _AGE_UNDER.search(text)
    if over:
        return float(over.group(1) or over.group(2)), 200.0
    if under:
        return 0.0, float(under.group(2) or under.group(4))
    for word, ages in _GROUPS.items():
        if word in text:
            return ages
    return None


def _strip_ages(text: str) -> str:
    for pattern in (_AGE_SPAN, _AGE_OVER, _AGE_UNDER):
        text = pattern.sub(" ", text)
    return text


def _sex(text: str) -> Sex | None:
    if _MALE.search(text):
        return None if _FEMALE.search(text) else "male"
    return "female" if _FEMALE.search(text) else None


def read_bounds(text: str) -> list[Bounds]:
    """Every interval of a cell with whom it is for, in printed order."""
    parts = [p for chunk in re.split(r"[;；\n]", plain(text)) for p in _LABEL.split(chunk)]
    found: list[Bounds] = []
    carried: Sex | None = None
    for part in (p.strip(" ,/、") for p in parts):
        if not part:
            continue
        own = _sex(part)
        carried = own or carried
        ages = _ages(part)
        interval = read_interval(_strip_ages(part) if ages else part)
        if interval is None:
            continue
        phase = any(word in part for word in _PHASES)
        found.append(Bounds(*interval, part, own or carried, ages, phase))
    return found


def choose(text: str, sex: Sex | None, age: float | None) -> Reference | None:
    """The patient's own interval out of a cell; low and high None where it cannot be told.

    Words (阴性, 未见 …) come back as text alone; an empty cell as None.
    """
    text = text.strip()
    if not text or text in {"-", "--", "—", "/", "无"}:
        return None
    bounds = read_bounds(text)
    if not bounds:
        return Reference(None, None, plain(text))
    if len(bounds) == 1 and bounds[0].sex is None and bounds[0].ages is None:
        return Reference(bounds[0].low, bounds[0].high, bounds[0].text)
    fitting = [b for b in bounds if _fits(b, sex, age)]
    narrow = [b for b in fitting if b.ages is not None] or fitting
    distinct = {(b.low, b.high) for b in narrow}
    if len(distinct) == 1:
        return Reference(narrow[0].low, narrow[0].high, narrow[0].text)
    return Reference(None, None, plain(text))


def _fits(bounds: Bounds, sex: Sex | None, age: float | None) -> bool:
    if bounds.sex is not None and bounds.sex != sex:
        return False
    if bounds.phase and sex == "male":
        return False
    if bounds.ages is not None:
        return age is not None and bounds.ages[0] <= age <= bounds.ages[1]
    return True


def is_interval(text: str) -> bool:
    """Whether the text looks like a reference interval (not a lone ``<0.05`` result)."""
    return bool(_BETWEEN.search(plain(text))) and re.search(r"\d{4}-\d{1,2}-\d", text) is None
