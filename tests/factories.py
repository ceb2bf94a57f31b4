"""Shared factories: viewers, persons and readings as tests need them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from bson import ObjectId

from backend.access.categories import ALL_ACTIONS, ALL_CATEGORIES, Action, Category
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.relations import Kinship, RelationKind
from backend.archive.sections import ConditionBody, PartialDate, Profile, coded
from backend.archive.sections.profile import PersonName, Sex
from backend.core.clock import SHANGHAI
from backend.identity.viewer import Role, Viewer
from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source
from backend.services import Services

ICD10 = "http://hl7.org/fhir/sid/icd-10"


def a_viewer(*roles: Role) -> Viewer:
    return Viewer(account_id=ObjectId(), roles=frozenset(roles or {Role.RESIDENT}))


def a_key() -> str:
    return uuid4().hex


def a_profile(
    name: str = "张建国", born: str | None = "1952-03-08", sex: Sex = Sex.MALE
) -> Profile:
    return Profile(
        names=(PersonName(text=name),),
        sex=sex,
        birth_date=PartialDate(born) if born else None,
    )


async def a_resident(
    services: Services, viewer: Viewer | None = None, profile: Profile | None = None
) -> tuple[Viewer, ObjectId]:
    """An account with its own record."""
    viewer = viewer or a_viewer()
    resident_id = await services.residents.register(
        viewer,
        profile or a_profile(),
        kind=RelationKind.SELF,
        accepted=accepted_now(Purpose.HEALTH_DATA),
        idempotency_key=a_key(),
    )
    return viewer, resident_id


async def a_caregiver(
    services: Services,
    resident_id: ObjectId,
    *,
    categories: frozenset[Category] = ALL_CATEGORIES,
    actions: frozenset[Action] = ALL_ACTIONS,
    valid_until: datetime | None = None,
) -> Viewer:
    """A daughter with what is granted."""
    viewer = a_viewer(Role.CAREGIVER)
    await services.access.grant(
        resident_id=resident_id,
        account_id=viewer.account_id,
        kind=RelationKind.CAREGIVER,
        kinship=Kinship.DAUGHTER,
        categories=categories,
        actions=actions,
        valid_until=valid_until,
    )
    return viewer


def at(day: str, time: str = "08:00") -> datetime:
    """A time on a Shanghai wall clock."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=SHANGHAI)


def bp(
    systolic: float = 138,
    diastolic: float = 86,
    when: datetime | None = None,
    *,
    source: Source | None = None,
    note: str | None = None,
) -> Draft:
    return Draft(
        kind=Kind.BLOOD_PRESSURE,
        at=when or at("2026-11-20"),
        values={
            "systolic": Quantity(systolic, "mmHg"),
            "diastolic": Quantity(diastolic, "mmHg"),
        },
        source=source or Source(system="manual"),
        note=note,
    )


def glucose(
    value: float = 6.8,
    when: datetime | None = None,
    *,
    unit: str = "mmol/L",
    meal: Meal = Meal.FASTING,
    source: Source | None = None,
) -> Draft:
    return Draft(
        kind=Kind.GLUCOSE,
        at=when or at("2026-11-20", "06:30"),
        values={"glucose": Quantity(value, unit)},
        meal=meal,
        source=source or Source(system="manual"),
    )


def many_bp(count: int, *, start: datetime | None = None, system: str = "phone-1") -> list[Draft]:
    """Readings a minute apart, each with the phone's own id."""
    first = start or at("2026-10-01")
    return [
        bp(
            120 + index % 40,
            70 + index % 20,
            first + timedelta(minutes=index),
            source=Source(system=system, id=f"r{index}"),
        )
        for index in range(count)
    ]


def a_condition(name: str = "高血压", code: str = "I10", onset: str = "2015") -> ConditionBody:
    return ConditionBody(
        name=coded(ICD10, code, text=name), onset=PartialDate(onset), notes=("社区医院确诊",)
    )
