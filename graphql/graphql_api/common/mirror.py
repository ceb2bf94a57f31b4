"""GraphQL types and inputs made from the rooms' pydantic models.

The rooms do not know Strawberry. An output type reads its fields by attribute
from the model itself; an input becomes the plain data from which the room
builds (and checks) its model. Both follow the model: a new field there is a
new field here, and shows in the SDL snapshot.
"""

from __future__ import annotations

import dataclasses
import sys
import types
import typing
from decimal import Decimal
from enum import Enum
from typing import Any, Union, get_args, get_origin

import strawberry
from pydantic import BaseModel
from strawberry.types.lazy_type import LazyType

from backend.archive.sections import PartialDate

_OUTPUTS: dict[type[BaseModel], type] = {}
_INPUTS: dict[type[BaseModel], type] = {}
_IN_PROGRESS: set[type[BaseModel]] = set()
_ENUMS: dict[type[Enum], Any] = {}

# Names that say little outside their module.
_NAMES = {
    "Activity": "CarePlanActivity",
    "Answer": "QuestionnaireAnswer",
    "Aspect": "LifestyleAspect",
    "Basis": "MedicationBasis",
    "Component": "ObservationComponent",
    "Item": "QuestionnaireItem",
    "Result": "ObservationResult",
    "Schedule": "DosageSchedule",
    "Target": "GoalTarget",
}

# Computed by the model and worth showing: the words that people read.
_EXTRA = ("label",)


def output(model: type[BaseModel], name: str | None = None) -> Any:
    """The object type of ``model``; made once."""
    if model in _IN_PROGRESS:
        return _later(name or _name(model))
    if model not in _OUTPUTS:
        _IN_PROGRESS.add(model)
        fields = [(n, _mapped(a, output)) for n, a in _annotations(model)]
        fields += [
            (extra, str) for extra in _EXTRA if isinstance(getattr(model, extra, None), property)
        ]
        made = dataclasses.make_dataclass(
            name or _name(model),
            fields,
            namespace={"is_type_of": classmethod(_is_a(model))},
        )
        made.__module__ = __name__
        kind = strawberry.type(made, name=name or _name(model), description=_said(model))
        _OUTPUTS[model] = _published(kind)
        _IN_PROGRESS.discard(model)
    return _OUTPUTS[model]


def input_of(model: type[BaseModel], name: str | None = None) -> Any:
    """The input type of ``model``; a field that the model has a default for may be left out."""
    title = f"{name or _name(model)}Input"
    if model in _IN_PROGRESS:
        return _later(title)
    if model not in _INPUTS:
        _IN_PROGRESS.add(model)
        required = {n for n, each in model.model_fields.items() if each.is_required()}
        fields: list[Any] = []
        for field, annotation in sorted(
            _annotations(model), key=lambda each: each[0] not in required
        ):
            mapped = _mapped(annotation, input_of)
            if field in required:
                fields.append((field, mapped))
            else:
                fields.append((field, _optional(mapped), strawberry.UNSET))
        made = dataclasses.make_dataclass(title, fields, kw_only=True)
        made.__module__ = __name__
        _INPUTS[model] = _published(strawberry.input(made, name=title, description=_said(model)))
        _IN_PROGRESS.discard(model)
    return _INPUTS[model]


def data_of(value: Any) -> Any:
    """An input as plain data: what was left out or null is not there."""
    if dataclasses.is_dataclass(value) and not isinstance(value, PartialDate):
        pairs = ((each.name, getattr(value, each.name)) for each in dataclasses.fields(value))
        return {n: data_of(v) for n, v in pairs if v is not None and v is not strawberry.UNSET}
    if isinstance(value, list):
        return [data_of(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    return value


def enum(kind: type[Enum], name: str | None = None) -> Any:
    """The GraphQL enum of a closed set; made once."""
    if kind not in _ENUMS:
        _ENUMS[kind] = strawberry.enum(kind, name=name or _NAMES.get(kind.__name__))
    return _ENUMS[kind]


def _later(name: str) -> Any:
    # A model that holds itself (questionnaire items): Strawberry looks the name up here.
    return LazyType(name, __name__)


def _published(kind: type) -> type:
    setattr(sys.modules[__name__], kind.__name__, kind)
    return kind


def _annotations(model: type[BaseModel]) -> list[tuple[str, Any]]:
    # Not field.annotation: that keeps a name that was not defined yet as a forward reference.
    hints = typing.get_type_hints(model)
    return [(name, hints[name]) for name in model.model_fields]


def _mapped(annotation: Any, of_model: Any) -> Any:
    origin = get_origin(annotation)
    if origin is typing.Annotated:
        return _mapped(get_args(annotation)[0], of_model)
    if origin in (Union, types.UnionType):
        kept = [each for each in get_args(annotation) if each is not type(None)]
        return _optional(_mapped(kept[0], of_model))
    if origin in (tuple, list, frozenset):
        return list[_mapped(get_args(annotation)[0], of_model)]  # type: ignore[misc]
    if origin is typing.Literal:
        return str
    if annotation is Decimal:
        return float
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return of_model(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return enum(annotation)
    return annotation


def _optional(annotation: Any) -> Any:
    return typing.Optional[annotation]  # noqa: UP045  (built at run time from a value)


def _is_a(model: type[BaseModel]) -> Any:
    def is_type_of(cls: type, value: object, info: object) -> bool:
        return isinstance(value, (model, cls))

    return is_type_of


def _name(model: type[BaseModel]) -> str:
    name = model.__name__.removesuffix("Body")
    return _NAMES.get(name, name)


def _said(model: type[BaseModel]) -> str | None:
    return " ".join((model.__doc__ or "").split()) or None
