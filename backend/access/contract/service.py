"""Family doctors' services, wired to each other."""

from __future__ import annotations

from dataclasses import dataclass

from backend.access.circle.authority import Authority
from backend.access.contract.contracts import Contracts
from backend.access.contract.emergencies import Emergencies
from backend.access.contract.registry import DoctorRegistry
from backend.access.service import Access
from backend.core.container import Core


@dataclass(frozen=True, slots=True)
class FamilyDoctors:
    registry: DoctorRegistry
    contracts: Contracts
    emergencies: Emergencies


def build_family_doctors(core: Core, access: Access, authority: Authority) -> FamilyDoctors:
    registry = DoctorRegistry(core)
    return FamilyDoctors(
        registry=registry,
        contracts=Contracts(core, access, authority, registry),
        emergencies=Emergencies(core, access, authority),
    )
