"""A reading far from one's own others that nobody was asked about: asked afterwards, as an alert.

It says nothing about health, only: is this yours? Level notice, whatever the number.
"""

from __future__ import annotations

from backend.measurements.change_words import alert_text
from backend.measurements.draft import Kind, Quantity
from backend.measurements.errors import NeedsConfirmation
from backend.measurements.judge.model import Finding, Judgement, Rule
from backend.measurements.judge.texts import name_of
from backend.measurements.thresholds import Level, Limit, Op, Text
from backend.measurements.units import to_canonical


def judge_doubted(kind: Kind, asked: NeedsConfirmation) -> Judgement:
    """``asked`` by the rule ``own_values``: what a person would have been asked."""
    data = asked.data
    high = data["side"] == "high"
    bound = Quantity(data["high" if high else "low"], data["unit"])
    limit = Limit(
        "own_values",
        data["component"],
        Op.GT if high else Op.LT,
        to_canonical(kind, data["component"], bound),
        Level.NOTICE,
        Text(*(alert_text("source", language) for language in ("zh", "en"))),
    )
    name = name_of(kind)
    reason = Text(
        *(
            alert_text("reason", language, data, name=name.get(language))
            for language in ("zh", "en")
        )
    )
    finding = Finding(
        level=Level.NOTICE,
        crossed=(limit,),
        facts={},
        reason=reason,
        what_to_do=Text(*(alert_text("what_to_do", language) for language in ("zh", "en"))),
    )
    return Judgement(kind=kind, meal=None, rule=Rule.UNLIKE_OWN, in_target=None, finding=finding)
