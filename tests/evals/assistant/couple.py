"""Two residents written by hand: a man of 74 and a woman of 31 in her 32nd week (``couple.toml``).

Home readings of two devices, laboratory results with their printed ranges, other units (kPa, lb,
℉, mg/dL, g/dL), entered in error, dated to come, and values of a wife and a husband beside them.
The questions of ``couple.txt`` were written before the assistant's vocabulary was read.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from backend.core.clock import SHANGHAI

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)
_LOINC, _UCUM = "http://loinc.org", "http://unitsofmeasure.org"
_TABLES: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("couple.toml").read_text(encoding="utf-8")
)
Resource = dict[str, Any]


def bundle(who: str) -> Resource:
    """The FHIR Bundle of ``man`` or ``woman``; the same each time."""
    record = Record(_TABLES[who])
    home = _mans_home(record) if who == "man" else _womans_home(record)
    resources = [*record.resources(), *home]
    for number, each in enumerate(resources):
        each.setdefault("id", f"{each['resourceType'].lower()}-{number}")
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": each} for each in resources],
    }


class Record:
    """What the table says, as FHIR."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.table = table
        self.ref = f"Patient/{table['patient']['id']}"

    def resources(self) -> Iterator[Resource]:
        person = self.table["patient"]
        yield {
            "resourceType": "Patient",
            "id": person["id"],
            "name": [{"text": person["name"]}],
            "gender": person["sex"],
            "birthDate": person["born"],
        }
        for kind, rows in self.table["entries"].items():
            for row in rows:
                yield {"resourceType": kind, self._whose(kind): {"reference": self.ref}} | row
        for name, row in self.table["labs"].items():
            for day, value in row["values"].items():
                yield self.lab(name, row, day, value)

    def lab(self, name: str, row: dict[str, Any], day: str, value: Any) -> Resource:
        """``value`` is a number, a number with its own unit, or words."""
        number, unit, *status = value if isinstance(value, list) else [value, row.get("unit")]
        found = self.observation(name, row["code"], f"{day}T08:10:00+08:00")
        found["category"] = [{"coding": [{"code": "laboratory"}]}]
        if isinstance(number, str):
            return found | {"valueString": number}
        if row.get("range") and unit == row["unit"]:
            low, high = row["range"]
            ends = {"low": low, "high": high}
            found["referenceRange"] = [
                {side: {"value": end, "unit": unit} for side, end in ends.items() if end != ""}
            ]
        found["status"] = status[0] if status else "final"
        return found | {"valueQuantity": _quantity(number, unit)}

    def observation(self, name: str, code: str, at: str) -> Resource:
        return {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": _LOINC, "code": code}] if code else [], "text": name},
            "subject": {"reference": self.ref},
            "effectiveDateTime": at,
        }

    def home(self, name: str, code: str, at: datetime, value: float, unit: str) -> Resource:
        found = self.observation(name, code, at.isoformat())
        return found | {"valueQuantity": _quantity(value, unit)}

    def pressure(
        self, at: datetime, top: float, bottom: float, unit: str = "mmHg", **more: Any
    ) -> Resource:
        parts = (("收缩压", "8480-6", top), ("舒张压", "8462-4", bottom))
        found = self.observation("血压", "85354-9", at.isoformat())
        found["component"] = [
            {
                "code": {"coding": [{"system": _LOINC, "code": code}], "text": name},
                "valueQuantity": _quantity(value, unit),
            }
            for name, code, value in parts
        ]
        return found | more

    @staticmethod
    def _whose(kind: str) -> str:
        of_patient = ("AllergyIntolerance", "Immunization", "FamilyMemberHistory", "RelatedPerson")
        return "patient" if kind in of_patient else "subject"


def _quantity(value: float, unit: str) -> Resource:
    codes = {"℉": "[degF]", "℃": "Cel", "lb": "[lb_av]", "次/分": "/min", "mmHg": "mm[Hg]"}
    return {"value": value, "unit": unit, "system": _UCUM, "code": codes.get(unit, unit)}


def _at(month: int, day: int, hour: int = 8, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def _days(first: date) -> Iterator[datetime]:
    day = datetime(first.year, first.month, first.day, tzinfo=SHANGHAI)
    while day < NOW:
        yield day
        day += timedelta(days=1)


def _mans_home(record: Record) -> Iterator[Resource]:
    draw = random.Random(74)
    yield from _pressures(record, draw)
    for other in ({"status": "entered-in-error"}, {"subject": {"reference": "RelatedPerson/wife"}}):
        yield record.pressure(_at(11, 18, 7, 30), 232, 131, **other)
    yield record.pressure(_at(11, 21, 7, 40), 169, 97, focus=[{"reference": "RelatedPerson/wife"}])
    yield record.pressure(_at(12, 3, 7, 30), 118, 70)
    yield record.pressure(_at(2, 17, 15), 19.2, 11.2, "kPa")
    yield record.pressure(_at(11, 22, 7, 12), 136, 78)
    yield from _glucoses(record, draw)
    yield record.home("睡前血糖", "14743-9", _at(9, 25, 22, 15), 3.6, "mmol/L")
    yield from _weights(record, draw)
    for at, value, unit in (
        (_at(7, 4, 20), 101.3, "℉"),
        (_at(7, 5, 9), 38.9, "℃"),
        (_at(7, 6), 39.2, "℃"),
        (_at(11, 2, 21), 36.7, "℃"),
    ):
        yield record.home("体温", "8310-5", at, value, unit)
    for back in range(30):
        at = _at(11, 19, 21, 10) - timedelta(days=back)
        yield record.home("血氧饱和度", "59408-5", at, draw.choice((94, 95, 96, 97, 98)), "%")
        slept = _at(11, 21, 6, 30) - timedelta(days=back)
        yield record.home("睡眠时长", "93832-4", slept, round(draw.uniform(5, 7.6), 1), "h")
    yield record.home("血氧饱和度", "59408-5", _at(7, 6, 13), 91, "%")
    for back in range(60):
        at = _at(11, 21, 23) - timedelta(days=back)
        yield record.home("步数", "55423-8", at, draw.randrange(2200, 9800), "1")


def _pressures(record: Record, draw: random.Random) -> Iterator[Resource]:
    for day in _days(date(2026, 1, 20)):
        for hour, share in ((7, 0.75), (20, 0.45)):
            at = day.replace(hour=hour, minute=draw.randrange(50))
            if at > NOW or draw.random() > share:
                continue
            late = day >= _at(8, 1, 0)
            top = round(draw.gauss((134 if late else 148) - (4 if hour == 20 else 0), 8))
            bottom = round(draw.gauss(79 if late else 86, 5))
            yield record.pressure(at, top, bottom, device={"display": "臂式血压计"})
            if draw.random() < 0.2:  # the watch sends the same one, too
                yield record.pressure(at, top, bottom, device={"display": "手表"})
            if draw.random() < 0.6:
                yield record.home("心率", "8867-4", at, round(draw.gauss(72, 6)), "次/分")


def _glucoses(record: Record, draw: random.Random) -> Iterator[Resource]:
    for day in _days(date(2026, 3, 1)):
        late = day >= _at(8, 1, 0)
        if draw.random() < 0.55:
            value = round(draw.gauss(7.0 if late else 7.9, 0.8), 1)
            foreign = draw.random() < 0.08
            told = (round(value * 18), "mg/dL") if foreign else (value, "mmol/L")
            at = day.replace(hour=6, minute=draw.randrange(30, 59))
            yield record.home("空腹血糖", "14743-9", at, *told)
        at = day.replace(hour=draw.choice((9, 14, 20)), minute=draw.randrange(30))
        if draw.random() < 0.4 and at < NOW:
            value = round(draw.gauss(9.2 if late else 10.4, 1.5), 1)
            yield record.home("餐后2小时血糖", "14743-9", at, value, "mmol/L")


def _weights(record: Record, draw: random.Random) -> Iterator[Resource]:
    for week in range(40):
        at = _at(2, 15, 7, 20) + timedelta(days=7 * week)
        value = round(71.5 - week * 0.06 + draw.uniform(-0.4, 0.4), 1)
        told = (154.3, "lb") if week == 12 else (value, "kg")
        for _ in range(2 if week % 5 == 0 else 1):  # the scales send it twice now and then
            yield record.home("体重", "29463-7", at, *told)


def _womans_home(record: Record) -> Iterator[Resource]:
    draw = random.Random(31)
    for week in range(23):
        at = _at(6, 20, 7, 30) + timedelta(days=7 * week)
        value = round(54.2 + week * 0.42 + draw.uniform(-0.2, 0.2), 1)
        yield record.home("体重", "29463-7", at, value, "kg")
    for day in _days(date(2026, 9, 1)):
        at = day.replace(hour=21, minute=draw.randrange(50))
        top, bottom = round(draw.gauss(112, 6)), round(draw.gauss(71, 4))
        if draw.random() < 0.6 and at < NOW:
            yield record.pressure(at, top, bottom)
        if day < _at(10, 15, 0):
            continue
        for hour, name, middle in (
            (7, "空腹血糖", 5.0),
            (9, "早餐后1小时血糖", 7.6),
            (19, "晚餐后2小时血糖", 6.4),
        ):
            at = day.replace(hour=hour, minute=draw.randrange(40))
            if at < NOW and draw.random() < 0.6:
                value = round(draw.gauss(middle, 0.6), 1)
                yield record.home(name, "14743-9", at, value, "mmol/L")
        at = day.replace(hour=20)
        if at < NOW:
            yield record.home("胎动计数", "", at, draw.randrange(22, 45), "次")
    other = {"subject": {"reference": "RelatedPerson/husband"}}
    yield record.pressure(_at(11, 20, 21), 138, 88, **other)
