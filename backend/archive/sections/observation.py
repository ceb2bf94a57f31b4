"""Observations (检验与检查结果): laboratory and other coded results that are no home readings."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from backend.access.categories import Category
from backend.archive.sections.base import Body, Section, in_order
from backend.archive.sections.partial_date import Instant, PartialDate
from backend.archive.sections.phrases import on, with_remarks, word
from backend.archive.sections.result import Flag, Observed, ReferenceRange, flag_of
from backend.archive.sections.values import Coding, Concept, Text, Value


class ObservationStatus(StrEnum):
    REGISTERED = "registered"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    AMENDED = "amended"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    ENTERED_IN_ERROR = "entered-in-error"


class Component(Value):
    """One part of a result that has several (收缩压 and 舒张压)."""

    name: Concept
    result: Observed | None = None
    absent: Concept | None = None
    interpretation: tuple[Concept, ...] = ()
    references: tuple[ReferenceRange, ...] = ()


class ObservationBody(Body):
    """One result. ``issued`` is when the laboratory released it, ``effective`` when the
    specimen was taken; ``members`` are references to the results of a panel."""

    section: ClassVar[Section] = Section.OBSERVATION
    usual_category: ClassVar[Category] = Category.REPORTS
    past_fields: ClassVar[tuple[str, ...]] = ("effective", "issued")

    name: Concept
    status: ObservationStatus = ObservationStatus.FINAL
    kinds: tuple[Concept, ...] = ()
    result: Observed | None = None
    absent: Concept | None = None
    interpretation: tuple[Concept, ...] = ()
    references: tuple[ReferenceRange, ...] = ()
    components: tuple[Component, ...] = ()
    effective: PartialDate | None = None
    effective_end: PartialDate | None = None
    issued: Instant | None = None
    specimen: Text | None = None
    method: Concept | None = None
    body_site: Concept | None = None
    performers: tuple[Text, ...] = ()
    members: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _order(self) -> ObservationBody:
        in_order(self.effective, self.effective_end)
        return self

    @property
    def concept(self) -> Concept:
        return self.name

    @property
    def codes(self) -> tuple[Coding, ...]:
        return (*self.name.codings, *(c for part in self.components for c in part.name.codings))

    @property
    def when(self) -> PartialDate | None:
        return self.effective or self.issued

    @property
    def until(self) -> PartialDate | None:
        return self.effective_end

    @property
    def flag(self) -> Flag | None:
        """High, low, abnormal or normal, from the interpretation codes; None where none says so."""
        return flag_of(self.interpretation)

    def title(self, language: str) -> str:
        said = [self.name.label, self.result.label if self.result else ""]
        said.append(word("flag", self.flag, language))
        head = " ".join(part for part in said if part)
        return with_remarks(head, language, on(self.when, language))
