"""How long: 七个半小时, 6小时20分钟, 半个钟头, 6.5 hours, an hour and a half."""

from __future__ import annotations

import re

from backend.measurements.draft import Quantity
from bot.chat.understanding.folding import digit
from bot.chat.understanding.lasting import lasting_words

BREAKS = ",，。;；\n!！"
LENGTH = (
    r"(?<![\d.])(?<!\d:)(?:(?P<h>\d{1,3}(?:\.\d{1,2})?|半)\s*个?(?P<half>半)?\s*"
    r"(?:小时|钟头|h(?:ours?|rs?)?(?![a-z]))(?:半|\s*(?:零|又|and)?\s*(?P<m>\d{1,2})\s*"
    r"(?:分钟?|m(?:in(?:ute)?s?)?(?![a-z])))?"
    r"|(?P<only>\d{1,3})\s*(?:分钟|min(?:ute)?s?(?![a-z])))"
)
_ALONE = re.compile(rf"(?:是|为|:)?\s*{LENGTH}\s*[。.]?")
_ZH = re.compile(r"(十|[一两二三四五六七八九俩])(?=个?半?[多来几]?(?:小时|钟头)|点)")
_EN = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "a": "1", "an": "1",
}  # fmt: skip
_EN_HOURS = re.compile(rf"\b({'|'.join(_EN)})(?= (?:and a half )?hours?\b)")
_AND_A_HALF = re.compile(r"\b(\d{1,2}) (?:and a half hours|hours? and a half)\b")
_SEVERAL = re.compile(
    r"[一两二三四五六七八九]{2}个?半?(?:小时|钟头|点)|[一二三四五六七八九]十?几个?小时"
)


def spoken(plain: str) -> str:
    """Folded text with the numerals before hours and 点 in digits, too."""
    text = _ZH.sub(lambda found: _one(found[1]), plain)
    text = _EN_HOURS.sub(lambda found: _EN[found[1]], text.replace("half an hour", "0.5 hours"))
    return _AND_A_HALF.sub(r"\1.5 hours", text)


def blank(text: str, spans: list[tuple[int, int]]) -> str:
    """``text`` with the spans blanked and its breaks kept."""
    for start, end in spans:
        gone = "".join(each if each in BREAKS else " " for each in text[start:end])
        text = text[:start] + gone + text[end:]
    return text


def unspoken(plain: str, rest: str) -> str:
    """``rest`` of ``spoken(plain)``, the clauses that nothing was taken of as they were."""
    said = re.split(f"([{BREAKS}])", plain)
    left = re.split(f"([{BREAKS}])", rest)
    return "".join(
        before if spoken(before) == after else after
        for before, after in zip(said, left, strict=True)
    )


def about(text: str) -> bool:
    """七八个小时: two numbers, not the 78 that its signs make; ``text`` as it was written."""
    return bool(_SEVERAL.search(text))


def length(hit: re.Match[str]) -> Quantity:
    """In hours where no minutes were said, else in minutes."""
    if hit["only"]:
        return Quantity(float(hit["only"]), "min")
    hours = 0.5 if hit["h"] == "半" else float(hit["h"])
    if hit["half"] or hit[0].endswith("半"):
        hours += 0.5
    if hit["m"]:
        return Quantity(hours * 60 + int(hit["m"]), "min")
    return Quantity(hours, "h")


def minutes(quantity: Quantity) -> float:
    return quantity.value * (60 if quantity.unit == "h" else 1)


def alone(body: str) -> Quantity | None:
    """是6小时: a length and nothing else."""
    hit = _ALONE.fullmatch(spoken(body))
    return length(hit) if hit else None


def vague(text: str) -> bool:
    """不到6小时, 7个多小时, 6到7小时."""
    table = lasting_words()
    not_exact = re.search(rf"{table.not_exact}\s*(?:\d|半)", text)
    return bool(not_exact or table.several.search(text) or table.and_more.search(text))


def vague_after(words: str, text: str) -> re.Match[str] | None:
    """A length that is no one number, after ``words``; None where there is none."""
    table = lasting_words()
    pattern = rf"(?:{words})(?:{table.not_exact}\s*)?{table.about_length}"
    hit = re.search(pattern, text)
    return hit if hit is not None and vague(hit[0]) else None


def _one(said: str) -> str:
    return "10" if said == "十" else digit(said.replace("俩", "两"))
