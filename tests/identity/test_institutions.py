"""Institutions' machines: client id and secret to a short token, and no refresh token."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bson import ObjectId

from backend.core.clock import FixedClock
from backend.core.container import Core
from backend.identity.errors import (
    AccountNotFound,
    DisplayNameUnfit,
    OperatorRequired,
    RolesUnfit,
    SignInTooOften,
    TokenExpired,
)
from backend.identity.institutions import ClientCredentialsWrong
from backend.identity.providers.client import ClientSecret
from backend.identity.service import IdentityService
from backend.identity.sessions import Device, Platform
from backend.identity.viewer import Channel, Role
from tests.identity.helpers import CONSOLE, everything, viewer_of

MACHINE = Device(name="HIS", platform=Platform.MACHINE, channel=Channel.API)


async def test_a_machine_gets_an_access_token_and_asks_anew_when_it_is_over(
    identity: IdentityService, clock: FixedClock
) -> None:
    issued = await identity.institutions.create(CONSOLE, display_name="市第一人民医院")
    credential = ClientSecret(issued.client_id, issued.client_secret)
    tokens = await identity.sign_in(credential, MACHINE)
    assert tokens.account_id == issued.account_id
    assert (tokens.refresh_token, tokens.refresh_expires_at) == (None, None)
    viewer = await viewer_of(identity, tokens)
    assert viewer.roles == {Role.INSTITUTION}
    clock.advance(timedelta(minutes=15))
    with pytest.raises(TokenExpired):
        await viewer_of(identity, tokens)
    await viewer_of(identity, await identity.sign_in(credential, MACHINE))


async def test_secrets_are_hashed_and_names_sealed(identity: IdentityService, core: Core) -> None:
    issued = await identity.institutions.create(CONSOLE, display_name="市第一人民医院")
    stored = repr(await everything(core.store))
    assert issued.client_secret not in stored + repr(issued)
    assert "市第一人民医院" not in stored


async def test_wrong_credentials_are_told_alike_and_locked_after_five(
    identity: IdentityService, core: Core
) -> None:
    issued = await identity.institutions.create(CONSOLE, display_name="市第一人民医院")
    other = await identity.institutions.create(CONSOLE, display_name="社区卫生服务中心")
    before = await everything(core.store)
    wrong = [
        ClientSecret(issued.client_id, other.client_secret),
        ClientSecret(issued.client_id, ""),
        ClientSecret(issued.client_id, "\0"),
        ClientSecret(issued.client_id, issued.client_secret + "x"),
        ClientSecret(issued.client_id, "x" * 10_000),
        ClientSecret("kbc_nobody", issued.client_secret),
        ClientSecret("\ud800", issued.client_secret),
    ]
    for each in wrong:
        with pytest.raises(ClientCredentialsWrong):
            await identity.sign_in(each, MACHINE)
    with pytest.raises(SignInTooOften):
        await identity.sign_in(ClientSecret(issued.client_id, issued.client_secret), MACHINE)
    assert await everything(core.store) == before
    await identity.sign_in(ClientSecret(other.client_id, other.client_secret), MACHINE)


async def test_a_rotated_secret_goes_on_for_the_overlap_and_no_longer(
    identity: IdentityService, clock: FixedClock
) -> None:
    old = await identity.institutions.create(CONSOLE, display_name="市第一人民医院")
    new = await identity.institutions.rotate_secret(
        CONSOLE, old.account_id, overlap=timedelta(hours=1)
    )
    assert new.client_id == old.client_id
    for each in (old, new):
        await identity.sign_in(ClientSecret(each.client_id, each.client_secret), MACHINE)
    clock.advance(timedelta(hours=1))
    with pytest.raises(ClientCredentialsWrong):
        await identity.sign_in(ClientSecret(old.client_id, old.client_secret), MACHINE)
    await identity.sign_in(ClientSecret(new.client_id, new.client_secret), MACHINE)


async def test_a_second_rotation_never_prolongs_an_ending_secret(
    identity: IdentityService, core: Core, clock: FixedClock
) -> None:
    first = await identity.institutions.create(CONSOLE, display_name="市第一人民医院")
    for _ in range(3):
        clock.advance(timedelta(minutes=50))
        await identity.institutions.rotate_secret(
            CONSOLE, first.account_id, overlap=timedelta(hours=1)
        )
    with pytest.raises(ClientCredentialsWrong):
        await identity.sign_in(ClientSecret(first.client_id, first.client_secret), MACHINE)
    (client,) = await core.store.db["institution_clients"].find().to_list()
    assert len(client["secrets"]) == 3


async def test_only_operators_and_only_institutions_and_only_good_names(
    identity: IdentityService, core: Core
) -> None:
    issued = await identity.institutions.create(CONSOLE, display_name="市第一人民医院")
    tokens = await identity.sign_in(ClientSecret(issued.client_id, issued.client_secret), MACHINE)
    viewer = await viewer_of(identity, tokens)
    before = await everything(core.store)
    with pytest.raises(OperatorRequired):
        await identity.institutions.create(viewer, display_name="别的医院")
    with pytest.raises(OperatorRequired):
        await identity.institutions.rotate_secret(viewer, issued.account_id)
    with pytest.raises(AccountNotFound):
        await identity.institutions.rotate_secret(CONSOLE, ObjectId())
    with pytest.raises(DisplayNameUnfit):
        await identity.institutions.create(CONSOLE, display_name="")
    with pytest.raises(RolesUnfit) as raised:
        await identity.operators.set_roles(CONSOLE, issued.account_id, frozenset({Role.OPERATOR}))
    assert raised.value.data == {"roles": ["operator"]}
    assert await everything(core.store) == before
