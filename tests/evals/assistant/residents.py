"""Generated residents: a FHIR Bundle and, apart from it, the plain truth it was made from.

The truth never passes through the assistant's FHIR reader: the oracle works
on the rows here.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from backend.core.clock import SHANGHAI

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=SHANGHAI)
LOINC = "http://loinc.org"


@dataclass
class Row:
    """One true measurement: canonical values by component; ``refs`` are its copies."""

    kind: str
    at: datetime
    values: dict[str, Decimal]
    refs: list[str]
    meal: str | None = None


@dataclass
class Resident:
    name: str
    sex: str
    born: str
    bundle: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    entries: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


LABS = {
    "ldl": ("18262-6", "低密度脂蛋白胆固醇", "mmol/L", (1.5, 4.9), 2),
    "total_cholesterol": ("14647-2", "总胆固醇", "mmol/L", (3.5, 7.2), 2),
    "triglycerides": ("14927-8", "甘油三酯", "mmol/L", (0.6, 4.0), 2),
    "hdl": ("14646-4", "高密度脂蛋白胆固醇", "mmol/L", (0.8, 2.0), 2),
    "hba1c": ("4548-4", "糖化血红蛋白", "%", (5.0, 9.5), 1),
    "creatinine": ("14682-9", "肌酐", "umol/L", (50, 140), 0),
    "uric_acid": ("14933-6", "尿酸", "umol/L", (220, 560), 0),
    "alt": ("1742-6", "谷丙转氨酶", "U/L", (8, 90), 0),
    "hemoglobin": ("718-7", "血红蛋白", "g/L", (90, 165), 0),
    "wbc": ("6690-2", "白细胞", "10*9/L", (3.0, 12.0), 2),
}
PEOPLE = [
    ("赵秀英", "female", "1950-04-12"),
    ("李建国", "male", "1958-09-03"),
    ("陈雨桐", "female", "1989-02-17"),
    ("孙浩", "male", "1993-07-30"),
    ("吴老三", "male", "1944-12-01"),
    ("周小宝", "male", "2022-05-20"),
]


def build(index: int) -> Resident:
    """The resident of that index, always the same."""
    rng = random.Random(4000 + index)
    name, sex, born = PEOPLE[index % len(PEOPLE)]
    person = Resident(
        name, sex, born, {"resourceType": "Bundle", "type": "collection", "entry": []}
    )
    add = _adder(person)
    add(
        {
            "resourceType": "Patient",
            "id": f"pt{index}",
            "name": [{"text": name, "family": name[0], "given": [name[1:]]}],
            "gender": sex,
            "birthDate": born,
        }
    )
    me = {"reference": f"Patient/pt{index}"}
    _pressures(person, add, me, rng)
    _glucose(person, add, me, rng)
    _series(person, add, me, rng)
    _labs(person, add, me, rng)
    _words(person, add, me, rng, index)
    return person


def _adder(person: Resident) -> Any:
    def add(resource: dict[str, Any]) -> str:
        person.bundle["entry"].append({"resource": resource})
        return f"{resource['resourceType']}/{resource['id']}"

    return add


def _stamp(at: datetime) -> str:
    return at.isoformat()


def _obs(
    i: str, code: str, text: str, me: dict[str, str], at: datetime, **more: Any
) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": i,
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}], "text": text},
        "subject": me,
        "effectiveDateTime": _stamp(at),
    } | more


def _pressure(
    i: str, me: dict[str, str], at: datetime, high: int, low: int, **more: Any
) -> dict[str, Any]:
    parts = [("8480-6", "收缩压", high), ("8462-4", "舒张压", low)]
    component = [
        {
            "code": {"coding": [{"system": LOINC, "code": c}], "text": t},
            "valueQuantity": {"value": v, "unit": "mmHg"},
        }
        for c, t, v in parts
    ]
    return _obs(i, "85354-9", "血压", me, at, component=component, **more)


def _pressures(p: Resident, add: Any, me: dict[str, str], rng: random.Random) -> None:
    day = NOW - timedelta(days=500)
    n = 0
    while day < NOW:
        at = day.replace(hour=rng.choice([6, 7, 8, 19, 20, 21]), minute=rng.randrange(60), second=0)
        if at > NOW:
            break
        high, low = rng.randrange(112, 172), rng.randrange(64, 104)
        refs = [add(_pressure(f"bp-{n}", me, at, high, low))]
        if rng.random() < 0.08:
            refs.append(add(_pressure(f"bp-{n}-watch", me, at + timedelta(seconds=20), high, low)))
        if rng.random() < 0.04:
            add(
                _pressure(
                    f"bp-{n}-err",
                    me,
                    at + timedelta(minutes=3),
                    240,
                    150,
                    status="entered-in-error",
                )
            )
        p.rows.append(
            Row("blood_pressure", at, {"systolic": Decimal(high), "diastolic": Decimal(low)}, refs)
        )
        day += timedelta(days=rng.choice([1, 2, 3, 4]))
        n += 1
    add(_pressure("bp-future", me, NOW + timedelta(days=9), 222, 133))
    kin = {"reference": "RelatedPerson/spouse"}
    add(_pressure("bp-spouse", me, NOW - timedelta(days=1, hours=1), 199, 111) | {"focus": [kin]})


def _glucose(p: Resident, add: Any, me: dict[str, str], rng: random.Random) -> None:
    day, n = NOW - timedelta(days=400), 0
    while day < NOW - timedelta(days=1):
        fasting = rng.random() < 0.6
        at = day.replace(hour=6 if fasting else 20, minute=rng.randrange(60), second=0)
        value = Decimal(str(round(rng.uniform(4.2, 8.4) if fasting else rng.uniform(5.5, 13.5), 1)))
        unit, shown = "mmol/L", value
        if rng.random() < 0.12:
            shown = Decimal(rng.randrange(80, 200))
            unit, value = "mg/dL", shown * Decimal("0.0555")
        code, text = ("14771-0", "空腹血糖") if fasting else ("14760-3", "餐后2小时血糖")
        ref = add(
            _obs(
                f"glu-{n}", code, text, me, at, valueQuantity={"value": float(shown), "unit": unit}
            )
        )
        p.rows.append(
            Row("glucose", at, {"value": value}, [ref], "fasting" if fasting else "after_meal")
        )
        day += timedelta(days=rng.choice([3, 5, 8]))
        n += 1


def _series(p: Resident, add: Any, me: dict[str, str], rng: random.Random) -> None:
    table = {
        "weight": ("29463-7", "体重", "kg", (48, 92), 1, 9),
        "heart_rate": ("8867-4", "心率", "次/分", (52, 108), 0, 6),
        "spo2": ("59408-5", "血氧饱和度", "%", (93, 99), 0, 20),
        "steps": ("55423-8", "步数", "steps", (1200, 13000), 0, 3),
    }
    for kind, (code, text, unit, (low, high), digits, every) in table.items():
        day, n = NOW - timedelta(days=300), 0
        while day < NOW - timedelta(days=1):
            at = day.replace(hour=21, minute=rng.randrange(60), second=0)
            value = Decimal(
                str(round(rng.uniform(low, high), digits) if digits else rng.randrange(low, high))
            )
            ref = add(
                _obs(
                    f"{kind}-{n}",
                    code,
                    text,
                    me,
                    at,
                    valueQuantity={"value": float(value), "unit": unit},
                )
            )
            p.rows.append(Row(kind, at, {"value": value}, [ref]))
            day += timedelta(days=every + rng.randrange(3))
            n += 1


def _labs(p: Resident, add: Any, me: dict[str, str], rng: random.Random) -> None:
    dates = [NOW - timedelta(days=d) for d in (40, 210, 395, 600)]
    for t, date in enumerate(dates):
        for kind, (code, text, unit, (low, high), digits) in LABS.items():
            at = date.replace(hour=8, minute=10, second=0)
            value = Decimal(
                str(
                    round(rng.uniform(low, high), digits)
                    if digits
                    else rng.randrange(int(low), int(high))
                )
            )
            ref = add(
                _obs(
                    f"{kind.replace('_', '-')}-{t}",
                    code,
                    text,
                    me,
                    at,
                    valueQuantity={"value": float(value), "unit": unit},
                )
            )
            p.rows.append(Row(kind, at, {"value": value}, [ref]))


def _words(p: Resident, add: Any, me: dict[str, str], rng: random.Random, index: int) -> None:
    def note(area: str, resource: dict[str, Any], **truth: Any) -> None:
        p.entries.setdefault(area, []).append({"ref": add(resource)} | truth)

    def condition(i: str, text: str, since: str, active: bool = True) -> None:
        code = "active" if active else "resolved"
        note(
            "condition",
            {
                "resourceType": "Condition",
                "id": i,
                "clinicalStatus": {"coding": [{"code": code}]},
                "code": {"text": text},
                "subject": me,
                "onsetDateTime": since,
            },
            name=text,
            active=active,
            since=since,
        )

    condition("c-1", "原发性高血压", f"20{10 + index}-05-01")
    condition("c-2", ["2型糖尿病", "高脂血症", "冠状动脉粥样硬化性心脏病"][index % 3], "2019-08-20")
    condition("c-3", "急性支气管炎", "2021-01-11", active=False)
    medicine = [
        ("苯磺酸氨氯地平片", "每次5mg，每日1次，早晨口服"),
        ("盐酸二甲双胍片", "每次0.5g，每日2次，餐后口服"),
        ("阿托伐他汀钙片", "每次20mg，每晚1次"),
    ]
    for k, (text, dose) in enumerate(medicine):
        start = f"202{3 + k}-0{k + 2}-1{k}"
        note(
            "medication",
            {
                "resourceType": "MedicationRequest",
                "id": f"m-{k}",
                "status": "active",
                "intent": "order",
                "medicationCodeableConcept": {"text": text},
                "subject": me,
                "authoredOn": start,
                "dosageInstruction": [{"text": dose}],
            },
            name=text,
            active=True,
            dose=dose,
            since=start,
        )
    note(
        "medication",
        {
            "resourceType": "MedicationRequest",
            "id": "m-old",
            "status": "stopped",
            "intent": "order",
            "medicationCodeableConcept": {"text": "卡托普利片"},
            "subject": me,
            "authoredOn": "2018-03-02",
        },
        name="卡托普利片",
        active=False,
    )
    add(
        {
            "resourceType": "MedicationRequest",
            "id": "m-err",
            "status": "entered-in-error",
            "intent": "order",
            "medicationCodeableConcept": {"text": "华法林钠片"},
            "subject": me,
            "authoredOn": "2025-03-02",
        }
    )
    allergen = ["青霉素", "头孢类", "海鲜"][index % 3]
    note(
        "allergy",
        {
            "resourceType": "AllergyIntolerance",
            "id": "a-1",
            "code": {"text": allergen},
            "patient": me,
            "reaction": [{"manifestation": [{"text": "皮疹"}]}],
        },
        name=allergen,
    )
    for k, (text, at) in enumerate(
        [("流感疫苗", "2025-10-18"), ("23价肺炎球菌疫苗", "2024-04-09")]
    ):
        note(
            "immunization",
            {
                "resourceType": "Immunization",
                "id": f"v-{k}",
                "status": "completed",
                "vaccineCode": {"text": text},
                "patient": me,
                "occurrenceDateTime": at,
            },
            name=text,
            at=at,
        )
    note(
        "procedure",
        {
            "resourceType": "Procedure",
            "id": "p-1",
            "status": "completed",
            "code": {"text": "腹腔镜阑尾切除术"},
            "subject": me,
            "performedDateTime": "2012-06-08",
        },
        name="腹腔镜阑尾切除术",
        at="2012-06-08",
    )
    note(
        "family",
        {
            "resourceType": "FamilyMemberHistory",
            "id": "f-1",
            "status": "completed",
            "patient": me,
            "relationship": {"coding": [{"code": "GRFTH"}], "text": "祖父"},
            "condition": [{"code": {"text": "脑梗死"}}],
        },
        name="祖父",
        condition="脑梗死",
    )
    note(
        "encounter",
        {
            "resourceType": "Encounter",
            "id": "e-1",
            "status": "finished",
            "class": {"code": "IMP"},
            "type": [{"text": "住院"}],
            "subject": me,
            "period": {"start": "2026-08-03T09:00:00+08:00", "end": "2026-08-10T11:00:00+08:00"},
            "reasonCode": [{"text": "血压控制不佳"}],
        },
        at="2026-08-03",
    )
    reports = [
        ("胸部CT平扫", "2026-03-03", f"右肺上叶见{4 + index}mm实性结节，建议年度复查。"),
        ("腹部超声", "2026-03-05", "轻度脂肪肝，胆囊息肉样病变。"),
        ("十二导联心电图", "2025-09-09", "窦性心律，偶发房性早搏。"),
        (
            "健康体检报告",
            (NOW - timedelta(days=40)).strftime("%Y-%m-%d"),
            "血脂偏高，建议低脂饮食并复查。",
        ),
    ]
    for k, (text, at, said) in enumerate(reports):
        note(
            "report",
            {
                "resourceType": "DiagnosticReport",
                "id": f"r-{k}",
                "status": "final",
                "code": {"text": text},
                "subject": me,
                "effectiveDateTime": at,
                "conclusion": said,
            },
            name=text,
            at=at,
            said=said,
        )
    rng.shuffle(p.bundle["entry"])
