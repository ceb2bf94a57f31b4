"""How kinds of paper are named and coded: ``data/kinds.toml``."""

from __future__ import annotations

from backend.archive.sections import Concept, PartialDate, coded
from backend.archive.sections.errors import DateDoesNotExist, DateHourTwentyFour, DateMalformed
from backend.archive.sections.tables import LOINC
from backend.reports.limits import table
from ocr.model import Flag, Kind

_TABLE = table("kinds")
_SYSTEMS = _TABLE["systems"]


def kind_label(kind: Kind, language: str) -> str:
    """检验报告, Laboratory report …"""
    return str(_TABLE["kinds"][kind]["en" if language.startswith("en") else "zh"])


def kind_concept(kind: Kind) -> Concept:
    """The paper's type, with LOINC's document code where there is one."""
    row = _TABLE["kinds"][kind]
    if "loinc" not in row:
        return Concept(text=row["zh"])
    return coded(LOINC, row["loinc"], display=row["en"], text=row["zh"])


def service_concepts(kind: Kind) -> tuple[Concept, ...]:
    """The diagnostic service (检验科, 放射科) of a report."""
    service = _TABLE["kinds"][kind].get("service")
    return (coded(_SYSTEMS["service"], service),) if service else ()


def category_concept(kind: Kind) -> Concept:
    """The observation category of what stands on the paper."""
    return coded(_SYSTEMS["category"], _TABLE["kinds"][kind]["category"])


def vital_concept() -> Concept:
    return coded(_SYSTEMS["category"], _TABLE["vital"]["category"])


def flag_concepts(flag: Flag | None) -> tuple[Concept, ...]:
    return (coded(_SYSTEMS["interpretation"], _TABLE["flags"][flag]),) if flag else ()


def sums_up(section: str) -> bool:
    """Whether a heading's text sums the paper up (结论, 诊断意见 …)."""
    return any(word in section for word in _TABLE["headings"]["conclusion"])


def names_diagnoses(section: str) -> bool:
    """Whether a heading's text names diagnoses."""
    return section in _TABLE["headings"]["diagnosis"]


def date_of(text: str | None) -> PartialDate | None:
    """A printed date as recognition writes it; None where it is no date."""
    if text is None:
        return None
    try:
        return PartialDate(text)
    except (DateMalformed, DateDoesNotExist, DateHourTwentyFour):
        return None
