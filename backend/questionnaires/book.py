"""All forms, every version that is kept, and the help lines. Read once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

from backend.questionnaires.errors import QuestionnaireUnknown, QuestionnaireVersionMismatch
from backend.questionnaires.model import Form, Part, Words
from backend.questionnaires.parsing import FormFileInvalid, parse

_LINES = "lines.toml"


class HelpLine(Part):
    """A number to call, and who answers it."""

    number: str
    text: Words
    source: str


class Book:
    """Forms by key and version; the highest version of a key is the current one."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self._forms: dict[tuple[str, str], Form] = {}
        for form in forms:
            if self._forms.setdefault((form.key, form.version), form) is not form:
                raise FormFileInvalid(f"{form.key}: version {form.version} stands twice")
        self._current: dict[str, Form] = {}
        for form in sorted(self._forms.values(), key=lambda each: _order(each.version)):
            self._current[form.key] = form

    @property
    def current(self) -> list[Form]:
        """The current version of every form, by key."""
        return [self._current[key] for key in sorted(self._current)]

    def get(self, key: str) -> Form:
        """The current version. Raises ``QuestionnaireUnknown``."""
        form = self._current.get(key)
        if form is None:
            raise QuestionnaireUnknown
        return form

    def version(self, key: str, version: str) -> Form:
        """Raises ``QuestionnaireUnknown`` or ``QuestionnaireVersionMismatch``."""
        current = self.get(key)
        form = self._forms.get((key, version))
        if form is None:
            raise QuestionnaireVersionMismatch(version=current.version)
        return form


@cache
def book() -> Book:
    """The forms of ``data/``. Raises ``FormFileInvalid``."""
    folder = resources.files(__package__) / "data"
    forms = [
        parse(file.name, file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".toml") and file.name != _LINES
    ]
    known = help_lines()
    for form in forms:
        for alarm in form.alarms:
            for line in alarm.lines:
                if line not in known:
                    raise FormFileInvalid(f"{form.key}: alarms: no help line {line}")
    return Book(forms)


@cache
def help_lines() -> dict[str, HelpLine]:
    raw = tomllib.loads((resources.files(__package__) / "data" / _LINES).read_text("utf-8"))
    return {key: HelpLine.model_validate(each) for key, each in raw.items()}


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
