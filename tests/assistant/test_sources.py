"""What an answer names as its source is a title that was found, or is said to be ours."""

from __future__ import annotations

import pytest

from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.library.guidelines import Guideline, guidelines
from bot.assistant.triage.rules import Level, Rule, alike, rules
from tests.assistant.archives import assistant, patient

UNVERIFIED = " (unverified)"
REGISTER = read_toml("bot.assistant.library", "sources.toml")
NAMES = {**REGISTER["titles"], **REGISTER["ours"]}
RULES = (*rules(), alike("body"), alike("mind"))
ASKED = [(r, r.examples[0]) for r in rules() if r.examples]


def _parts(source: str) -> list[str]:
    return source.split("；")


def _name(part: str) -> str | None:
    """The registered name that a part of a source is: alone, or before an article or a colon."""
    ends = ("", "：", ": ", "第")
    return next(
        (n for n in NAMES if any(part == n or (e and part.startswith(n + e)) for e in ends)), None
    )


@pytest.mark.parametrize("guideline", guidelines().values(), ids=guidelines())
def test_what_is_shown_was_found_with_what_it_says(guideline: Guideline) -> None:
    assert all(_name(part) for part in _parts(guideline.source)), guideline.source
    assert REGISTER["statements"].get(guideline.key), guideline.key


def test_every_name_of_the_register_says_where_it_was_found() -> None:
    assert all(NAMES.values())
    assert not REGISTER["titles"].keys() & REGISTER["ours"].keys()


@pytest.mark.parametrize("rule", RULES, ids=[r.key for r in RULES])
def test_a_rules_source_was_found_or_is_marked(rule: Rule) -> None:
    for part in _parts(rule.source):
        assert bool(_name(part)) is not part.endswith(UNVERIFIED), part


@pytest.mark.parametrize(("rule", "said"), ASKED, ids=[r.key for r, _ in ASKED])
def test_an_alarm_cites_a_guideline_and_never_what_is_marked(rule: Rule, said: str) -> None:
    answer = assistant(patient()).ask(said)
    cited = {c.resource.removeprefix("Guideline/"): c.excerpt for c in answer.citations}
    known = guidelines().keys() & cited
    assert known or rule.level is Level.URGENT  # of an urgent one it may be asked whose it is
    assert all(cited[key].startswith(guidelines()[key].source) for key in known)
    marked = [
        p.removesuffix(UNVERIFIED) for r in RULES for p in _parts(r.source) if UNVERIFIED in p
    ]
    shown = "\n".join([answer.text, *cited.values()])
    assert marked
    assert not [part for part in marked if part in shown]
