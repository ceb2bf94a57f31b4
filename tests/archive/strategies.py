"""Hypothesis strategies for any body, from its own field types."""

from __future__ import annotations

import typing
from datetime import datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from pydantic import ValidationError

from backend.archive.sections.base import Body
from backend.archive.sections.errors import EntryWithoutName, FieldsExclusive, PeriodBackwards
from backend.archive.sections.partial_date import Day, Instant, PartialDate
from backend.archive.sections.result import Answered, Observed, Result, ResultType, Targeted
from backend.archive.sections.values import (
    Amount,
    Code,
    Coding,
    Concept,
    Number,
    Text,
    TimeOfDay,
    Uri,
    Value,
)

_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
texts = st.text(_CHARACTERS, min_size=1, max_size=12).filter(lambda text: not text.isspace())
codes = st.from_regex(r"[A-Za-z0-9.\-]{1,8}", fullmatch=True)
uris = st.sampled_from(["http://loinc.org", "http://snomed.info/sct", "urn:oid:2.16.156"])
numbers = st.decimals(-(10**6), 10**6, allow_nan=False, allow_infinity=False, places=3)
_years = st.integers(1900, 2100)
_dates = st.dates(min_value=datetime(1900, 1, 1).date(), max_value=datetime(2100, 1, 1).date())  # noqa: DTZ001
_offsets = st.sampled_from(["Z", "+08:00", "-03:30", "+14:00"])
_clocks = st.builds(
    "{:02}:{:02}:{:02}{}".format,
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 59),
    st.sampled_from(["", ".5", ".123"]),
)
instants = st.builds("{}T{}{}".format, _dates, _clocks, _offsets).map(PartialDate)
days = st.one_of(
    _years.map(str), _dates.map(lambda date: date.isoformat()[:7]), _dates.map(str)
).map(PartialDate)
dates = st.one_of(days, instants)


def results(types: tuple[str, ...]) -> st.SearchStrategy[Result]:
    """Results of these FHIR types."""
    return st.sampled_from(types).flatmap(lambda name: _RESULTS[ResultType(name)])


def _result(kind: ResultType, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Result]:
    return st.builds(Result, type=st.just(kind), **fields)


def values(model: type[Value], depth: int = 0) -> st.SearchStrategy[Any]:
    """Any valid instance of a value or body."""
    hints = typing.get_type_hints(model, include_extras=True)
    fields = {
        name: _of(hints[name], depth, optional=not field.is_required())
        for name, field in model.model_fields.items()
    }
    return st.fixed_dictionaries({}, optional=fields).map(lambda data: _made(model, data))


def bodies(model: type[Body]) -> st.SearchStrategy[Body]:
    """Bodies that do not themselves say that they are wrong: that is the entry's to say."""
    return values(model).filter(
        lambda body: "entered-in-error" not in (_get(body, "status"), _get(body, "verification"))
    )


def _get(body: Body, name: str) -> object:
    return getattr(body, name, None)


def _made(model: type[Value], data: dict[str, Any]) -> Any:
    """Builds it, dropping what excludes each other."""
    for _ in range(6):
        try:
            return model(**data)
        except FieldsExclusive as error:
            for name in str(error.data["fields"]).split(", ")[1:]:
                data = _without(data, name)
        except PeriodBackwards:
            dated = [name for name, value in data.items() if isinstance(value, PartialDate)]
            data = {name: value for name, value in data.items() if name not in dated[1:]}
        except (EntryWithoutName, ValidationError):
            break
        except Exception as error:
            field = str(getattr(error, "data", {}).get("fields"))
            if field not in _NEEDED:
                raise
            data = {**data, field: _NEEDED[field]}
    assume(False)
    return None


_NEEDED = {"given": PartialDate("2020"), "dose_number": "1", "status": "active"}


def _without(data: dict[str, Any], name: str) -> dict[str, Any]:
    aliases = {"text": "performed_text", "age": "performed_age", "performed": "performed_end"}
    dropped = {name, aliases.get(name, name)} - ({"text"} if "performed_text" in data else set())
    return {key: value for key, value in data.items() if key not in dropped}


def _of(hint: Any, depth: int, optional: bool = False) -> st.SearchStrategy[Any]:
    for known, strategy in _KNOWN:
        if hint is known or hint == known:
            return strategy
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, UnionType):
        inner = [_of(arg, depth) for arg in args if arg is not NoneType]
        return st.one_of(st.none(), *inner)
    if origin is tuple:
        if depth > 2:
            return st.just(())
        return st.lists(_of(args[0], depth + 1), max_size=2).map(tuple)
    if origin is typing.Literal:
        return st.sampled_from(args)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    if isinstance(hint, type) and issubclass(hint, Value):
        return st.deferred(lambda: values(hint, depth + 1))
    raise TypeError(f"no strategy for {hint}")


amounts = st.builds(
    Amount,
    value=numbers,
    unit=st.none() | texts,
    system=st.none() | uris,
    code=st.none() | codes,
)
codings = st.builds(Coding, system=st.none() | uris, code=codes, display=st.none() | texts)
concepts = st.builds(
    Concept, text=texts, codings=st.lists(codings, max_size=2).map(tuple)
) | st.builds(Concept, codings=codings.map(lambda coding: (coding,)))

_T = ResultType
_RESULTS: dict[ResultType, st.SearchStrategy[Result]] = {
    _T.QUANTITY: _result(_T.QUANTITY, amount=amounts),
    _T.CODEABLE_CONCEPT: _result(_T.CODEABLE_CONCEPT, concept=concepts),
    _T.CODING: _result(_T.CODING, coding=codings),
    _T.STRING: _result(_T.STRING, text=texts),
    _T.URI: _result(_T.URI, text=uris),
    _T.BOOLEAN: _result(_T.BOOLEAN, truth=st.booleans()),
    _T.INTEGER: _result(_T.INTEGER, number=st.integers(-1000, 1000).map(Decimal)),
    _T.DECIMAL: _result(_T.DECIMAL, number=numbers),
    _T.RANGE: _result(_T.RANGE, low=amounts, high=st.none() | amounts),
    _T.RATIO: _result(_T.RATIO, low=amounts, high=amounts),
    _T.TIME: _result(_T.TIME, text=_clocks),
    _T.DATE: _result(_T.DATE, at=days),
    _T.DATE_TIME: _result(_T.DATE_TIME, at=dates),
    _T.PERIOD: _result(_T.PERIOD, at=dates, end=st.none() | dates),
}
_SHARED = (_T.QUANTITY, _T.CODEABLE_CONCEPT, _T.STRING, _T.BOOLEAN, _T.INTEGER, _T.RANGE, _T.RATIO)
_KNOWN: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (Text, texts),
    (Code, codes),
    (Uri, uris),
    (TimeOfDay, _clocks),
    (Number, numbers),
    (Day, days),
    (Instant, instants),
    (PartialDate, dates),
    (Concept, concepts),
    (Coding, codings),
    (Amount, amounts),
    (Observed, results((*_SHARED, _T.TIME, _T.DATE_TIME, _T.PERIOD))),
    (Targeted, results(_SHARED)),
    (
        Answered,
        results(
            (
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
            )
        ),
    ),
    (bool, st.booleans()),
    (int, st.integers(1, 10)),
]
