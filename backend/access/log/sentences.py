"""A look in plain words: 「王医生（家庭医生）于昨天 9:12 查看了您的病史」."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from bson import ObjectId

from backend.access.categories import ALL_CATEGORIES, Action, Category
from backend.access.log.looks import Look
from backend.core.clock import SHANGHAI
from backend.identity.viewer import Language

_WORDS = Path(__file__).parent / "data" / "words.toml"
_NAMELESS = frozenset({"console", "share", "share_link", "assistant"})
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """To whom it is told. ``own``: the reader is the resident; ``names`` by account; ``gone``
    are accounts that were deleted."""

    language: Language
    now: datetime
    reader: ObjectId
    own: bool
    names: dict[ObjectId, str]
    gone: frozenset[ObjectId]


def who(look: Look, telling: Telling) -> str:
    """Who it was, as a name on its own."""
    words = _words(telling.language)
    if look.account_id == telling.reader and look.relation not in _NAMELESS:
        return str(words["you"])
    if look.relation not in _NAMELESS and look.account_id in telling.gone:
        return str(words["gone"])
    name = telling.names.get(look.account_id, "")
    if not name and look.relation in words["nameless"]:
        return str(words["nameless"][look.relation])
    kin = words["kin"].get(look.kinship or look.relation, "")
    return str(words["who"][look.relation]).format(name=name, kin=kin).strip()


def sentence(look: Look, telling: Telling) -> str:
    words = _words(telling.language)
    local = look.at.astimezone(SHANGHAI)
    return str(words["sentence"]).format(
        who=who(look, telling),
        day=_day(local, telling),
        time=f"{local.hour}:{local.minute:02d}",
        did=words["action"][look.action.value],
        whose=words["yours" if telling.own else "theirs"],
        what=_what(look, words),
        after=words["after"].get(look.why, "") + words["after"].get(look.channel, ""),
    )


def _what(look: Look, words: dict[str, Any]) -> str:
    if look.purpose in words["purpose"]:
        return str(words["purpose"][look.purpose])
    what = _categories(look.categories, words)
    if look.action is Action.RECEIVE_ALERTS:
        return str(words["action"]["alerts_of"]).format(what=what)
    return what


def _categories(categories: Sequence[Category], words: dict[str, Any]) -> str:
    if frozenset(categories) == ALL_CATEGORIES:
        return str(words["everything"])
    named = [words["category"][each.value] for each in Category if each in categories]
    *first, last = named
    return str(words["comma"].join(first) + words["last"] + last) if first else str(last)


def _day(local: datetime, telling: Telling) -> str:
    words = _words(telling.language)
    today = telling.now.astimezone(SHANGHAI).date()
    near = {0: "today", 1: "yesterday", 2: "day_before"}.get((today - local.date()).days)
    if near is not None:
        return str(words[near])
    english = telling.language is Language.EN
    month = _MONTHS[local.month - 1] if english else local.month
    form = "this_year" if local.year == today.year else "other_year"
    return str(words[form]).format(year=local.year, month=month, day=local.day)


def _words(language: Language) -> dict[str, Any]:
    return _all_words()["en" if language is Language.EN else "zh"]


@cache
def _all_words() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_WORDS.read_text("utf-8"))
