"""The demo sign-in: a name and nothing else. It cannot be built where it must not be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from backend.core.settings import Settings
from backend.identity.errors import DemoUnavailable
from backend.identity.providers.base import ProviderIdentity
from backend.identity.sign_ins import ProviderName


@dataclass(frozen=True, slots=True)
class DemoName:
    """The name of a demo account."""

    provider: ClassVar[ProviderName] = ProviderName.DEMO
    name: str


def demo_allowed(settings: Settings) -> bool:
    return settings.demo and not settings.production


class DemoProvider:
    name: ClassVar[ProviderName] = ProviderName.DEMO

    def __init__(self, settings: Settings) -> None:
        """Raises ``DemoUnavailable`` in production and where the demo is not switched on."""
        if not demo_allowed(settings):
            raise DemoUnavailable

    def attempt_subject(self, credential: DemoName) -> None:
        return None

    async def verify(self, credential: DemoName) -> ProviderIdentity:
        return ProviderIdentity(provider=self.name, subjects=(credential.name,))
