"""Choosing content for somebody with a full record, against the issue's 20 ms.

A year of readings, thirty conditions, allergies and medicines, a hundred laboratory results,
and half of the library met before; each round asks as a new request would, with nothing kept.
"""

from __future__ import annotations

import statistics
import time
from datetime import timedelta

from bson import ObjectId

from backend.archive.documents import EntryDocument
from backend.archive.entry import EntrySource, Provenance, to_raw
from backend.archive.sections import (
    AllergyBody,
    Amount,
    Body,
    ConditionBody,
    MedicationBody,
    ObservationBody,
    PartialDate,
    coded,
    named,
)
from backend.archive.sections.result import Result, ResultType
from backend.archive.sections.tables import LOINC
from backend.bench.household import Somebody
from backend.bench.measure import Ratio
from backend.identity.viewer import Language, Viewer
from backend.services import Services

_LIMIT_MS = 20.0
_COUNT = 6
_LABS = ("4548-4", "2571-8", "13457-7", "2160-0", "14933-6", "718-7", "1742-6", "3016-3")
_ICD10 = "http://hl7.org/fhir/sid/icd-10"
_V3 = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


async def choosing(services: Services, who: Somebody, rounds: int) -> Ratio:
    """The median as a share of the limit."""
    await _fill(services, who)
    suggesting, taken = services.content.suggesting, []
    for round_ in range(rounds + 3):
        viewer = Viewer(
            account_id=who.viewer.account_id,
            roles=who.viewer.roles,
            session_id=who.viewer.session_id,
        )
        start = time.perf_counter()
        found = await suggesting.today(viewer, who.resident_id, _COUNT, Language.ZH)
        if round_ >= 3:  # the first ones open the library and the record
            taken.append((time.perf_counter() - start) * 1000)
        assert len(found) == _COUNT
    return Ratio("choosing_of_20_ms", statistics.median(taken), _LIMIT_MS, 1.0, rounds)


async def _fill(services: Services, who: Somebody) -> None:
    core = services.core
    key, now = await core.keyring.key(who.resident_id), core.clock.now()
    by = Provenance(
        account_id=ObjectId(who.viewer.account_id),
        relation="self",
        kinship=None,
        channel="app",
        source=EntrySource.SELF,
    )
    bodies = [*_history(), *_labs((now - timedelta(days=30)).date().isoformat())]
    rows = [
        to_raw(body, resident_id=who.resident_id, provenance=by, key=key, now=now)
        for body in bodies
    ]
    await EntryDocument.get_pymongo_collection().insert_many(rows)
    for piece in services.content.library.pieces[::2]:
        await services.content.noting.opened(who.viewer, who.resident_id, piece.id, suggested=False)


def _history() -> list[Body]:
    conditions = [
        ("I10", "高血压"),
        ("E11.9", "2型糖尿病"),
        ("M10.9", "痛风"),
        ("E78.5", "血脂异常"),
    ]
    found: list[Body] = [ConditionBody(name=coded(_ICD10, *each)) for each in conditions]
    found += [ConditionBody(name=named(f"旧病{number}")) for number in range(10)]
    found += [AllergyBody(substance=named(name)) for name in ("鸡蛋", "花生", "青霉素")]
    drugs = ("氨氯地平片", "缬沙坦胶囊", "二甲双胍片", "阿托伐他汀钙片", "阿司匹林肠溶片")
    found += [MedicationBody(name=named(drug)) for drug in drugs]
    found += [MedicationBody(name=named(f"旧药{number}")) for number in range(8)]
    return found


def _labs(day: str) -> list[Body]:
    return [
        ObservationBody(
            name=coded(LOINC, _LABS[number % len(_LABS)], text=f"化验{number}"),
            effective=PartialDate(day),
            result=Result(type=ResultType.QUANTITY, amount=Amount(value=number + 1, unit="mmol/L")),
            interpretation=(coded(_V3, "H" if number % 3 else "N"),),
        )
        for number in range(100)
    ]
