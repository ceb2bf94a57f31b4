"""The body mass index of an adult, from the last weight and height, where none was recorded."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from backend.core.clock import SHANGHAI
from bot.assistant.answer import Fact
from bot.assistant.answering.meaning import meaning
from bot.assistant.answering.numbers import Numbers
from bot.assistant.answering.pregnancy import is_pregnant
from bot.assistant.composing.draft import Draft
from bot.assistant.composing.wording import cite, number, phrase, time_fact
from bot.assistant.lexicon.units import half_up
from bot.assistant.records import Measured, Reading

_ADULT = 18


def body_mass(n: Numbers) -> Draft | None:
    """None without both numbers, and for children, whose height does not stand still.

    In a pregnancy it is told and not judged.
    """
    view = n.view
    weights = [r for r in view.readings("weight") if r.values]
    heights = [r for r in view.readings("height") if r.values]
    age = view.patient.age(view.now.astimezone(SHANGHAI).date())
    if not weights or not heights or n.kind is None or (age is not None and age < _ADULT):
        return None
    weight, height = weights[-1], heights[-1]
    metres = height.values["value"].value / 100
    if metres <= 0:
        return None
    index = half_up(weight.values["value"].value / (metres * metres), 1)
    draft = Draft()
    draft.facts.append(Fact(n.label, index, n.kind.unit_in(n.language)))
    of_weight = Numbers(view, replace(n.query, part=None), "weight")
    of_height = Numbers(view, replace(n.query, part=None), "height")
    draft.sentences.append(
        phrase(
            n.language,
            "body_mass",
            label=n.label,
            value=number(index),
            weight=of_weight.value(weight),
            at=of_weight.when(weight),
            height=of_height.value(height),
        )
    )
    for other, reading in ((of_weight, weight), (of_height, height)):
        draft.facts += other.reading_facts(reading)
        draft.cite(*cite(reading, n.language))
    draft.facts.append(time_fact(weight, n.language))
    if not is_pregnant(view):
        draft.extras += meaning(view, draft, _as_reading(weight, index), n.query)
    return draft


def _as_reading(weight: Reading, index: Decimal) -> Reading:
    value = Measured(index, "kg/m2", index, "kg/m2")
    return replace(weight, kind="bmi", values={"value": value}, reference=None)
