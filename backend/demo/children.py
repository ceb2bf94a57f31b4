"""A child's vaccinations by the national schedule, and how it grew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from backend.archive.sections import ImmunizationBody, PartialDate, named
from backend.core.clock import SHANGHAI
from backend.demo.chance import Chance
from backend.demo.people import PlannedDraft, PlannedEntry
from backend.demo.series import SYSTEM
from backend.demo.tables import table
from backend.demo.writing import day_of
from backend.measurements.draft import Draft, Kind, Quantity, Source

_CHANNEL = 1.012  # this child is a little above the median, and stays there


def vaccinations(
    born: date, anchor: date, seed: int, *, by: str, facility: str
) -> Iterator[PlannedEntry]:
    """Every dose that was due by the anchor, given some days after it was due."""
    rules = table("children")
    for vaccine in rules["vaccine"]:
        chance = Chance(seed, f"vaccine/{vaccine['name']}")
        for number, month in enumerate(vaccine["months"], vaccine.get("first_dose", 1)):
            due = day_of(f"@+{month}m", born)
            latest = rules["vaccines"]["latest_delay_days"] if month else 1
            given = due + timedelta(days=chance.on(due).randint(0, latest))
            if given > anchor:
                continue
            body = ImmunizationBody(
                vaccine=named(vaccine["name"]),
                given=PartialDate(given.isoformat()),
                dose_number=str(number),
                target_diseases=(named(vaccine["disease"]),),
                series="国家免疫规划",
                facility=facility,
            )
            yield PlannedEntry(by=by, body=body)


def growth(born: date, seed: int, *, by: str) -> Iterator[PlannedDraft]:
    """Height and weight at check-ups, later ones included."""
    for month, height, weight in table("children")["growth"]["boys"]:
        day = day_of(f"@+{month}m", born)
        draw = Chance(seed, "growth").on(day)
        sizes = {
            Kind.HEIGHT: Quantity(round(height * _CHANNEL + draw.gauss(0, 0.3), 1), "cm"),
            Kind.WEIGHT: Quantity(round(weight * _CHANNEL + draw.gauss(0, 0.1), 1), "kg"),
        }
        at = datetime.combine(day, time(9, 30), SHANGHAI)
        for kind, size in sizes.items():
            source = Source(system=SYSTEM, id=f"{kind.value}:{day}", device="儿保门诊")
            draft = Draft(kind=kind, at=at, values={kind.value: size}, source=source)
            yield PlannedDraft(by=by, draft=draft)
