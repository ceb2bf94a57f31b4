"""The rules in force: the file's, as operators changed them since."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from backend.core.database import Raw
from rewards.rules.documents import CampaignDocument, RuleDocument
from rewards.rules.parsing import rule_of
from rewards.rules.rule import Campaign, EvidenceKind, Rule, Words

_REMEMBERED_SECONDS = 30.0  # what operators set starts tomorrow: nobody misses it
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every version of every rule, each within its own days; and the campaigns."""

    rules: tuple[Rule, ...]
    campaigns: tuple[Campaign, ...]

    def about(self, kinds: Iterable[EvidenceKind]) -> list[Rule]:
        wanted = set(kinds)
        return [each for each in self.rules if each.evidence in wanted]

    def on(self, day: date) -> list[Rule]:
        """The rules that run on a day."""
        return [each for each in self.rules if each.runs_on(day)]

    def longest_back(self, kind: EvidenceKind) -> int:
        """Evidence that came later than this earns nothing by any rule."""
        return max((each.back_days for each in self.about([kind])), default=0)


class Books:
    """Reads the rulebook, at most every half minute."""

    def __init__(self, base: Sequence[Rule]) -> None:
        self._base = tuple(base)
        self._known: tuple[float, Rulebook] | None = None

    async def current(self) -> Rulebook:
        if self._known is not None and self._known[0] > time.monotonic():
            return self._known[1]
        rules = await RuleDocument.get_pymongo_collection().find({}).to_list()
        campaigns = await CampaignDocument.get_pymongo_collection().find({}).to_list()
        book = Rulebook(in_force(self._base, rules), tuple(map(campaign_of, campaigns)))
        self._known = (time.monotonic() + _REMEMBERED_SECONDS, book)
        return book

    def forget(self) -> None:
        """An operator changed something here: read again."""
        self._known = None


def in_force(base: Sequence[Rule], stored: Sequence[Raw]) -> tuple[Rule, ...]:
    """Each version up to the day before the next one of its key."""
    versions: dict[str, list[tuple[date, Rule | None]]] = defaultdict(list)
    for rule in base:
        versions[rule.key].append((rule.start, rule))
    for raw in stored:
        start = date.fromisoformat(raw["start"])
        body = None if raw["body"] is None else rule_of(plain(raw["body"]))
        versions[raw["key"]].append((start, body))
    found: list[Rule] = []
    for each in versions.values():
        each.sort(key=lambda version: version[0])
        nexts: list[date | None] = [*(start for start, _ in each[1:]), None]
        for (_, version), following in zip(each, nexts, strict=True):
            if version is not None:
                found.append(version if following is None else _until(version, following - _DAY))
    return tuple(each for each in found if each.end is None or each.end >= each.start)


def plain(body: dict[str, Any]) -> dict[str, Any]:
    """A stored rule's body with its days as days."""
    days = {name: date.fromisoformat(body[name]) for name in ("start", "end") if body.get(name)}
    return {**body, **days}


def campaign_of(raw: Raw) -> Campaign:
    return Campaign(
        key=raw["key"],
        rule=raw["rule"],
        factor=raw["factor"],
        start=date.fromisoformat(raw["start"]),
        end=date.fromisoformat(raw["end"]),
        title=Words(raw["zh"], raw["en"]),
    )


def _until(rule: Rule, last: date) -> Rule:
    return replace(rule, end=last if rule.end is None else min(rule.end, last))
