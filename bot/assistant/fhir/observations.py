"""Observations to readings: which kind, which numbers, in which unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

from bot.assistant.fhir.elements import (
    Instant,
    Resource,
    codes,
    concept_names,
    concept_text,
    decimal,
    instant,
    notes,
    strings,
)
from bot.assistant.lexicon.kinds import Kind, kinds
from bot.assistant.lexicon.units import shown_unit, to_canonical
from bot.assistant.records import Measured, Reading

_MEALS = (
    ("fasting", re.compile(r"空腹|fasting|before breakfast|早餐前|早饭前", re.I)),
    (
        "after_meal",
        re.compile(r"餐后|饭后|post[- ]?(?:meal|prandial)|after (?:a )?meal|\bPC\b", re.I),
    ),
    ("bedtime", re.compile(r"睡前|bedtime|before bed", re.I)),
    ("before_meal", re.compile(r"餐前|饭前|pre[- ]?(?:meal|prandial)|before (?:a )?meal", re.I)),
    ("random", re.compile(r"随机|random|casual", re.I)),
)
_MEAL_WORDS = re.compile(
    r"[(]?(?:空腹|[早午晚中]?[餐饭][前后]|睡前|随机|晨起|家庭自测|自测|静息)"
    r"(?:[0-9一二两半]+(?:个?小时|h))?(?:静脉|指尖|末梢|毛细血管)?[)]?"
)
_METER = re.compile(r"自测|指尖|指血|末梢|毛细血管|血糖仪|glucometer|capillary|finger", re.I)
_LABORATORY = re.compile(r"静脉|血清|血浆|serum|plasma|venous|laboratory", re.I)
_TOLERANCE = re.compile(r"糖耐|ogtt|服糖|喝糖|glucose tolerance|post (?:\d+ ?g )?glucose", re.I)
_AFTER_SUGAR = (
    ("ogtt_fasting", re.compile(r"空腹|服糖前|fasting|(?<!\d)0\s*(?:小时|分钟|h|min)", re.I)),
    (
        "ogtt_1h",
        re.compile(r"(?<!\d)1\s*(?:个?小时|h)|[一]个?小时|60\s*(?:分钟|min)|one hour", re.I),
    ),
    (
        "ogtt_2h",
        re.compile(r"(?<!\d)2\s*(?:个?小时|h)|[二两]个?小时|120\s*(?:分钟|min)|two hour", re.I),
    ),
    (
        "ogtt_3h",
        re.compile(r"(?<!\d)3\s*(?:个?小时|h)|三个?小时|180\s*(?:分钟|min)|three hour", re.I),
    ),
)
_KIN = re.compile(r"^(?:我|他|她)?(?:父亲|母亲|爸爸|妈妈|爱人|配偶|丈夫|妻子|儿子|女儿)")


def readings(resource: Resource, ref: str) -> list[Reading]:
    """The readings an Observation holds; none where it is unusable or not a result."""
    at = observed_at(resource)
    name = concept_text(resource.get("code"))
    if at is None or _KIN.search(name):
        return []
    main = kind_of(resource.get("code"))
    if main is not None and main.components:
        whole = _with_components(resource, main, ref, at, name)
        if whole is not None:
            return [whole]
    return list(_singles(resource, main, ref, at, name))


def observed_at(resource: Resource) -> Instant | None:
    period = resource.get("effectivePeriod")
    start = period.get("start") or period.get("end") if isinstance(period, dict) else None
    for text in (
        resource.get("effectiveDateTime"),
        resource.get("effectiveInstant"),
        start,
        resource.get("issued"),
    ):
        found = instant(text)
        if found is not None:
            return found
    return None


def kind_of(concept: object) -> Kind | None:
    """The kind a code names: by LOINC first, then by its own words; else None.

    A tolerance test goes by its words: its LOINC codes stand for everyday glucose, too.
    """
    tolerance = _tolerance(concept)
    if tolerance is not None:
        return tolerance
    by_code, by_name = _tables()
    for code in codes(concept):
        if code in by_code:
            return kinds()[by_code[code][0]]
    for name in concept_names(concept):
        plain = plain_name(name)
        key = by_name.get(plain) or by_name.get(_MEAL_WORDS.sub("", plain))
        if key:
            return kinds()[key[0]]
    return None


def _tolerance(concept: object) -> Kind | None:
    """A result of drinking glucose is no everyday glucose, whatever its code."""
    for name in concept_names(concept):
        if _TOLERANCE.search(name):
            found = (key for key, pattern in _AFTER_SUGAR if pattern.search(name))
            key = next(found, None)
            return kinds()[key] if key else None
    return None


def component_of(concept: object) -> tuple[Kind, str] | None:
    """The kind and component a code names (systolic, diastolic)."""
    by_code, by_name = _tables()
    for code in codes(concept):
        if by_code.get(code, ("", ""))[1]:
            key, part = by_code[code]
            return kinds()[key], part
    for name in concept_names(concept):
        key, part = by_name.get(plain_name(name), ("", ""))
        if part:
            return kinds()[key], part
    return None


def plain_name(name: str) -> str:
    """A result name for comparing: lower case, no spaces, brackets as ASCII."""
    name = name.lower().replace("（", "(").replace("）", ")")
    name = re.sub(r"\s*(?:测定|检测|\[[^\]]*\].*)$", "", name)
    return re.sub(r"[\s　]+", " ", name).strip()


@cache
def _tables() -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]]:
    by_code: dict[str, tuple[str, str]] = {}
    by_name: dict[str, tuple[str, str]] = {}
    for kind in kinds().values():
        for code in kind.loinc:
            by_code.setdefault(code, (kind.key, ""))
        for name in (kind.zh, kind.en, *kind.own, *kind.say):
            by_name.setdefault(plain_name(name), (kind.key, ""))
        for part in kind.components.values():
            for code in part.loinc:
                by_code[code] = (kind.key, part.key)
            for name in (part.zh, part.en, f"{part.en} {kind.en}", *part.say):
                by_name[plain_name(name)] = (kind.key, part.key)
    return by_code, by_name


def _with_components(
    resource: Resource, kind: Kind, ref: str, at: Instant, name: str
) -> Reading | None:
    own = component_of(resource.get("code"))
    values: dict[str, Measured] = {}
    if own is not None:
        found = _measured(resource, own[0])
        if found is not None:
            values[own[1]] = found
    for component in resource.get("component") or []:
        match = component_of(component.get("code"))
        found = _measured(component, kind) if match else None
        if match is not None and match[0] is kind and found is not None:
            values[match[1]] = found
    if not values:
        return None
    # 先高后低, as people say a pressure.
    ordered = {key: values[key] for key in kind.components if key in values}
    said = "/".join(_number(m.recorded) for m in ordered.values())
    unit = shown_unit(next(iter(ordered.values())).recorded_unit)
    return Reading(
        kind=kind.key,
        refs=(ref,),
        at=at.at,
        day_only=at.day_only,
        values=ordered,
        said=f"{name} {said} {unit}".strip(),
        name=name,
    )


def _singles(
    resource: Resource, main: Kind | None, ref: str, at: Instant, name: str
) -> Iterator[Reading]:
    first = _single(resource, main, ref, at, name)
    if first is not None:
        yield replace(
            first,
            meal=meal_of(resource) if main is not None and main.meals else None,
            reference=_range(resource),
            at_home=_at_home(resource, main),
        )
    for component in resource.get("component") or []:
        code = component.get("code")
        part = component_of(code)
        if part is not None:
            found = _measured(component, part[0])
            if found is not None:
                yield Reading(
                    kind=part[0].key,
                    refs=(ref,),
                    at=at.at,
                    day_only=at.day_only,
                    values={part[1]: found},
                    said=f"{concept_text(code)} {_shown(found)}",
                    name=name,
                )
            continue
        reading = _single(component, kind_of(code), ref, at, concept_text(code))
        if reading is not None:
            yield replace(reading, reference=_range(component))


def _single(
    holder: Resource, kind: Kind | None, ref: str, at: Instant, name: str
) -> Reading | None:
    key = kind.key if kind else f"own:{plain_name(name)}"
    found = _measured(holder, kind)
    words = None if found else _words(holder)
    if found is None and not words:
        return None
    said = f"{name} {_shown(found) if found else words}"
    return Reading(
        kind=key,
        refs=(ref,),
        at=at.at,
        day_only=at.day_only,
        values={"value": found} if found else {},
        words=words,
        said=said,
        name=name,
    )


def _measured(holder: Resource, kind: Kind | None) -> Measured | None:
    quantity = holder.get("valueQuantity")
    if isinstance(quantity, dict):
        if quantity.get("comparator"):
            return None
        number, unit = decimal(quantity.get("value")), quantity.get("unit") or quantity.get("code")
    else:
        number, unit = decimal(holder.get("valueInteger")), ""
    if number is None:
        return None
    recorded_unit = str(unit or (kind.unit if kind else ""))
    if kind is None:
        return Measured(number, shown_unit(recorded_unit), number, recorded_unit)
    value = to_canonical(kind, number, recorded_unit)
    if value is None and isinstance(quantity, dict):
        value = to_canonical(kind, number, str(quantity.get("code") or ""))
    return None if value is None else Measured(value, kind.unit, number, recorded_unit)


def _words(holder: Resource) -> str | None:
    quantity = holder.get("valueQuantity")
    if isinstance(quantity, dict) and quantity.get("value") is not None:
        number = decimal(quantity["value"])
        shown = f"{quantity.get('comparator') or ''}{_number(number or Decimal(0))}"
        return f"{shown} {shown_unit(str(quantity.get('unit') or ''))}".strip()
    text = concept_text(holder.get("valueCodeableConcept")) or holder.get("valueString")
    if not text and isinstance(holder.get("valueBoolean"), bool):
        text = "是" if holder["valueBoolean"] else "否"
    return str(text) if text else None


def _shown(measured: Measured) -> str:
    return f"{_number(measured.recorded)} {shown_unit(measured.recorded_unit)}".strip()


def _number(value: Decimal) -> str:
    return format(value, "f")


def _range(holder: Resource) -> str | None:
    for row in holder.get("referenceRange") or []:
        if not isinstance(row, dict):
            continue
        if row.get("text"):
            return str(row["text"])
        low, high = (decimal((row.get(side) or {}).get("value")) for side in ("low", "high"))
        if low is not None and high is not None:
            return f"{_number(low)}-{_number(high)}"
        if high is not None:
            return f"≤{_number(high)}"
        if low is not None:
            return f"≥{_number(low)}"
    return None


def meal_of(resource: Resource) -> str | None:
    """When a glucose was taken, from its code, then from what else the resource says."""
    glucose = kinds()["glucose"]
    for code in codes(resource.get("code")):
        for meal in glucose.meals.values():
            if code in meal.loinc:
                return meal.key
    keys = ("code", "note", "extension", "component", "method", "category", "modifierExtension")
    said = " ".join(s for key in keys for s in strings(resource.get(key)))
    return next((meal for meal, pattern in _MEALS if pattern.search(said)), None)


def _at_home(resource: Resource, kind: Kind | None) -> bool | None:
    """A meter's or a laboratory's, for the kinds that both measure."""
    if kind is None or not kind.home_loinc:
        return None
    if any(code in kind.home_loinc for code in codes(resource.get("code"))):
        return True
    said = " ".join(strings([resource.get("code"), resource.get("method"), resource.get("device")]))
    if _METER.search(said):
        return True
    return False if _LABORATORY.search(said + str(resource.get("category"))) else None


def own_text(resource: Resource) -> str:
    """The words of an Observation that is all words (imaging findings, notes)."""
    return "\n".join(filter(None, (_words(resource) or "", notes(resource))))
