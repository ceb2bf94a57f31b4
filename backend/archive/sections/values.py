"""The values that bodies are made of: text, codings, concepts and amounts, as FHIR has them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from backend.archive.sections.errors import (
    CodeMalformed,
    EntryWithoutName,
    Icd10Malformed,
    NumberNotFinite,
    TextEmpty,
    TextLoneSurrogate,
    TextNullByte,
    TextTooLong,
)
from backend.archive.sections.tables import ICD10_FORM, ICD10_SYSTEMS, MAX_TEXT

_SURROGATE = re.compile("[\ud800-\udfff]")
_CODE = re.compile(r"[^\s]+(\s[^\s]+)*")  # FHIR R4 datatypes, code
_URI = re.compile(r"\S+")


def checked_text(text: str) -> str:
    """Refuses what neither MongoDB nor UTF-8 holds; emoji and bidi marks are text like any."""
    if not text or text.isspace():
        raise TextEmpty()
    if "\x00" in text:
        raise TextNullByte()
    if len(text) > MAX_TEXT:
        raise TextTooLong(limit=MAX_TEXT)
    if not text.isascii() and _SURROGATE.search(text):
        raise TextLoneSurrogate()
    return text


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise NumberNotFinite()
    return number


def _checked_code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise CodeMalformed()
    return text


def _checked_uri(text: str) -> str:
    if not _URI.fullmatch(text):
        raise CodeMalformed()
    return text


Text = Annotated[str, AfterValidator(checked_text)]
Code = Annotated[Text, AfterValidator(_checked_code)]
Uri = Annotated[Text, AfterValidator(_checked_uri)]
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?$")]
Number = Annotated[Decimal, Field(allow_inf_nan=True), AfterValidator(_finite)]


class Value(BaseModel):
    """Frozen, and holds nothing that it does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Telling(Value):
    """A value that says at least one thing: FHIR has no empty elements."""

    @model_validator(mode="after")
    def _tells(self) -> Self:
        if all(value is None or value == () for value in self.__dict__.values()):
            raise EntryWithoutName()
        return self


class Coding(Value):
    """One code of one code system; ``system`` is its canonical URL."""

    system: Uri | None = None
    code: Code | None = None
    display: Text | None = None

    @model_validator(mode="after")
    def _checked(self) -> Coding:
        if self.code is None and self.display is None:
            raise EntryWithoutName()
        if self.system in ICD10_SYSTEMS and self.code and not ICD10_FORM.fullmatch(self.code):
            raise Icd10Malformed(code=self.code[:40])
        return self


class Concept(Value):
    """What something is called: words, codes or both (FHIR CodeableConcept)."""

    text: Text | None = None
    codings: tuple[Coding, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Concept:
        if self.text is None and not self.codings:
            raise EntryWithoutName()
        return self

    @property
    def label(self) -> str:
        """The words that people read: the text, else a display, else a code."""
        displays = (coding.display for coding in self.codings)
        codes = (coding.code for coding in self.codings)
        return self.text or next(filter(None, displays), None) or next(filter(None, codes), "")

    def code_in(self, system: str) -> str | None:
        """The concept's code in that system, or None."""
        return next((c.code for c in self.codings if c.system == system and c.code), None)


class Amount(Value):
    """A quantity exactly as given: ``1.10`` stays ``1.10``. ``code`` is UCUM where
    ``system`` is UCUM's; ``unit`` is what people read."""

    value: Number | None = None
    comparator: Literal["<", "<=", ">=", ">"] | None = None
    unit: Text | None = None
    system: Uri | None = None
    code: Code | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Amount:
        if self.value is None and self.unit is None and self.code is None:
            raise EntryWithoutName()
        return self

    @property
    def label(self) -> str:
        number = "" if self.value is None else f"{self.comparator or ''}{self.value:f}"
        return f"{number} {self.unit or self.code or ''}".strip()


def named(text: str) -> Concept:
    """A concept that has words only."""
    return Concept(text=text)


def coded(system: str, code: str, display: str | None = None, text: str | None = None) -> Concept:
    """A concept with one code."""
    return Concept(text=text, codings=(Coding(system=system, code=code, display=display),))


def texts_in(value: Any) -> list[str]:
    """Every text in a value, depth first: what is worth searching."""
    if type(value) is str:
        return [value]
    if isinstance(value, Coding):
        return [part for part in (value.display, value.code) if part]
    if isinstance(value, Amount):
        return [value.label] if value.label else []
    if isinstance(value, Value):
        return [text for part in value.__dict__.values() for text in texts_in(part)]
    if isinstance(value, tuple):
        return [text for part in value for text in texts_in(part)]
    return []
