"""Who is asked, as the archive knows them now. The policy was asked before."""

from __future__ import annotations

from bson import ObjectId

from backend.access.consent.guardianship import age_on
from backend.core.clock import SHANGHAI, Clock
from backend.measurements.people import People
from backend.questionnaires.asking import Subject


async def subject_of(people: People, clock: Clock, resident_id: ObjectId) -> Subject:
    person = await people.person(resident_id)
    today = clock.now().astimezone(SHANGHAI).date()
    born = person.birth_date
    return Subject(sex=person.sex, age=None if born is None else age_on(born, today))
