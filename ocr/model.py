"""What a page says, as data. Every field that is not printed is ``None``.

Boxes are ``(left, top, right, bottom)`` in pixels of the page as displayed
(after EXIF orientation) at its own resolution; of a PDF, at 200 dpi.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Box = tuple[int, int, int, int]
Kind = Literal["lab_report", "checkup", "imaging", "ecg", "prescription", "discharge", "other"]
Flag = Literal["high", "low", "normal", "abnormal"]
Sex = Literal["male", "female"]


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a public system, e.g. ``http://loinc.org`` ``14749-6``."""

    system: str
    code: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The patient's own reference interval (参考区间); an open side is ``None``."""

    low: float | None
    high: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Repair:
    """One confusion of characters undone, with what proved it."""

    field: str
    read: str
    repaired: str
    reason: str


@dataclass(slots=True)
class Item:
    """One result line (检验项目). ``value`` is None where the result is words."""

    name: str
    abbreviation: str | None
    code: Code | None
    value: float | None
    text: str
    unit: str | None
    reference: Reference | None
    flag: Flag | None
    page: int
    box: Box
    confidence: float
    needs_review: bool
    repairs: list[Repair] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Narrative:
    """Running text under a heading (检查所见, 结论, 出院医嘱 …)."""

    section: str
    text: str
    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Medication:
    """One drug line of a prescription or discharge (药品)."""

    name: str
    strength: str | None
    dose: str | None
    route: str | None
    frequency: str | None
    days: int | None
    text: str
    page: int
    box: Box


@dataclass(slots=True)
class Patient:
    """Whom the paper names; age in completed years."""

    name: str | None = None
    sex: Sex | None = None
    age: int | None = None


@dataclass(frozen=True, slots=True)
class PageQuality:
    """How well a page could be seen, with advice for taking the photo again."""

    page: int
    width: int
    height: int
    sharpness: float
    glare: float
    darkness: float
    rotation: int
    advice: tuple[str, ...]


@dataclass(slots=True)
class ParsedReport:
    """Everything read from one file, all its pages together."""

    kind: Kind
    engine: str
    pages: int
    patient: Patient
    facility: str | None = None
    department: str | None = None
    specimen: str | None = None
    sample_number: str | None = None
    collected_at: str | None = None
    reported_at: str | None = None
    items: list[Item] = field(default_factory=list)
    narrative: list[Narrative] = field(default_factory=list)
    medications: list[Medication] = field(default_factory=list)
    text: str = ""
    quality: list[PageQuality] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
