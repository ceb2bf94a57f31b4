"""Family doctors' services, wired to each other."""

from __future__ import annotations

from dataclasses import dataclass

from backend.access.circle.authority import Authority
from backend.access.circle.persons import Persons
from backend.access.contract.contracts import Contracts
from backend.access.contract.emergencies import Emergencies
from backend.access.contract.offers import Offers
from backend.access.contract.registry import DoctorRegistry
from backend.access.contract.signing import Signing
from backend.access.service import Access
from backend.core.container import Core


@dataclass(frozen=True, slots=True)
class FamilyDoctors:
    registry: DoctorRegistry
    contracts: Contracts
    offers: Offers
    emergencies: Emergencies


def build_family_doctors(
    core: Core, access: Access, authority: Authority, persons: Persons
) -> FamilyDoctors:
    registry = DoctorRegistry(core)
    signing = Signing(core, access, authority)
    return FamilyDoctors(
        registry=registry,
        contracts=Contracts(core, authority, registry, signing, persons),
        offers=Offers(core, registry, signing),
        emergencies=Emergencies(core, access, authority),
    )
