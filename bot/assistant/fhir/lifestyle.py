"""Habits and written findings: Observations of words, questionnaires, impressions."""

from __future__ import annotations

import re

from bot.assistant.fhir.elements import (
    Resource,
    codes,
    concept_names,
    concept_text,
    instant,
    narrative,
    notes,
    status,
    strings,
)
from bot.assistant.fhir.observations import observed_at, own_text
from bot.assistant.records import Area, Entry

# source: LOINC: smoking status, tobacco use, alcohol, diet, exercise habit
_HABITS = {"72166-2", "11367-0", "74013-4", "11331-6", "82589-3", "89555-7", "67504-6", "68516-4"}
_HABIT_WORDS = re.compile(
    r"吸烟|抽烟|烟草|饮酒|喝酒|饮食|运动习惯|作息|smok|tobacco|alcohol|diet", re.I
)


def from_observation(r: Resource, ref: str) -> Entry | None:
    """A habit, or an Observation that is all words or carries a note; else None."""
    at = observed_at(r)
    names = concept_names(r.get("code"))
    habit = bool(_HABITS & set(codes(r.get("code")))) or any(map(_HABIT_WORDS.search, names))
    text = own_text(r)
    if not text or not (habit or r.get("valueString") or r.get("note")):
        return None
    return Entry(
        area=Area.LIFESTYLE if habit else Area.DOCUMENT,
        ref=ref,
        name=concept_text(r.get("code")),
        names=names,
        start=at.at if at else None,
        start_text=at.text if at else None,
        status=status(r),
        text=text,
        details={"of": "reading"} if "valueQuantity" in r or "component" in r else {},
    )


def impression(r: Resource, ref: str) -> Entry | None:
    if status(r) == "entered-in-error":
        return None
    at = instant(r.get("date")) or instant(r.get("effectiveDateTime"))
    texts = (str(r.get("summary") or ""), str(r.get("description") or ""), notes(r))
    return Entry(
        area=Area.DOCUMENT,
        ref=ref,
        name=concept_text(r.get("code")) or "医生评估",
        start=at.at if at else None,
        start_text=at.text if at else None,
        text="\n".join(filter(None, texts)),
    )


def questionnaire(r: Resource, ref: str) -> Entry | None:
    if status(r) in ("entered-in-error", "stopped"):
        return None
    at = instant(r.get("authored"))
    said = [s for s in strings(r.get("item")) if not re.fullmatch(r"[\w./:-]+", s, re.ASCII)]
    return Entry(
        area=Area.DOCUMENT,
        ref=ref,
        name="问卷",
        start=at.at if at else None,
        start_text=at.text if at else None,
        text=" ".join(said) or narrative(r),
        details={"of": "questionnaire"},
    )
