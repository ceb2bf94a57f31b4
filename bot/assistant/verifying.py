"""The independent check: nothing in an answer without evidence.

Knows nothing of how answers are made. Every number, unit and person in the
text must stand in the facts, in a citation's excerpt, or in the question.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from bot.assistant.answer import Answer, Outcome
from bot.assistant.errors import Unsupported
from bot.assistant.understanding.numerals import to_digits
from bot.assistant.view import ArchiveView

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_UNITS = re.compile(
    r"mmol/L|umol/L|μmol/L|mg/dL|mmHg|kg/m2|g/L|g/dL|U/L|mg/L|ng/mL|pg/mL|mIU/L|10\^9/L|10\^12/L|"
    r"次/分|/min|kg|cm|℃|小时|公斤|mmol/mol"
)
_DOCTOR = re.compile(r"([一-鿿]{1,3})(?:医生|大夫|主任)")
_GENERIC = re.compile(
    r"(?:家庭|看|请|问|的|跟|和|让|由|找|该|给|去|要|是|说|到|原来|当面|听|个|"
    r"转|位|等|诉|前|复|需|时)$"
)


def verify(answer: Answer, view: ArchiveView) -> None:
    """Raise ``Unsupported`` (``data``: what, never whose) where evidence is missing."""
    evidence = _evidence(answer)
    known = _numbers(evidence)
    for token in _NUMBER.findall(_plain(answer.text)):
        if Decimal(token) not in known:
            raise Unsupported(what="number", found=token)
    for unit in set(_UNITS.findall(answer.text)):
        if unit not in evidence:
            raise Unsupported(what="unit", found=unit)
    for match in _DOCTOR.finditer(answer.text):
        if not _GENERIC.search(match[1]) and match[1] not in evidence:
            raise Unsupported(what="person")
    _verify_shape(answer)


def _verify_shape(answer: Answer) -> None:
    if not answer.text.strip():
        raise Unsupported(what="empty")
    if answer.outcome is Outcome.ANSWERED and not answer.citations:
        raise Unsupported(what="citations")
    for citation in answer.citations:
        if not re.fullmatch(r"[A-Za-z]+/\S+", citation.resource):
            raise Unsupported(what="citation")


def _evidence(answer: Answer) -> str:
    parts = [answer.question]
    for fact in answer.facts:
        value = fact.value if isinstance(fact.value, str) else format(fact.value, "f")
        parts.append(f"{fact.label} {value} {fact.unit or ''}")
    parts += [citation.excerpt for citation in answer.citations]
    return "\n".join(parts)


def _numbers(evidence: str) -> set[Decimal]:
    plain = _plain(evidence)
    return {Decimal(n) for text in (plain, to_digits(plain)) for n in _NUMBER.findall(text)}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
