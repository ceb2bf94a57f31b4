"""A store filled for benchmarks: residents with readings, and one who is signed in."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from beanie import PydanticObjectId
from bson import ObjectId
from litestar import Litestar

from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.relations import RelationKind
from backend.archive.sections import ConditionBody, PartialDate, Profile, coded
from backend.archive.sections.profile import PersonName, Sex
from backend.identity.providers.demo import DemoName
from backend.identity.sessions import Device
from backend.identity.viewer import Role, Viewer
from backend.measurements.documents import ReadingDocument
from backend.measurements.draft import Draft, Kind, Meal, Quantity, Source
from backend.measurements.normalise import fingerprint, normalise
from backend.measurements.reading import RecordedBy, to_raw
from backend.services import Services

KINDS = (
    Kind.BLOOD_PRESSURE,
    Kind.HEART_RATE,
    Kind.GLUCOSE,
    Kind.WEIGHT,
    Kind.SPO2,
    Kind.TEMPERATURE,
)
_VALUES = {
    Kind.BLOOD_PRESSURE: (("systolic", 130, 7, "mmHg"), ("diastolic", 80, 4, "mmHg")),
    Kind.HEART_RATE: (("rate", 72, 8, "/min"),),
    Kind.GLUCOSE: (("glucose", 6.5, 1.0, "mmol/L"),),
    Kind.WEIGHT: (("weight", 65, 1.0, "kg"),),
    Kind.SPO2: (("spo2", 95, 0.7, "%"),),
    Kind.TEMPERATURE: (("temperature", 36.5, 0.3, "Cel"),),
}


@dataclass(frozen=True, slots=True)
class Somebody:
    """A signed-in resident with a token."""

    viewer: Viewer
    resident_id: ObjectId
    token: str


def client_of(app: Litestar) -> httpx.AsyncClient:
    """The whole app without a socket: what is measured is the program, not the loopback."""
    asgi: Any = app
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=asgi), base_url="http://bench")


async def somebody(services: Services, name: str) -> Somebody:
    await services.identity.create_demo_account(name, frozenset({Role.RESIDENT}))
    tokens = await services.identity.sign_in(DemoName(name), Device())
    viewer = Viewer(
        account_id=tokens.account_id,
        roles=frozenset({Role.RESIDENT}),
        session_id=tokens.session_id,
    )
    profile = Profile(
        names=(PersonName(text="张建国"),), sex=Sex.MALE, birth_date=PartialDate("1952-03-08")
    )
    resident_id = await services.residents.register(
        viewer,
        profile,
        kind=RelationKind.SELF,
        accepted=accepted_now(Purpose.HEALTH_DATA, Purpose.ASSISTANT),
        idempotency_key="register",
    )
    body = ConditionBody(name=coded("http://hl7.org/fhir/sid/icd-10", "I10", text="高血压"))
    await services.entries.add(viewer, resident_id, body, idempotency_key="condition")
    return Somebody(viewer, resident_id, tokens.access_token)


def drafts(count: int, end: datetime, *, system: str, seed: int = 1) -> list[Draft]:
    """Readings of six kinds going back from ``end``, about ten a day."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        values = {
            name: Quantity(round(chance.gauss(mean, spread), 1), unit)
            for name, mean, spread, unit in _VALUES[kind]
        }
        made.append(
            Draft(
                kind=kind,
                at=end - timedelta(minutes=144 * number),
                values=values,
                meal=Meal.FASTING if kind is Kind.GLUCOSE else None,
                source=Source(system=system, id=f"r{number}"),
            )
        )
    return made


async def raw_readings(
    services: Services, resident_id: ObjectId, made: list[Draft]
) -> list[dict[str, Any]]:
    """The documents that recording would store."""
    key = await services.core.keyring.key(resident_id)
    now = services.core.clock.now()
    by = RecordedBy(account_id=ObjectId(), relation="self", kinship=None, channel="app")
    documents = []
    for draft in made:
        normal = normalise(draft, now=now, birth_date=None, confirmed=True)
        documents.append(
            to_raw(
                normal,
                resident_id=PydanticObjectId(resident_id),
                recorded_by=by.to_raw(),
                key=key,
                now=now,
                mark=key.token(fingerprint(normal)),
            )
        )
    return documents


async def crowd(services: Services, residents: int, readings_each: int) -> None:
    """Other people's readings, written straight to the store: they are only in the way."""
    now = services.core.clock.now()
    collection = ReadingDocument.get_pymongo_collection()
    template_owner = ObjectId()
    await services.core.keyring.create(template_owner)
    made = drafts(readings_each, now, system="crowd")
    template = await raw_readings(services, template_owner, made)
    for _ in range(residents):
        owner = ObjectId()
        documents = [{**each, "_id": ObjectId(), "resident_id": owner} for each in template]
        await collection.insert_many(documents, ordered=False)
