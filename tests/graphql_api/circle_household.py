"""The household's care circle: one of each thing that has an id of its own."""

from __future__ import annotations

from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.contract.documents import CareTeam, Doctor
from backend.access.contract.terms import Terms
from backend.access.relations import RelationKind
from backend.identity.viewer import Role, Viewer
from backend.services import Services
from graphql_api.common import ids
from tests.access.circle.family import READINGS_ONLY, invited
from tests.factories import a_key, a_viewer

REASON = "金丝雀：老人昏倒，急诊需要了解用药"


async def circle_ids(services: Services, owner: Viewer, resident_id: ObjectId) -> dict[str, str]:
    """Real ids by type name."""
    invitation, _ = await invited(services, owner, resident_id, READINGS_ONLY)
    request_id = await _guardianship(services, resident_id)
    doctor, team = await _doctors(services)
    contract = await services.family_doctors.contracts.ask(
        owner, resident_id, Terms(), team_id=team.id, idempotency_key=a_key()
    )
    emergency = await services.family_doctors.emergencies.break_glass(
        doctor, resident_id, reason=REASON, idempotency_key=a_key()
    )
    institution = ids.encode("Account", team.institution_id)
    return {
        "Invitation": ids.encode("Invitation", resident_id, invitation.id),
        "GuardianshipRequest": ids.encode("GuardianshipRequest", resident_id, request_id),
        "CareContract": ids.encode("CareContract", resident_id, contract.id),
        "EmergencyAccess": ids.encode("EmergencyAccess", resident_id, emergency.id),
        "CareTeam": ids.encode("CareTeam", team.id),
        # As the arguments are called.
        "Team": ids.encode("CareTeam", team.id),
        "Institution": institution,
        "Memberids": ids.encode("Account", doctor.account_id),
    }


async def _guardianship(services: Services, resident_id: ObjectId) -> ObjectId:
    daughter = a_viewer(Role.CAREGIVER)
    await services.access.grant(
        resident_id=resident_id, account_id=daughter.account_id, kind=RelationKind.CAREGIVER
    )
    request = await services.circle.guardians.ask(
        daughter, resident_id, reason=REASON, idempotency_key=a_key()
    )
    return request.id


async def _doctors(services: Services) -> tuple[Viewer, CareTeam]:
    doctor = a_viewer(Role.FAMILY_DOCTOR)
    now = services.core.clock.now()
    institution = PydanticObjectId()
    operator = PydanticObjectId()
    await Doctor(
        id=PydanticObjectId(doctor.account_id),
        institution_id=institution,
        title="主治医师",
        emergency_duty=True,
        entered_by=operator,
        entered_at=now,
    ).insert()
    team = CareTeam(
        institution_id=institution,
        name="第一家庭医生团队",
        members=[PydanticObjectId(doctor.account_id)],
        made_by=operator,
        made_at=now,
    )
    await team.insert()
    return doctor, team
