"""Readings that a question reports of now: 刚量的210/120, 血糖2.8, 血氧82, 烧到39.5."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PAIR = re.compile(
    r"(?<![\d.])(\d{2,3})\s*(?:/|比|over|-|和|,|，|、|到)?\s*(?:低压|下压|"
    r"舒张压|diastolic)?\s*(?:是|有|到|为|:)?\s*(?<=[/比和,，、\-rc压是有到为: ])"
    r"(\d{2,3})(?![\d.])"
)
_HIGH = re.compile(
    r"(?:高压|收缩压|上压|血压|bp|blood pressure|systolic)[^\d，。,.?？;；]{0,10}(\d{3})"
    r"(?!\d)(?:多)?"
)
_SUNK = re.compile(
    r"(?:高压|收缩压|上压|血压|bp|blood pressure|systolic)[^\d，。,.?？;；]{0,4}"
    r"(?:只有|掉到|降到|低到|跌到|才|只剩|down to|only)\s*(\d{2})(?![\d点月号日年岁])"
)
_NAMED_PRESSURE = re.compile(r"压|bp|blood pressure|systolic")
_LOW = re.compile(r"(?:低压|舒张压|下压|diastolic)[^\d，。,.?？;；]{0,8}(\d{2,3})(?!\d)")
_GLUCOSE = re.compile(
    r"(?:血糖|糖|glucose|blood sugar|sugar)(?:仪|值)?[^\d。?？;；℃度年月]{0,12}?"
    r"(\d{1,3}(?:\.\d+)?)(?!\d|/|年|月|号|天|次|个|岁|周|小时|h\b)"
)
_GLUCOSE_HI = re.compile(
    r"(?:血糖|血糖仪|glucose|meter)[^。?？]{0,12}(?:(?<![a-z])hi(?![a-z])|"
    r"爆表|超量程|高得测不)"
)
_GLUCOSE_LO = re.compile(r"(?:血糖|血糖仪|glucose|meter)[^。?？]{0,12}(?<![a-z])lo(?![a-z])")
_SPO2 = re.compile(
    r"(?:血氧|氧饱和度?|指脉氧|spo2|oxygen(?: level| saturation)?|o2 "
    r"sat)[^\d。?？;；]{0,10}(\d{2})(?!\d)"
)
_PULSE = re.compile(
    r"(?<!胎)(?<!胎儿)(?:心率|心跳|脉搏|heart rate|pulse)[^\d。?？;；]{0,10}(\d{2,3})(?!\d)"
)
_TEMPERATURE = re.compile(
    r"(?:发烧|发热|高烧|烧到?|体温|温度|fever|temperature|temp)[^\d。?？;；]{0,8}(\d{2,3}(?"
    r":\.\d+)?)(?!\d|天)|(?<![\d.])((?:38|39|40|41|42)(?:\.\d)?)\s*(?:度|℃)|"
    r"(?:宝宝|孩子|婴儿|娃|baby)[^\d，。,.]{0,6}((?:38|39|40|41)\.\d)(?!\d|\s*(?:kg|cm|公?斤|厘米))"
)


_MEASURED = re.compile(
    r"(?:糖尿病|低血糖|胰岛素).{0,24}(?:测|量|扎)(?:了|出|得|的)?(?:是|有|"
    r"只有|一下)?\s*(\d{1,2}\.\d)"
)


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
# Glucose on 25 March is no glucose of 25. "31 may be high" is no date.
_ENGLISH_DATE = re.compile(
    rf"\b{_MONTH}\.? (?:the )?\d{{1,2}}(?:st|nd|rd|th)?\b(?![./])|"
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}\b|"
    r"\bon may (?:the )?\d{1,2}(?:st|nd|rd|th)?\b(?![./])|"
    r"\bon (?:the )?\d{1,2}(?:st|nd|rd|th)?(?: of)? may\b"
)


# A reading that a cold hand, nail varnish or an old strip got wrong, and the one taken anew.
_WRONG = re.compile(
    r"(?:冷手|凉手|手指?(?:太|很|有点|是)?(?:冷|凉|冰|湿|脏)|美甲|甲油|过期|没电|接触不良|"
    r"没(?:夹|戴|绑|洗|擦)|(?:夹|戴|绑)(?:歪|松|反|得松)|cold (?:hand|finger)s?|"
    r"nail (?:polish|varnish)|expired|battery)"
)
_ANEW = re.compile(
    r"(?:搓热|焐热|捂热|暖和|换(?:了|个|上|新|1)|卸(?:了|掉)|洗(?:了|完|掉|干净)|"
    r"擦(?:了|掉|干净)|(?:重新?|再|又)(?:测|量|夹|扎|绑)|warmed|took (?:it|the polish) off|"
    r"removed|again|new (?:strip|one)s?)[^。?？;；]{0,20}?\d"
)
_OF = re.compile(
    r"血氧|血糖|血压|高压|心率|脉搏|体温|spo2|oxygen|blood sugar|glucose|blood pressure"
)
# Both of the meter's words in one breath are asked about; LO alone may stand on it now.
_MEANING = re.compile(
    r"(?<![a-z])(?:hi|lo)(?:和|跟|与|、|,|还有|或|/| and | or )+(?:hi|lo)(?![a-z])"
)
_COLD = re.compile(r"冷|凉|冰|cold")
_READING = re.compile(r"\d|(?<![a-z])lo(?![a-z])")


def _taken_anew(text: str) -> str:
    """The text without a reading that its own words call wrong; the new one may be grave too."""
    wrong = _WRONG.search(text)
    anew = _ANEW.search(text, wrong.start()) if wrong else None
    name = _OF.search(text)
    if anew is None or name is None or not _READING.search(text[: anew.start()]):
        return text
    taken = name[0] + text[anew.start() :]
    pressed = name[0] in ("血压", "高压", "blood pressure")
    # Cold hands beside a pressure are a sign, and 又量了2遍 is no reading.
    if pressed and (_pressure(taken) == (None, None) or _COLD.search(text)):
        return text
    return taken


def reported(text: str) -> Mapping[str, bool]:
    """Which limits the readings in a sentence pass, by the names the rules use."""
    text = _MEANING.sub(" ", _taken_anew(_ENGLISH_DATE.sub(" ", text)))
    top, bottom = _pressure(text)
    glucose = _one(_MEASURED, text) or _one(_GLUCOSE, text)
    if glucose is not None and (glucose > 45 or "mg/dl" in text):
        glucose = glucose / 18  # mg/dL
    sunk = _sunk(text)
    spo2, pulse = _one(_SPO2, text), _one(_PULSE, text)
    temperature = _temperature(text)
    lo = bool(_GLUCOSE_LO.search(text))
    high = glucose is not None and glucose >= 16.7
    return {
        "pressure_crisis": (top is not None and 180 <= top <= 310)
        or (bottom is not None and 110 <= bottom <= 200),
        "pressure_raised": (top is not None and 140 <= top <= 310)
        or (bottom is not None and 90 <= bottom <= 200),
        "pressure_low": sunk is not None and sunk < 90,
        "pressure_very_low": sunk is not None and sunk < 80,
        "glucose_very_high": glucose is not None and 33.3 <= glucose <= 45,
        "pulse_deadly": pulse is not None and (180 <= pulse <= 320 or 20 <= pulse <= 35),
        "glucose_high": high or bool(_GLUCOSE_HI.search(text)),
        "glucose_low": lo or (glucose is not None and 0.5 <= glucose <= 3.9),
        "glucose_very_low": lo or (glucose is not None and 0.5 <= glucose < 3.0),
        "spo2_urgent": spo2 is not None and 40 <= spo2 < 90,
        "pulse_extreme": pulse is not None and (pulse >= 150 or 20 <= pulse < 40),
        "fever": temperature is not None and 38.0 <= temperature <= 43,
        "fever_high": temperature is not None and 39.0 <= temperature <= 43,
    }


def _pressure(text: str) -> tuple[float | None, float | None]:
    for match in _PAIR.finditer(text):
        top, bottom = float(match[1]), float(match[2])
        if 70 <= top <= 310 and 30 <= bottom <= 200 and top > bottom:
            return top, bottom
    return _one(_HIGH, text), _one(_LOW, text)


def _sunk(text: str) -> float | None:
    """A systolic pressure below 90, said with its name."""
    if not _NAMED_PRESSURE.search(text):
        return None
    for match in _PAIR.finditer(text):
        top, bottom = float(match[1]), float(match[2])
        if 40 <= top < 90 and 20 <= bottom < top - 9:
            return top
    alone = _one(_SUNK, text)
    return alone if alone is not None and 40 <= alone < 90 else None


def _temperature(text: str) -> float | None:
    match = _TEMPERATURE.search(text)
    if match is None:
        return None
    value = float(match[1] or match[2] or match[3])
    return (value - 32) * 5 / 9 if value > 90 else value


def _one(pattern: re.Pattern[str], text: str) -> float | None:
    match = pattern.search(text)
    return float(match[1]) if match else None
