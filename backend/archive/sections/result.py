"""A result's value, its flag and its reference range."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, TypeAdapter, model_validator

from backend.archive.sections.errors import DatePrecisionWrong
from backend.archive.sections.partial_date import PartialDate
from backend.archive.sections.tables import table
from backend.archive.sections.values import (
    Amount,
    Coding,
    Concept,
    Number,
    Telling,
    Text,
    TimeOfDay,
    Uri,
    Value,
)


class ResultType(StrEnum):
    """The FHIR data type that the value came in (``value[x]``)."""

    QUANTITY = "Quantity"
    CODEABLE_CONCEPT = "CodeableConcept"
    CODING = "Coding"
    STRING = "String"
    URI = "Uri"
    BOOLEAN = "Boolean"
    INTEGER = "Integer"
    DECIMAL = "Decimal"
    RANGE = "Range"
    RATIO = "Ratio"
    TIME = "Time"
    DATE = "Date"
    DATE_TIME = "DateTime"
    PERIOD = "Period"


class Result(Value):
    """One value. Which field holds it follows from ``type``: ``amount`` (Quantity),
    ``concept``, ``coding``, ``text`` (String, Uri, Time), ``truth`` (Boolean), ``number``
    (Integer, Decimal), ``low`` and ``high`` (Range; numerator and denominator of a Ratio),
    ``at`` and ``end`` (Date, DateTime, Period)."""

    type: ResultType
    amount: Amount | None = None
    concept: Concept | None = None
    coding: Coding | None = None
    text: Text | None = None
    truth: bool | None = None
    number: Number | None = None
    low: Amount | None = None
    high: Amount | None = None
    at: PartialDate | None = None
    end: PartialDate | None = None

    @model_validator(mode="after")
    def _holds_its_type_only(self) -> Result:
        allowed = _FIELDS[self.type]
        filled = {name for name, value in self.__dict__.items() if value is not None} - {"type"}
        if not filled or not filled <= allowed:
            raise ValueError(f"a {self.type} is held by {sorted(allowed)}")
        if self.type is ResultType.INTEGER and self.number != int(self.number or 0):
            raise ValueError("an Integer has no fraction")
        if self.text is not None and self.type in _FORMS:
            _FORMS[self.type].validate_python(self.text)
        if self.at is not None and self.type is ResultType.DATE and len(self.at.text) > 10:
            raise DatePrecisionWrong(text=self.at.text)
        return self

    @property
    def label(self) -> str:
        """The value as people read it."""
        if self.truth is not None:
            return "+" if self.truth else "-"
        if self.number is not None:
            return f"{self.number:f}"
        if self.low is not None or self.high is not None:
            between = ":" if self.type is ResultType.RATIO else "-"
            return between.join(amount.label if amount else "" for amount in (self.low, self.high))
        if self.at is not None or self.end is not None:
            return "/".join(date.text if date else "" for date in (self.at, self.end)).rstrip("/")
        return self._words()

    def _words(self) -> str:
        if self.coding is not None:
            return self.coding.display or self.coding.code or ""
        named = self.amount or self.concept
        return named.label if named is not None else self.text or ""


_FORMS: dict[ResultType, TypeAdapter[str]] = {
    ResultType.URI: TypeAdapter(Uri),
    ResultType.TIME: TypeAdapter(TimeOfDay),
}

_FIELDS: dict[ResultType, frozenset[str]] = {
    ResultType.QUANTITY: frozenset({"amount"}),
    ResultType.CODEABLE_CONCEPT: frozenset({"concept"}),
    ResultType.CODING: frozenset({"coding"}),
    ResultType.STRING: frozenset({"text"}),
    ResultType.URI: frozenset({"text"}),
    ResultType.TIME: frozenset({"text"}),
    ResultType.BOOLEAN: frozenset({"truth"}),
    ResultType.INTEGER: frozenset({"number"}),
    ResultType.DECIMAL: frozenset({"number"}),
    ResultType.RANGE: frozenset({"low", "high"}),
    ResultType.RATIO: frozenset({"low", "high"}),
    ResultType.DATE: frozenset({"at"}),
    ResultType.DATE_TIME: frozenset({"at"}),
    ResultType.PERIOD: frozenset({"at", "end"}),
}


def result_of(*types: ResultType) -> AfterValidator:
    """Restricts a field to the types that FHIR allows in its place."""
    allowed = frozenset(types)

    def check(result: Result) -> Result:
        if result.type not in allowed:
            raise ValueError(f"{result.type} cannot stand here")
        return result

    return AfterValidator(check)


_T = ResultType
_COMMON = (_T.QUANTITY, _T.CODEABLE_CONCEPT, _T.STRING, _T.BOOLEAN, _T.INTEGER, _T.RANGE, _T.RATIO)
Observed = Annotated[Result, result_of(*_COMMON, _T.TIME, _T.DATE_TIME, _T.PERIOD)]
Targeted = Annotated[Result, result_of(*_COMMON)]
Answered = Annotated[
    Result,
    result_of(
        _T.BOOLEAN,
        _T.DECIMAL,
        _T.INTEGER,
        _T.DATE,
        _T.DATE_TIME,
        _T.TIME,
        _T.STRING,
        _T.URI,
        _T.CODING,
        _T.QUANTITY,
    ),
]


class ReferenceRange(Telling):
    """What is usual: bounds, or words (阴性). ``kind`` and ``applies_to`` say for whom."""

    low: Amount | None = None
    high: Amount | None = None
    text: Text | None = None
    kind: Concept | None = None
    applies_to: tuple[Concept, ...] = ()
    age_low: Amount | None = None
    age_high: Amount | None = None


class Flag(StrEnum):
    HIGH = "high"
    LOW = "low"
    ABNORMAL = "abnormal"
    NORMAL = "normal"


def flag_of(interpretation: tuple[Concept, ...]) -> Flag | None:
    """The flag of v3-ObservationInterpretation codes; None where none of them is known."""
    flags = table("interpretation")["flags"]
    for concept in interpretation:
        for coding in concept.codings:
            if coding.code in flags:
                return Flag(flags[coding.code])
    return None
