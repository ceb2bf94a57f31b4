"""The data files hold together: words, panels, guidelines, templates."""

from __future__ import annotations

import re

from bot.assistant.lexicon.kinds import kinds, panels, read_toml
from bot.assistant.library.guidelines import Who, guidelines, judge
from bot.assistant.triage.rules import Level, rules
from bot.assistant.understanding.topics import _common


def test_no_word_means_two_kinds() -> None:
    for word, mentions in _common().items():
        assert len({m.key for m in mentions if m.what == "kind"}) <= 1, word


def test_panels_and_rules_name_what_exists() -> None:
    assert {k for p in panels().values() for k in p.kinds} <= set(kinds())
    rules = read_toml("bot.assistant.library", "judging.toml")["rule"]
    assert {r["kind"] for r in rules} <= set(kinds())
    assert {r["guideline"] for r in rules} <= set(guidelines())


def test_templates_are_the_same_in_both_languages_and_hold_no_figures() -> None:
    zh, en = (read_toml("bot.assistant.composing", f"{name}.toml") for name in ("zh", "en"))
    fields = re.compile(r"\{(\w+)\}")
    missing = set(zh) ^ set(en)
    assert missing <= {"average_latest_only"}
    for key in set(zh) & set(en):
        assert not re.search(r"\d", re.sub(r"\{.*?\}", "", zh[key] + en[key])), key
        assert set(fields.findall(zh[key])) == set(fields.findall(en[key])), key


def test_every_guideline_has_a_source_and_the_figure_it_judges_by() -> None:
    assert all(g.source for g in guidelines().values())
    for rule in read_toml("bot.assistant.library", "judging.toml")["rule"]:
        assert str(rule["limit"]) in guidelines()[rule["guideline"]].zh, rule


def test_a_childs_pressure_is_not_judged_by_adults_limits() -> None:
    from decimal import Decimal

    value = {"systolic": Decimal(85), "diastolic": Decimal(55)}
    assert judge("blood_pressure", value, Who(adult=False)) is None


def test_every_emergency_says_what_to_do_in_both_languages() -> None:
    advice = read_toml("bot.assistant.triage", "advice.toml")
    wanted = {rule.category for rule in rules() if rule.level is Level.EMERGENCY}
    assert {language: wanted - set(advice[language]) for language in ("zh", "en")} == {
        "zh": set(),
        "en": set(),
    }
