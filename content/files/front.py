"""Front matter: TOML between two lines of ``+++``, checked, with the line of a fault."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence

from pydantic import ValidationError

from content.errors import ContentInvalid
from content.piece import Front

_FENCE = "+++"
_AT_LINE = re.compile(r"^(?P<reason>.*) \(at line (?P<line>\d+), column \d+\)$", re.DOTALL)


class Lines:
    """A file's lines, and where in its front matter something stands."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._lines = text.splitlines()
        if not self._lines or self._lines[0].strip() != _FENCE:
            raise self.invalid(1, "a piece begins with front matter between lines of +++")
        try:
            self._end = self._lines.index(_FENCE, 1)
        except ValueError:
            raise self.invalid(1, "the front matter does not end") from None

    @property
    def front(self) -> str:
        return "\n".join(self._lines[1 : self._end])

    @property
    def body(self) -> str:
        return "\n".join(self._lines[self._end + 1 :])

    @property
    def body_line(self) -> int:
        """Where the body begins, from 1."""
        return self._end + 2

    def of(self, place: Sequence[str | int]) -> int:
        """The line of ``("quiz", 1, "right")`` or ``("title",)``; 1 where it is not there."""
        keys = list(place)
        start = 1
        if len(keys) > 1 and keys[0] == "quiz" and isinstance(keys[1], int):
            start = self._nth("[[quiz]]", keys[1])
            keys = keys[2:]
        elif keys and keys[0] == "ingredients":
            start = self._nth("[ingredients]", 0)
            keys = keys[1:]
        names = [key for key in keys if isinstance(key, str)]
        if not names:
            return start + 1
        pattern = re.compile(rf"\s*\"?{re.escape(names[0])}\"?\s*=")
        for number in range(start, self._end):
            if pattern.match(self._lines[number]):
                return number + 1
        return start + 1 if start > 1 else 1

    def invalid(self, line: int, reason: str) -> ContentInvalid:
        return ContentInvalid(file=self.name, line=line, reason=reason)

    def _nth(self, head: str, nth: int) -> int:
        found = [n for n in range(1, self._end) if self._lines[n].strip() == head]
        return found[nth] if nth < len(found) else 0


def front_of(lines: Lines) -> Front:
    """Raises ``ContentInvalid``."""
    try:
        return Front.model_validate(tomllib.loads(lines.front))
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.match(str(error))
        line = int(found["line"]) + 1 if found else 1
        raise lines.invalid(line, found["reason"] if found else str(error)) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise lines.invalid(lines.of(first["loc"]), f"{place}: {first['msg']}") from error
