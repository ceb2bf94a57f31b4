"""DiagnosticReport, DocumentReference, Composition, ImagingStudy to entries of words."""

from __future__ import annotations

import base64
import binascii

from bot.assistant.fhir.elements import (
    Resource,
    concept_names,
    concept_text,
    concepts,
    instant,
    narrative,
    notes,
    reference,
    status,
)
from bot.assistant.records import Area, Entry


def report(r: Resource, ref: str) -> Entry | None:
    if status(r) in ("entered-in-error", "cancelled"):
        return None
    conclusion = str(r.get("conclusion") or "")
    coded = "、".join(filter(None, (concept_text(c) for c in concepts(r.get("conclusionCode")))))
    forms = [attachment_text(a) for a in r.get("presentedForm") or [] if isinstance(a, dict)]
    text = "\n".join(filter(None, (*forms, notes(r)))) or narrative(r)
    category = "、".join(filter(None, (concept_text(c) for c in concepts(r.get("category")))))
    period = r.get("effectivePeriod") or {}
    at = instant(r.get("effectiveDateTime")) or instant(period.get("start"))
    at = at or instant(r.get("issued"))
    performers = [
        str(p.get("display") or "") for p in r.get("performer") or [] if isinstance(p, dict)
    ]
    details = {
        "conclusion": conclusion or coded,
        "category": category,
        "facility": "、".join(filter(None, performers)),
    }
    code = r.get("code")
    return Entry(
        area=Area.REPORT,
        ref=ref,
        name=concept_text(code) or category or "报告",
        names=concept_names(code),
        start=at.at if at else None,
        start_text=at.text if at else None,
        status=status(r),
        text=text,
        details={k: v for k, v in details.items() if v},
        results=tuple(reference(x) for x in r.get("result") or [] if isinstance(x, dict)),
    )


def document(r: Resource, ref: str) -> Entry | None:
    if status(r) in ("entered-in-error", "superseded"):
        return None
    attachments = [c.get("attachment") or {} for c in r.get("content") or [] if isinstance(c, dict)]
    title = next((str(a["title"]) for a in attachments if a.get("title")), "")
    description = str(r.get("description") or "")
    texts = [attachment_text(a) for a in attachments]
    at = instant(r.get("date")) or instant((r.get("context") or {}).get("period", {}).get("start"))
    return Entry(
        area=Area.DOCUMENT,
        ref=ref,
        name=title or concept_text(r.get("type")) or description or "文件",
        names=tuple(filter(None, (title, *concept_names(r.get("type")), description))),
        start=at.at if at else None,
        start_text=at.text if at else None,
        status=status(r),
        text="\n".join(filter(None, (description, *texts))) or narrative(r),
    )


def composition(r: Resource, ref: str) -> Entry | None:
    if status(r) == "entered-in-error":
        return None
    sections = [s for s in r.get("section") or [] if isinstance(s, dict)]
    texts = [f"{s.get('title') or ''} {narrative(s)}".strip() for s in sections]
    at = instant(r.get("date"))
    return Entry(
        area=Area.DOCUMENT,
        ref=ref,
        name=str(r.get("title") or concept_text(r.get("type")) or "文件"),
        names=concept_names(r.get("type")),
        start=at.at if at else None,
        start_text=at.text if at else None,
        status=status(r),
        text="\n".join(filter(None, texts)) or narrative(r),
    )


def imaging(r: Resource, ref: str) -> Entry | None:
    if status(r) in ("entered-in-error", "cancelled"):
        return None
    at = instant(r.get("started"))
    described = str(r.get("description") or "")
    named = concepts(r.get("procedureCode"))
    name = next(filter(None, (concept_text(c) for c in named)), "") or described or "影像检查"
    return Entry(
        area=Area.DOCUMENT,
        ref=ref,
        name=name,
        names=tuple(n for c in named for n in concept_names(c)),
        start=at.at if at else None,
        start_text=at.text if at else None,
        text="\n".join(filter(None, (described, notes(r)))),
    )


def attachment_text(attachment: Resource) -> str:
    """The text of an attachment that carries text itself; others stay unread."""
    data, mime = attachment.get("data"), str(attachment.get("contentType") or "text/plain")
    if not data or not mime.startswith("text/"):
        return ""
    try:
        text = base64.b64decode(str(data), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return narrative({"text": {"div": text}}) if "html" in mime else text
