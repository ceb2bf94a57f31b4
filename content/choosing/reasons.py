"""A reason in words: 因为您最近三次血压偏高."""

from __future__ import annotations

from backend.access.relations import RelationKind
from content.choosing.facts import Facts, Signal
from content.choosing.scoring import Reason, ReasonKind, rules
from content.files.lists import medicines, topics

_FAMILY = frozenset({RelationKind.GUARDIAN, RelationKind.CAREGIVER})


def reason_text(reason: Reason, facts: Facts, relation: RelationKind, language: str) -> str:
    """In the viewer's language, to whoever looks: the resident, family, or a doctor."""
    side = "en" if language.startswith("en") else "zh"
    who = rules()["who"][_who(relation)][side]
    said = {"who": who, "whose": who}
    key = reason.kind.value
    if reason.signal is not None:
        key = _signal_key(reason.signal)
        said |= _signal_words(reason.signal, side)
    if reason.kind is ReasonKind.STAGE and facts.stage is not None:
        said |= {"stage_zh": facts.stage.zh, "stage_en": facts.stage.en}
    if reason.key is not None:
        said["name"] = _name(reason, side)
    template: str = rules()["reason"][key][side]
    return template.format(**said)


def _who(relation: RelationKind) -> str:
    if relation is RelationKind.SELF:
        return "own"
    return "family" if relation in _FAMILY else "other"


def _signal_key(signal: Signal) -> str:
    if signal.seen == 1:
        return "signal_one"
    return "signal_all" if signal.count == signal.seen else "signal_some"


def _signal_words(signal: Signal, side: str) -> dict[str, str]:
    rule = next(
        each
        for each in rules()["signal"]
        if each["kind"] == signal.kind and each["direction"] == signal.direction
    )
    numbers = rules()["number"]["zh"]

    def number(value: int) -> str:
        return numbers[value] if side == "zh" and value < len(numbers) else str(value)

    return {"what": rule[side], "seen": number(signal.seen), "count": number(signal.count)}


def _name(reason: Reason, side: str) -> str:
    assert reason.key is not None
    if reason.kind is ReasonKind.SEASON:
        return str(rules()["season"][reason.key][side])
    rows = medicines() if reason.kind is ReasonKind.MEDICINE else topics()
    return rows[reason.key].get(side)
