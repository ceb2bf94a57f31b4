"""The other residents of the family doctor's panel: small records with differing control."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from backend.access.categories import ALL_CATEGORIES, Category
from backend.access.relations import RelationKind
from backend.archive.sections import Section, build
from backend.demo.curve import Curve
from backend.demo.people import Grant, Login, PlannedEntry, PlannedResident
from backend.demo.series import Series
from backend.demo.tables import table
from backend.demo.writing import written_out
from backend.identity.viewer import Role
from backend.measurements.draft import Kind, Meal

_DOCTOR = Grant(
    login="doctor",
    kind=RelationKind.DOCTOR,
    categories=ALL_CATEGORIES - {Category.CHAT, Category.POINTS},
)


def panel(count: int, anchor: date, seed: int) -> Iterator[tuple[Login, PlannedResident]]:
    """``count`` residents with a login each, ``panel-01`` onwards."""
    names: set[str] = set()
    for number in range(1, count + 1):
        yield _one(number, anchor, Random(f"{seed}/panel/{number}"), names)


def _one(number: int, anchor: date, draw: Random, names: set[str]) -> tuple[Login, PlannedResident]:
    rules = table("panel")
    sex = draw.choice(("male", "female"))
    name = _new_name(draw, rules["families"], rules[sex], names)
    born = anchor - timedelta(days=draw.randint(rules["youngest"] * 366, rules["oldest"] * 365))
    control = draw.choices(rules["control"], [each["weight"] for each in rules["control"]])[0]
    has = [each for each in rules["condition"] if draw.random() < each["share"]]
    has = has or [rules["condition"][0]]
    key = f"panel-{number:02}"
    login = Login(
        name=key, display_name=name, roles=frozenset({Role.RESIDENT}), see="签约居民的小档案"
    )
    return login, PlannedResident(
        key=key,
        login=key,
        profile=_profile(name, sex, born, number),
        grants=(_DOCTOR,),
        entries=tuple(_entries(has, draw, anchor)),
        series=tuple(_series({each["key"] for each in has}, control)),
        first_day=anchor + timedelta(days=rules["first_day"]),
        in_panel=True,
    )


def _new_name(draw: Random, families: list[str], given: list[str], names: set[str]) -> str:
    name = draw.choice(families) + draw.choice(given)
    while name in names:
        name = draw.choice(families) + draw.choice(given)
    names.add(name)
    return name


def _profile(name: str, sex: str, born: date, number: int) -> dict[str, Any]:
    phone = {"system": "phone", "value": f"199000001{number:02}", "use": "mobile"}
    return {
        "names": [{"text": name, "family": name[0], "given": [name[1:]], "use": "official"}],
        "sex": sex,
        "birth_date": born.isoformat(),
        "contacts": [phone],
    }


def _entries(has: list[dict[str, Any]], draw: Random, anchor: date) -> Iterator[PlannedEntry]:
    for each in has:
        onset = str(draw.randint(*each["onset"]))
        condition = {"name": each["name"], "clinical_status": "active", "onset": onset}
        yield _entry(Section.CONDITION, condition, anchor)
        drug = each["medication"]
        schedule = {"frequency": drug["frequency"], "period": 1, "period_unit": "d"}
        dosage = {"dose": drug["dose"], "schedule": schedule}
        yield _entry(
            Section.MEDICATION,
            {"name": drug["name"], "start": onset, "prescriber": "王医生", "dosages": [dosage]},
            anchor,
        )


def _entry(section: Section, body: dict[str, Any], anchor: date) -> PlannedEntry:
    return PlannedEntry(by="doctor", body=build(section, written_out(body, anchor)))


def _series(has: set[str], control: dict[str, Any]) -> Iterator[Series]:
    noise, skip, first = control["noise"], control["skip"], table("panel")["first_day"]
    if has & {"hypertension", "dyslipidaemia"}:
        yield Series(
            name="bp",
            kind=Kind.BLOOD_PRESSURE,
            at="07:40",
            spread=90,
            skip=skip,
            first=first,
            device="上臂式血压计",
            values={
                "systolic": Curve(
                    base=control["systolic"], unit="mmHg", shared=5 * noise, noise=3, drift=5
                ),
                "diastolic": Curve(
                    base=control["diastolic"], unit="mmHg", shared=2.5 * noise, noise=2, drift=3
                ),
            },
        )
    if "diabetes" in has:
        level = Curve(
            base=control["glucose"], unit="mmol/L", noise=0.5 * noise, drift=0.5, low=4, decimals=1
        )
        yield Series(
            name="glucose-fasting",
            kind=Kind.GLUCOSE,
            meal=Meal.FASTING,
            at="06:50",
            spread=60,
            every=2,
            skip=skip,
            first=first,
            device="血糖仪",
            values={"glucose": level},
        )
    if "copd" in has:
        level = Curve(base=control["spo2"], unit="%", noise=0.8, drift=1, high=99)
        yield Series(
            name="spo2",
            kind=Kind.SPO2,
            at="08:10",
            spread=60,
            every=2,
            skip=skip,
            first=first,
            device="指夹式血氧仪",
            values={"spo2": level},
        )
