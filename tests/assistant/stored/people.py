"""A father with readings, his daughter, and a family doctor: small, for the service's tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bson import ObjectId

from backend.access.categories import ALL_CATEGORIES, Category
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.relations import Kinship, RelationKind
from backend.archive.sections import MedicationBody, Profile, coded
from backend.archive.sections.profile import Sex
from backend.identity.viewer import Role, Viewer
from backend.services import Services
from bot.assistant.stored.service import Ask
from bot.assistant.stored.turn import Said
from tests.factories import a_condition, a_key, a_profile, a_viewer, at, bp, glucose


@dataclass(frozen=True)
class Father:
    services: Services
    viewer: Viewer
    id: ObjectId

    async def ask(self, question: str, conversation_id: ObjectId | None = None) -> Said:
        return await ask(self.services, self.viewer, self.id, question, conversation_id)


async def ask(
    services: Services,
    viewer: Viewer,
    resident_id: ObjectId,
    question: str,
    conversation_id: ObjectId | None = None,
    key: str | None = None,
) -> Said:
    viewer.memo.clear()
    return await services.assistant.ask(
        viewer,
        Ask(
            resident_id=resident_id,
            question=question,
            conversation_id=conversation_id,
            idempotency_key=key or a_key(),
        ),
    )


async def a_person(
    services: Services, viewer: Viewer | None = None, profile: Profile | None = None
) -> tuple[Viewer, ObjectId]:
    """With their own record, who agreed to the assistant."""
    viewer = viewer or a_viewer()
    resident_id = await services.residents.register(
        viewer,
        profile or a_profile(),
        kind=RelationKind.SELF,
        accepted=accepted_now(Purpose.HEALTH_DATA, Purpose.ASSISTANT),
        idempotency_key=a_key(),
    )
    viewer.memo.clear()
    return viewer, resident_id


async def a_father(services: Services) -> Father:
    viewer, resident_id = await a_person(services)
    record = services.recording.record
    for day, high in (("2026-10-05", 138), ("2026-10-20", 142), ("2026-11-20", 150)):
        await record(viewer, resident_id, bp(high, 88, at(day)), idempotency_key=a_key())
    await record(viewer, resident_id, glucose(7.4), idempotency_key=a_key())
    await services.entries.add(viewer, resident_id, a_condition(), idempotency_key=a_key())
    pills = MedicationBody(name=coded("http://www.whocc.no/atc", "C08CA01", text="氨氯地平片"))
    await services.entries.add(viewer, resident_id, pills, idempotency_key=a_key())
    return Father(services, viewer, resident_id)


async def a_daughter(father: Father, categories: frozenset[Category] = ALL_CATEGORIES) -> Viewer:
    viewer, _ = await a_person(
        father.services,
        a_viewer(Role.RESIDENT, Role.CAREGIVER),
        a_profile("张敏", "1990-02-03", Sex.FEMALE),
    )
    await father.services.access.grant(
        resident_id=father.id,
        account_id=viewer.account_id,
        kind=RelationKind.CAREGIVER,
        kinship=Kinship.DAUGHTER,
        categories=categories,
    )
    viewer.memo.clear()
    return viewer


async def a_doctor(services: Services, resident_id: ObjectId | None = None) -> Viewer:
    """With a contract, where a resident is named."""
    viewer = a_viewer(Role.FAMILY_DOCTOR)
    if resident_id is not None:
        await services.access.grant(
            resident_id=resident_id,
            account_id=viewer.account_id,
            kind=RelationKind.DOCTOR,
            categories=frozenset(
                {
                    Category.PROFILE,
                    Category.READINGS,
                    Category.CONDITIONS,
                    Category.MEDICATIONS,
                    Category.REPORTS,
                }
            ),
        )
    return viewer


DAY = timedelta(days=1)
