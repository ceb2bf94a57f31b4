"""Builds the room from the settings: which providers there are, which documents are stored."""

from __future__ import annotations

from typing import Any

from backend.core.container import Core
from backend.identity.passwords import Passwords
from backend.identity.providers import Provider, Providers
from backend.identity.providers.client import ClientProvider
from backend.identity.providers.demo import DemoProvider, demo_allowed
from backend.identity.providers.firebase import FirebaseProvider
from backend.identity.providers.password import PasswordProvider
from backend.identity.providers.wechat import WeChatProvider
from backend.identity.service import IdentityService


def build_identity(core: Core, passwords: Passwords | None = None) -> IdentityService:
    """The service with every provider that the settings switch on."""
    passwords = passwords or Passwords()
    return IdentityService(core, build_providers(core, passwords), passwords)


def build_providers(core: Core, passwords: Passwords) -> Providers:
    settings = core.settings
    providers: list[Provider[Any]] = [
        PasswordProvider(core.keyring, core.clock, passwords),
        ClientProvider(core.keyring, core.clock),
    ]
    if settings.wechat_app_id and settings.wechat_app_secret:
        secret = settings.wechat_app_secret.get_secret_value()
        providers.append(WeChatProvider(settings.wechat_app_id, secret, settings.wechat_base_url))
    if settings.firebase_project_id:
        emulator = settings.firebase_auth_emulator_host
        providers.append(
            FirebaseProvider(settings.firebase_project_id, core.clock, emulator_host=emulator)
        )
    if demo_allowed(settings):
        providers.append(DemoProvider(settings))
    return Providers(providers)
