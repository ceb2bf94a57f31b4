"""The demo's accounts: found, or made as of the day when the family joined."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bson import ObjectId

from backend.demo.people import Login
from backend.identity.institutions import InstitutionClient
from backend.identity.sign_ins import ProviderName, SignIn, subject_index
from backend.identity.viewer import Channel, Role, Viewer
from backend.services import Services

CLINIC = "clinic"
CLINIC_NAME = "幸福里社区卫生服务中心"
_FIRST = "father"


@dataclass(frozen=True, slots=True, repr=False)
class ClinicAccess:
    """The clinic's machine: what it signs in with."""

    account_id: ObjectId
    client_id: str
    client_secret: str
    is_new: bool


class Accounts:
    """Viewers for the demo's logins. ``clinic_file`` keeps the clinic's secret for later starts:
    the store has only its hash."""

    def __init__(self, services: Services, clinic_file: Path) -> None:
        self._services = services
        self._clinic_file = clinic_file
        self._viewers: dict[str, Viewer] = {}

    def viewer(self, login: str) -> Viewer:
        """A viewer as of a new request: it remembers nothing of earlier ones."""
        known = self._viewers[login]
        return Viewer(account_id=known.account_id, roles=known.roles, channel=known.channel)

    async def joined_at(self) -> datetime | None:
        """When the first of the family joined; None where there is no demo yet."""
        account_id = await self._find(_FIRST)
        if account_id is None:
            return None
        viewer = Viewer(account_id=account_id, roles=frozenset({Role.RESIDENT}))
        return (await self._services.identity.person(viewer)).created_at

    async def ensure(self, logins: Iterable[Login]) -> None:
        """Every login's account, the first before the others. Raises ``DemoUnavailable``."""
        for login in logins:
            account_id = await self._find(login.name)
            if account_id is None:
                account_id = await self._services.identity.create_demo_account(
                    login.name, login.roles, login.display_name
                )
            self._viewers[login.name] = Viewer(account_id=account_id, roles=login.roles)

    async def ensure_clinic(self) -> ClinicAccess:
        """The clinic's machine with its secret; a new one where the secret is lost."""
        clinic = await self._kept_clinic()
        if clinic is None:
            operator = self.viewer("operator")
            issued = await self._services.identity.institutions.create(
                operator, display_name=CLINIC_NAME
            )
            clinic = ClinicAccess(
                issued.account_id, issued.client_id, issued.client_secret, is_new=True
            )
            self._keep(clinic)
        self._viewers[CLINIC] = Viewer(
            account_id=clinic.account_id, roles=frozenset({Role.INSTITUTION}), channel=Channel.API
        )
        return clinic

    async def _find(self, login: str) -> ObjectId | None:
        subject = subject_index(self._services.core.keyring, ProviderName.DEMO, login)
        found = await SignIn.find_one({"provider": ProviderName.DEMO, "subject": subject})
        return None if found is None else found.account_id

    async def _kept_clinic(self) -> ClinicAccess | None:
        if not self._clinic_file.exists():
            return None
        kept = json.loads(self._clinic_file.read_text("utf-8"))
        known = await InstitutionClient.find_one({"client_id": kept["clientId"]})
        if known is None:
            return None
        return ClinicAccess(known.id, kept["clientId"], kept["clientSecret"], is_new=False)

    def _keep(self, clinic: ClinicAccess) -> None:
        kept = {"clientId": clinic.client_id, "clientSecret": clinic.client_secret}
        self._clinic_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._clinic_file.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(self._clinic_file, flags, 0o600), "w") as file:
            json.dump(kept, file)
