"""Dosage and Timing, as statements and requests share them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from backend.archive.fhir import elements_in as get
from backend.archive.fhir import elements_out as put
from backend.archive.fhir.json_text import Json
from backend.archive.sections.medication import Dosage, PeriodUnit, Schedule, Weekday


def read(element: Json) -> Dosage | None:
    rates: Sequence[Json] = element.get("doseAndRate") or ({},)
    doses = rates[0].get("doseRange") or {"low": rates[0].get("doseQuantity")}
    return get.telling(
        Dosage,
        text=element.get("text"),
        patient_instruction=element.get("patientInstruction"),
        dose=get.amount(doses.get("low")),
        dose_high=get.amount(doses.get("high")),
        route=get.concept(element.get("route")),
        site=get.concept(element.get("site")),
        method=get.concept(element.get("method")),
        schedule=_schedule(element.get("timing")),
        as_needed=element.get("asNeededBoolean"),
        as_needed_for=get.concept(element.get("asNeededCodeableConcept")),
    )


def _schedule(timing: Json | None) -> Schedule | None:
    if not timing:
        return None
    repeat = timing.get("repeat") or {}
    unit = repeat.get("periodUnit")
    start, end = get.period(repeat.get("boundsPeriod"))
    return get.telling(
        Schedule,
        frequency=repeat.get("frequency"),
        frequency_max=repeat.get("frequencyMax"),
        period=_number(repeat.get("period")),
        period_max=_number(repeat.get("periodMax")),
        period_unit=None if unit is None else get.code(PeriodUnit, unit, "periodUnit"),
        times_of_day=tuple(repeat.get("timeOfDay") or ()),
        days_of_week=tuple(
            get.code(Weekday, day, "dayOfWeek") for day in repeat.get("dayOfWeek") or ()
        ),
        when=tuple(repeat.get("when") or ()),
        count=repeat.get("count"),
        code=get.concept(timing.get("code")),
        start=start,
        end=end,
    )


def _number(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def write(dosage: Dosage) -> Json:
    return put.said(
        text=dosage.text,
        patientInstruction=dosage.patient_instruction,
        timing=_timing(dosage.schedule),
        asNeededBoolean=dosage.as_needed,
        asNeededCodeableConcept=put.concept(dosage.as_needed_for),
        site=put.concept(dosage.site),
        route=put.concept(dosage.route),
        method=put.concept(dosage.method),
        doseAndRate=_doses(dosage),
    )


def _doses(dosage: Dosage) -> list[Json]:
    if dosage.dose_high is not None:
        return [{"doseRange": put.bounds(dosage.dose, dosage.dose_high)}]
    return [] if dosage.dose is None else [{"doseQuantity": put.amount(dosage.dose)}]


def _timing(schedule: Schedule | None) -> Json:
    if schedule is None:
        return {}
    repeat = put.said(
        boundsPeriod=put.period(schedule.start, schedule.end),
        count=schedule.count,
        frequency=schedule.frequency,
        frequencyMax=schedule.frequency_max,
        period=schedule.period,
        periodMax=schedule.period_max,
        periodUnit=schedule.period_unit and str(schedule.period_unit),
        dayOfWeek=[str(day) for day in schedule.days_of_week],
        timeOfDay=list(schedule.times_of_day),
        when=list(schedule.when),
    )
    return put.said(repeat=repeat, code=put.concept(schedule.code))
