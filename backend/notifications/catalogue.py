"""The tables of ``data/``: topics, what is told of each event, words, limits. Read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from backend.identity.viewer import Language
from backend.notifications.kinds import Audience, Urgency


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Line):
    zh: str
    en: str

    def of(self, language: Language) -> str:
        return self.zh if language is Language.ZH else self.en


class Topic(Words):
    """What can be chosen about."""

    always: bool
    bundle_seconds: int = Field(ge=0)
    late_minutes: int = Field(ge=1)

    @property
    def bundle(self) -> timedelta:
        return timedelta(seconds=self.bundle_seconds)

    @property
    def late(self) -> timedelta:
        return timedelta(minutes=self.late_minutes)


class When(_Line):
    """A condition on one field of the event."""

    field: str
    one_of: tuple[str, ...] = Field(default=(), alias="in")
    any: bool = False
    none: bool = False

    def holds(self, body: Mapping[str, Any]) -> bool:
        value = body.get(self.field)
        if self.none:
            return value is None
        return bool(value) if self.any else str(value) in self.one_of


class AccountOf(_Line):
    """The event's own ``field``, or that of the document whose id the event has in ``id``."""

    field: str
    collection: str | None = None
    id: str | None = None


class Rule(_Line):
    """One audience of one event."""

    to: Audience
    text: str
    topic: str
    category: str = "profile"
    about: tuple[str, str] | None = None
    when: When | None = None
    unless: When | None = None
    urgency: Urgency | None = None
    by: dict[str, str] | None = None
    account: AccountOf | None = None
    but: AccountOf | None = None
    wakes: bool = False
    consent: bool = True
    strangers: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Rule:
        if (self.urgency is None) == (self.by is None):
            raise ValueError("either urgency or by")
        if (self.to is Audience.ACCOUNT) != (self.account is not None):
            raise ValueError("account goes with to = 'account'")
        if self.topic not in topics():
            raise ValueError(f"no topic {self.topic}")
        if self.text not in inbox_texts():
            raise ValueError(f"no words for {self.text}")
        return self

    def holds(self, body: Mapping[str, Any]) -> bool:
        """Whether this event is told to this audience."""
        if self.unless is not None and self.unless.holds(body):
            return False
        return self.when is None or self.when.holds(body)

    def urgency_of(self, body: Mapping[str, Any]) -> Urgency:
        if self.urgency is not None:
            return self.urgency
        assert self.by is not None
        return Urgency(self.by[str(body[self.by["field"]])])


def _raw(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", f"{name}.toml").read_text("utf-8"))


@cache
def topics() -> Mapping[str, Topic]:
    return TypeAdapter(dict[str, Topic]).validate_python(_raw("topics"))


@cache
def rules() -> Mapping[str, tuple[Rule, ...]]:
    """By event name. Raises ``ValidationError`` naming the event and line that is wrong."""
    return TypeAdapter(dict[str, tuple[Rule, ...]]).validate_python(_raw("events"))


@cache
def inbox_texts() -> Mapping[str, Words]:
    return TypeAdapter(dict[str, Words]).validate_python(_raw("texts")["inbox"])


@cache
def push_texts() -> Mapping[str, Words]:
    """The whole of what may leave the house, by urgency, ``several`` and ``title``."""
    return TypeAdapter(dict[str, Words]).validate_python(_raw("texts")["push"])


@cache
def limits() -> Mapping[str, Any]:
    return _raw("limits")
