"""A completed questionnaire as entries of the archive: QuestionnaireResponse, Observation."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from backend.access.relations import Relation
from backend.archive.fhir.mapping import OWN_SYSTEMS
from backend.archive.sections import Amount, Coding, Concept, ObservationBody, PartialDate
from backend.archive.sections import QuestionnaireBody as Body
from backend.archive.sections.observation import Component
from backend.archive.sections.questionnaire import Answer, Item
from backend.archive.sections.result import Result, ResultType
from backend.archive.sections.tables import LOINC, UCUM
from backend.core.clock import SHANGHAI
from backend.questionnaires import model
from backend.questionnaires.asking import Answers
from backend.questionnaires.model import Form, Given
from backend.questionnaires.response import Response
from backend.questionnaires.scoring import Scored, scores

_DECIMALS = 2
_VERDICTS = {"yes": "是", "nearly": "基本是", "leaning": "倾向是", "no": "否"}
_SURVEY = Concept(
    codings=(
        Coding(
            system="http://terminology.hl7.org/CodeSystem/observation-category",
            code="survey",
            display="Survey",
        ),
    )
)


def bodies_of(whole: Response, relation: Relation, at: datetime) -> list[Body | ObservationBody]:
    """What a completed response leaves in the archive: the answers and, where scored, a score."""
    source = relation.kinship.value if relation.kinship else relation.kind.value
    answers = _answers_body(whole.form, whole.asked, whole.answers, at, source)
    scored = _scores_body(whole.form, scores(whole.form, whole.subject, whole.answers), at)
    return [answers] if scored is None else [answers, scored]


def _answers_body(
    form: Form, items: list[model.Item], answers: Answers, at: datetime, source: str
) -> Body:
    """Every question that was answered, in the form's order."""
    return Body(
        questionnaire=form.canonical,
        name=form.title.zh,
        authored=_when(at),
        source=source,
        items=tuple(
            Item(
                link_id=each.loinc or each.id,
                text=each.text.zh,
                answers=tuple(
                    Answer(result=result) for result in _results(form, each, answers[each.id])
                ),
            )
            for each in items
            if each.id in answers
        ),
    )


def _scores_body(form: Form, scored: list[Scored], at: datetime) -> ObservationBody | None:
    """The scores: one as the result, several as components; None where there are none."""
    if form.observation is None or not scored:
        return None
    if len(scored) > 1:
        return ObservationBody(
            name=Concept(text=form.observation.zh, codings=(_own(form, "scores"),)),
            kinds=(_SURVEY,),
            effective=_when(at),
            components=tuple(
                Component(
                    name=_name(form, each, each.score.name.zh),
                    result=_value(each),
                    interpretation=_meaning(each),
                )
                for each in scored
            ),
        )
    [only] = scored
    return ObservationBody(
        name=_name(form, only, form.observation.zh),
        kinds=(_SURVEY,),
        effective=_when(at),
        result=_value(only),
        interpretation=_meaning(only),
    )


def _results(form: Form, item: model.Item, value: Given) -> list[Result]:
    if isinstance(value, str):
        return [Result(type=ResultType.STRING, text=value)]
    if isinstance(value, tuple):
        return [_coded(form, item, each) for each in value]
    if item.kind is model.ItemKind.NUMBER:
        if item.unit is None:
            return [Result(type=ResultType.DECIMAL, number=_decimal(value))]
        amount = Amount(value=_decimal(value), unit=item.unit, system=UCUM, code=item.unit)
        return [Result(type=ResultType.QUANTITY, amount=amount)]
    return [_coded(form, item, int(value))]


def _coded(form: Form, item: model.Item, value: int) -> Result:
    option = item.by_value[value]
    coding = (
        Coding(system=LOINC, code=option.loinc, display=option.text.zh)
        if option.loinc
        else Coding(
            system=f"{OWN_SYSTEMS}questionnaire-{form.key}",
            code=f"{item.id}-{value}",
            display=option.text.zh,
        )
    )
    return Result(type=ResultType.CODING, coding=coding)


def _name(form: Form, scored: Scored, text: str) -> Concept:
    if scored.score.loinc:
        return Concept(text=text, codings=(Coding(system=LOINC, code=scored.score.loinc),))
    return Concept(text=text, codings=(_own(form, scored.score.key),))


def _own(form: Form, key: str) -> Coding:
    return Coding(system=f"{OWN_SYSTEMS}questionnaire-{form.key}", code=f"score-{key}")


def _value(scored: Scored) -> Result:
    unit = scored.score.unit
    amount = Amount(value=_decimal(scored.value), unit="分", system=UCUM, code=unit)
    return Result(type=ResultType.QUANTITY, amount=amount)


def _meaning(scored: Scored) -> tuple[Concept, ...]:
    if scored.verdict is not None:
        return (Concept(text=_VERDICTS[scored.verdict]),)
    return (Concept(text=scored.band.text.zh),) if scored.band else ()


def _decimal(value: float) -> Decimal:
    return Decimal(str(round(value, _DECIMALS))).normalize() + Decimal(0)


def _when(at: datetime) -> PartialDate:
    return PartialDate(at.astimezone(SHANGHAI).isoformat(timespec="seconds"))
