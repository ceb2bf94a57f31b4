"""QuestionnaireResponse."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.context import Context
from backend.archive.fhir.json_text import Json
from backend.archive.fhir.mapping import Mapping
from backend.archive.sections.questionnaire import (
    Answer,
    Item,
    QuestionnaireBody,
    QuestionnaireStatus,
)

_DISPLAY = "http://hl7.org/fhir/StructureDefinition/display"


def read(resource: Json, context: Context) -> QuestionnaireBody:
    named = get.extension(resource.get("_questionnaire") or {}, _DISPLAY)
    return QuestionnaireBody(
        questionnaire=resource.get("questionnaire"),
        name=named.get("valueString"),
        status=get.code(QuestionnaireStatus, resource["status"], "status"),
        authored=get.date(resource.get("authored")),
        source=context.name(resource.get("source"), resource),
        items=_items(resource),
    )


def _items(holder: Json) -> tuple[Item, ...]:
    return tuple(
        Item(
            link_id=item["linkId"],
            text=item.get("text"),
            answers=tuple(filter(None, map(_answer, item.get("answer") or ()))),
            items=_items(item),
        )
        for item in holder.get("item") or ()
    )


def _answer(element: Json) -> Answer | None:
    result, items = get.result(element, "value"), _items(element)
    return Answer(result=result, items=items) if result is not None or items else None


def write(body: QuestionnaireBody) -> Json:
    named = {"extension": [{"url": _DISPLAY, "valueString": body.name}]}
    return put.said(
        questionnaire=body.questionnaire,
        _questionnaire=named if body.name else None,
        status=str(body.status),
        authored=put.date(body.authored),
        source=put.display(body.source),
        item=_written(body.items),
    )


def _written(items: tuple[Item, ...]) -> list[Json]:
    return [
        put.said(
            linkId=item.link_id,
            text=item.text,
            answer=[
                put.said(**put.result("value", answer.result), item=_written(answer.items))
                for answer in item.answers
            ],
            item=_written(item.items),
        )
        for item in items
    ]


MAPPING = Mapping(fhir_type="QuestionnaireResponse", read=read, write=write, revived="amended")
