"""The demo sign-in refuses to exist where it must not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from backend.core.container import Core, build_core
from backend.core.errors import KangbanError
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.identity.errors import (
    DemoUnavailable,
    ProviderUnavailable,
    SignInTaken,
    SignInUnknown,
)
from backend.identity.passwords import Passwords
from backend.identity.providers.demo import DemoName, DemoProvider
from backend.identity.service import IdentityService
from backend.identity.sign_ins import ProviderName
from backend.identity.viewer import Role
from backend.identity.wiring import build_identity
from tests.identity.helpers import PHONE, everything, viewer_of

FATHER = frozenset({Role.RESIDENT})


@pytest.fixture
async def demo(
    core: Core, master_key: LocalMasterKey, passwords: Passwords
) -> AsyncIterator[IdentityService]:
    settings = core.settings.model_copy(update={"demo": True})
    service = build_identity(build_core(settings, core.store, master_key, core.clock), passwords)
    yield service
    await service.close()


async def test_a_demo_account_opens_by_its_name(demo: IdentityService) -> None:
    account_id = await demo.create_demo_account("father", FATHER, "演示父亲")
    tokens = await demo.sign_in(DemoName("father"), PHONE)
    assert (tokens.account_id, tokens.is_new) == (account_id, False)
    viewer = await viewer_of(demo, tokens)
    assert (viewer.roles, (await demo.person(viewer)).display_name) == (FATHER, "演示父亲")


async def test_an_unknown_or_taken_demo_name_is_refused_and_makes_nothing(
    demo: IdentityService, core: Core
) -> None:
    await demo.create_demo_account("father", FATHER)
    before = await everything(core.store)
    for name in ("mother", "", "\0", "\ud800"):
        with pytest.raises(SignInUnknown):
            await demo.sign_in(DemoName(name), PHONE)
    with pytest.raises(SignInTaken):
        await demo.create_demo_account("father", FATHER)
    assert await everything(core.store) == before


async def test_without_the_setting_there_is_no_demo(identity: IdentityService, core: Core) -> None:
    before = await everything(core.store)
    assert ProviderName.DEMO not in identity.providers
    with pytest.raises(ProviderUnavailable) as raised:
        await identity.sign_in(DemoName("father"), PHONE)
    assert raised.value.data == {"provider": "demo"}
    with pytest.raises(DemoUnavailable):
        await identity.create_demo_account("father", FATHER)
    assert await everything(core.store) == before


@pytest.mark.parametrize(
    ("environment", "demo"),
    [("production", True), ("production", False), ("development", False), ("test", False)],
)
def test_the_provider_cannot_be_built_in_production_or_without_the_setting(
    settings: Settings, environment: str, demo: bool
) -> None:
    given = settings.model_copy(update={"environment": environment, "demo": demo})
    with pytest.raises(DemoUnavailable):
        DemoProvider(given)


async def test_in_production_the_registry_has_no_demo_even_if_it_is_set(
    core: Core, master_key: LocalMasterKey, passwords: Passwords
) -> None:
    settings = core.settings.model_copy(update={"environment": "production", "demo": True})
    service = build_identity(build_core(settings, core.store, master_key, core.clock), passwords)
    assert ProviderName.DEMO not in service.providers
    with pytest.raises(DemoUnavailable):
        await service.create_demo_account("father", FATHER)
    await service.close()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"demo": True}, "KANGBAN_DEMO is set"),
        ({"firebase_auth_emulator_host": "127.0.0.1:9099"}, "emulator"),
        ({"token_secret": SecretStr("changeme")}, "KANGBAN_TOKEN_SECRET"),
    ],
)
def test_production_refuses_to_start_with_what_belongs_in_a_trial(
    settings: Settings, change: dict[str, object], fault: str
) -> None:
    safe = {
        "environment": "production",
        "master_key_file": settings.data_dir / "elsewhere" / "master.key",
        "public_url": "https://kangban.example",
    }
    settings.model_copy(update=safe).check()
    with pytest.raises(KangbanError) as raised:
        settings.model_copy(update=safe | change).check()
    assert raised.value.code == "UNSAFE_SETTINGS"
    assert fault in raised.value.data["faults"]
