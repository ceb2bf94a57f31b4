"""Every error a client may see, in one catalogue.

A room declares its errors in its own ``errors.py`` as subclasses of
``KangbanError``; declaring one enters it in ``CATALOGUE`` under its code.
``mobile_contract/errors.json`` is generated from there.

    KangbanError
    ├── Invalid          400  what was sent cannot be taken
    ├── Unauthenticated  401  nobody, or no longer somebody
    ├── Forbidden        403  somebody, but not for this
    ├── NotFound         404
    ├── Conflict         409  true when asked for, not now
    ├── TooMuch          429  limits of rate, size and cost
    └── Unavailable      503  a part that is needed does not answer

``data`` is safe to show to the client: never a value of somebody's record.
"""

from __future__ import annotations

from typing import Any, ClassVar

CATALOGUE: dict[str, type[KangbanError]] = {}


class KangbanError(Exception):
    """Base of all domain errors: ``code``, ``data`` and a message in zh-CN and en."""

    code: ClassVar[str]
    zh: ClassVar[str]
    en: ClassVar[str]
    status: ClassVar[int] = 500

    def __init_subclass__(cls, *, family: bool = False) -> None:
        if family:
            return
        if cls.code in CATALOGUE:
            raise TypeError(f"error code {cls.code} is declared twice")
        CATALOGUE[cls.code] = cls

    def __init__(self, **data: Any) -> None:
        self.data = data
        super().__init__(self.message("en"))

    def message(self, language: str) -> str:
        """The text in ``zh`` or ``en``, with the error's data filled in."""
        template = self.en if language.startswith("en") else self.zh
        return template.format_map(_Missing(self.data))


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


class Invalid(KangbanError, family=True):
    status = 400


class Unauthenticated(KangbanError, family=True):
    status = 401


class Forbidden(KangbanError, family=True):
    status = 403


class NotFound(KangbanError, family=True):
    status = 404


class Conflict(KangbanError, family=True):
    status = 409


class TooMuch(KangbanError, family=True):
    status = 429


class Unavailable(KangbanError, family=True):
    status = 503
