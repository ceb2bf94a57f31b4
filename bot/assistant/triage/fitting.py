"""Of the rules that one sentence meets, the one whose advice comes first, and one beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.triage.rules import Rule


def fitting(met: Sequence[Rule]) -> tuple[Rule, Rule | None]:
    """The rule that names the card, and the one that adds a sentence to it.

    ``met`` holds emergencies in the order of the files, at least one.
    """
    order = _order()
    around, state, cause = (_first(met, order[name]) for name in ("around", "state", "cause"))
    mind = _first(met, ("self_harm",))
    lead = around or state or cause or met[0]
    beside = next((r for r in (state, cause, mind) if r and r.category != lead.category), None)
    if lead.category in order["cause"]:
        beside = mind
    return lead, beside


def _first(met: Sequence[Rule], categories: Sequence[str]) -> Rule | None:
    """The rule of the category that stands first in ``categories``."""
    held = [rule for rule in met if rule.category in categories]
    return min(held, key=lambda rule: categories.index(rule.category), default=None)


@cache
def _order() -> dict[str, Sequence[str]]:
    order: dict[str, Sequence[str]] = read_toml(__package__, "advice.toml")["order"]
    return order
