"""Attachment: the metadata; the data itself stays in raw."""

from __future__ import annotations

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.json_text import Json
from backend.archive.sections.document import Attachment


def read(element: Json) -> Attachment | None:
    return get.telling(
        Attachment,
        title=element.get("title"),
        content_type=element.get("contentType"),
        language=element.get("language"),
        url=element.get("url"),
        size=element.get("size"),
        created=get.date(element.get("creation")),
    )


def write(value: Attachment) -> Json:
    return put.said(
        contentType=value.content_type,
        language=value.language,
        url=value.url,
        size=value.size,
        title=value.title,
        creation=put.date(value.created),
    )
