"""Drug lines of a prescription or a discharge: name, strength, dose, route, frequency, days."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from ocr.layout.lines import Line, text_of
from ocr.layout.pieces import Piece
from ocr.model import Box, Medication

_FORM = (
    r"(?:缓释|控释|肠溶|分散|咀嚼|泡腾|含|口崩|薄膜|双释放)?(?:片|胶囊|软胶囊|颗粒|冲剂|丸|滴丸|散|口服液|口服溶液|糖浆|合剂|混悬液|混悬剂|干混悬剂|"
    r"注射液|注射剂|粉针|针|软膏|乳膏|凝胶|贴膏|贴剂|贴片|膏|喷雾剂|气雾剂|粉吸入剂|吸入剂|吸入粉雾剂|吸入溶液|滴眼液|眼膏|滴鼻液|滴耳液|栓|栓剂|洗剂|"
    r"搽剂|溶液|酊|胰岛素|笔芯|乳剂|滴剂|茶|膏药|含漱液|鼻喷雾剂)"
)
_AMOUNT = r"\d+(?:\.\d+)?"
_DOSE_UNIT = (
    r"(?:mg|ug|μg|mcg|ml|mL|ML|g|kg|IU|iu|U|u|单位|万单位|片|粒|袋|支|丸|滴|喷|吸|贴|包|枚|揿|瓶|"
    r"万U|mmol)"
)
_NAME = re.compile(
    rf"([一-鿿A-Za-z0-9αβγ\-·%()（）\[\]]*[一-鿿](?<![半一两二三次每]){_FORM}(?:[(（][^()（）]{{1,16}}[)）])?)"
)
_STRENGTH = re.compile(
    rf"((?:{_AMOUNT}\s*%\s*[*×xX:：]?\s*)?{_AMOUNT}\s*(?:mg|ug|μg|mcg|ml|mL|ML|g|IU|万IU|万单位|单位|U|%)"
    rf"(?:\s*[:：/]\s*{_AMOUNT}\s*(?:mg|ug|μg|ml|mL|g|IU|U|单位))?"
    rf"(?:\s*[*×xX/]\s*\d+(?!\d)(?!\s*[盒瓶])\s*(?:片|粒|袋|支|丸|贴|包|枚|ml|mL|S|s|T)?(?:\s*[/／]\s*(?:盒|瓶|袋|支|板|包))?)?"
    rf"(?:\s*[*×xX]\s*\d+(?!\d)\s*(?:片|粒|袋|支|丸|板|包))?)"
)
_DOSE = re.compile(
    rf"(?:每次|一次|1次|单次|用量[:：]?|剂量[:：]?|Sig[:：.]?)\s*(?:量)?\s*({_AMOUNT}(?:\s*[-~]\s*{_AMOUNT})?\s*{_DOSE_UNIT}|[半一两二三四五六]\s*(?:片|粒|袋|支|丸|滴|喷|贴|包|吸))"
)
_ROUTE = re.compile(
    r"(舌下含服|舌下含化|口服|静脉滴注|静脉注射|静脉推注|静滴|静推|静注|肌肉注射|肌内注射|肌注|皮下注射|皮内注射|雾化吸入|雾化|吸入|外用|外涂|涂抹|外敷|含服|含化|嚼服|"
    r"冲服|滴眼|滴鼻|滴耳|喷鼻|喷喉|鼻喷|漱口|直肠给药|塞肛|阴道给药|贴敷|外贴|外洗|(?<![A-Za-z])(?:po|p\.o\.|ivgtt|iv|im|ih|sc|PO|IV|IM|H|ip)(?![A-Za-z])|饭后服|温服)"
)
_FREQUENCY = re.compile(
    r"((?:每日|每天|一日|1日|日)\s*(?:\d|[一二两三四五六])\s*(?:[-~]\s*\d)?\s*次|每晚(?:睡前)?(?:\s*[一1]\s*次)?|每早\s*(?:[一1]\s*次)?|每(?:\d+|[一二三四六八])\s*小时\s*(?:[一1]\s*次)?|"
    r"每周\s*(?:\d|[一二两三])\s*次|隔日\s*(?:[一1]\s*次)?|睡前(?:\s*[一1]\s*次)?|必要时|立即|早晚各\s*(?:[一1]\s*次|\d*[片粒])|"
    r"(?<![A-Za-z])(?:qd|bid|tid|qid|qn|qod|qw|biw|q\d{1,2}h|prn|st|hs|q\.d\.?|b\.i\.d\.?|t\.i\.d\.?)(?![A-Za-z]))",
    re.I,
)
_DAYS = re.compile(
    r"(?:[×xX*]|共|用|疗程|服|连用|天数[:：]?)?\s*(\d{1,3})\s*(?:天|日(?!\s*\d?\s*次))(?!\s*[一二三四五六\d]\s*次)"
)
_QUANTITY = re.compile(
    r"[×xX*]\s*\d+\s*(?:盒|瓶|袋|支|片|粒|包|板|贴|丸)|(?:共|数量[:：]?)\s*\d+\s*(?:盒|瓶|袋|支|片|粒|包|板)"
)
_USAGE = re.compile(r"用法|Sig|每次|一次|每日|口服|用量|1次|S\s*[:：.]", re.I)
_NOT_DRUG = re.compile(
    r"姓名|诊断|科别|科室|医[师生]|药师|金额|地址|电话|日期|处方|费别|规格|药品名称|年龄|医院"
)


def medications_of(
    lines: list[Line], page: int, box: Callable[[list[Piece]], Box]
) -> list[Medication]:
    """Drugs in printed order; a line that only says how to take one belongs to the last."""
    blocks: list[list[Line]] = []
    for line in lines:
        text = _plain(line)
        if _starts_drug(text):
            blocks.append([line])
        elif blocks and len(blocks[-1]) < 4 and _belongs(text):
            blocks[-1].append(line)
    return [m for block in blocks if (m := _medication(block, page, box)) is not None]


def _plain(line: Line) -> str:
    return unicodedata.normalize("NFKC", text_of(line)).strip()


def _starts_drug(text: str) -> bool:
    if _NOT_DRUG.search(text) or _USAGE.match(text):
        return False
    head = re.sub(r"^\s*(?:R[px]?[:：.]?\s*)?(?:\d{1,2}\s*[.、)）]|[①-⑳])?\s*", "", text)
    match = _NAME.match(head)
    if match is None or len(match.group(1)) < 3:
        return False
    return bool(
        _STRENGTH.search(text)
        or _DOSE.search(text)
        or _QUANTITY.search(text)
        or _FREQUENCY.search(text)
    )


def _belongs(text: str) -> bool:
    return not _NOT_DRUG.search(text) and bool(
        _USAGE.search(text)
        or _FREQUENCY.search(text)
        or _DAYS.search(text)
        or _STRENGTH.match(text)
    )


def _medication(
    block: list[Line], page: int, box: Callable[[list[Piece]], Box]
) -> Medication | None:
    text = " ".join(_plain(line) for line in block)
    head = re.sub(r"^\s*(?:R[px]?[:：.]?\s*)?(?:\d{1,2}\s*[.、)）]|[①-⑳])?\s*", "", text)
    name = _NAME.match(head)
    if name is None:
        return None
    rest = head[name.end() :]
    usage = _USAGE.search(rest)
    strength = _STRENGTH.search(rest[: usage.start()] if usage else rest)
    after = rest[strength.end() :] if strength else rest
    return Medication(
        name=name.group(1).strip(),
        strength=_squeezed(strength.group(1)) if strength else None,
        dose=_dose(rest, after),
        route=_first(_ROUTE, rest),
        frequency=_first(_FREQUENCY, after),
        days=_days(after),
        text=text,
        page=page,
        box=box([p for line in block for p in line]),
    )


def _dose(rest: str, after: str) -> str | None:
    said = _DOSE.search(rest)
    if said:
        return _squeezed(said.group(1))
    bare = re.search(
        rf"(?<![\d*×x/])({_AMOUNT}\s*{_DOSE_UNIT})(?![A-Za-z一-鿿]*\s*[*×x/])",
        _QUANTITY.sub(" ", after),
    )
    return _squeezed(bare.group(1)) if bare else None


def _days(text: str) -> int | None:
    found = _DAYS.search(text)
    return int(found.group(1)) if found else None


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return _squeezed(found.group(1)) if found else None


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
