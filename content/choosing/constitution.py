"""The constitution that a questionnaire found, from its scores in the archive. Pure."""

from __future__ import annotations

from collections.abc import Collection

from backend.archive.sections import Body, ObservationBody
from content.limits import table
from content.piece import Constitution


def constitutions_of(body: Body) -> frozenset[Constitution]:
    """Those that somebody has, or leans to where there is none; empty for other entries."""
    if not isinstance(body, ObservationBody):
        return frozenset()
    rules = table("choosing")["constitution"]
    return _found(body, rules["yes"]) or _found(body, rules["leaning"])


def _found(body: ObservationBody, verdicts: Collection[str]) -> frozenset[Constitution]:
    rules = table("choosing")["constitution"]
    names = (
        (component, coding)
        for component in body.components
        for coding in component.name.codings
        if rules["system_part"] in (coding.system or "") and coding.code in rules["scores"]
    )
    return frozenset(
        Constitution(rules["scores"][coding.code])
        for component, coding in names
        if set(verdicts) & {each.text for each in component.interpretation}
    )
