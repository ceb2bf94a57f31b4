"""Everything about family doctors in one: who they are, contracts, emergency access."""

from __future__ import annotations

import strawberry

from graphql_api.access.contract import ContractMutation, ContractQuery, ResidentContracts
from graphql_api.access.emergencies import (
    EmergencyMutation,
    EmergencyQuery,
    ResidentEmergencies,
)
from graphql_api.access.registry import RegistryMutation, RegistryQuery


@strawberry.type
class ResidentDoctors(ResidentContracts, ResidentEmergencies):
    """Fields of ``Resident`` about doctors."""


@strawberry.type
class DoctorQuery(RegistryQuery, ContractQuery, EmergencyQuery):
    pass


@strawberry.type
class DoctorMutation(RegistryMutation, ContractMutation, EmergencyMutation):
    pass
