"""The door of this room: signing in and out, tokens, devices, and operators' work on accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from bson import ObjectId

from backend.core.container import Core
from backend.identity.access_tokens import AccessTokens
from backend.identity.accounts import Account, Person, opened, seal_name
from backend.identity.admission import Admission
from backend.identity.attempts import AttemptLimiter
from backend.identity.errors import (
    AccountNotFound,
    DemoUnavailable,
    SessionEnded,
    SessionNotFound,
    SignInNotLinkable,
)
from backend.identity.institution_desk import InstitutionDesk
from backend.identity.operators import Operators
from backend.identity.passwords import Passwords
from backend.identity.providers import Credential, ProviderIdentity, Providers
from backend.identity.session_desk import SessionDesk
from backend.identity.sessions import Device, EndReason, SignedInDevice
from backend.identity.sign_ins import ProviderName, SignIn
from backend.identity.staff_desk import StaffDesk
from backend.identity.viewer import Channel, Language, Role, Viewer

log = structlog.get_logger(__name__)

_LINKABLE = frozenset({ProviderName.WECHAT, ProviderName.FIREBASE})


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """``refresh_token`` is None for an institution's machine, which signs in anew instead."""

    account_id: ObjectId
    session_id: ObjectId
    access_token: str
    access_expires_at: datetime
    refresh_token: str | None
    refresh_expires_at: datetime | None
    is_new: bool = False


class IdentityService:
    """``staff`` is for staff before they can sign in, the other two are for operators only."""

    def __init__(self, core: Core, providers: Providers, passwords: Passwords) -> None:
        self._keyring = core.keyring
        self._providers = providers
        self._access = AccessTokens(core.settings, core.keyring, core.clock)
        self._limiter = AttemptLimiter(core.keyring, core.clock)
        self._desk = SessionDesk(core.settings, core.keyring, core.clock)
        self._admission = Admission(core.store, core.keyring, core.clock, self._desk)
        self.staff = StaffDesk(
            core.store, core.keyring, core.clock, passwords, self._limiter, self._desk
        )
        self.operators = Operators(
            core.store, core.clock, self._admission, passwords, self._desk, self.staff
        )
        self.institutions = InstitutionDesk(core.store, core.keyring, core.clock, self._admission)

    @property
    def providers(self) -> frozenset[ProviderName]:
        """The ways to sign in that this server offers."""
        return frozenset(self._providers)

    async def close(self) -> None:
        """Let go of connections to providers."""
        await self._providers.close()

    async def sign_in(
        self, credential: Credential, device: Device, *, address: str | None = None
    ) -> Tokens:
        """A session on this device. A resident's first WeChat or Firebase sign-in makes an account.

        Raises the provider's errors, ``ProviderUnavailable``, ``SignInTooOften``,
        ``SignInUnknown`` or ``AccountSuspended``; no session is left behind by any of them.
        """
        identity = await self._verified(credential, address)
        admitted = await self._admission.admit(identity, device)
        session = admitted.session
        log.info("signed in", provider=identity.provider.value, account=str(session.account_id))
        access, expires = self._access.sign(session.account_id, session.id, session.roles)
        return Tokens(
            account_id=session.account_id,
            session_id=session.id,
            access_token=access,
            access_expires_at=expires,
            refresh_token=admitted.refresh_token,
            refresh_expires_at=session.expires_at if admitted.refresh_token else None,
            is_new=admitted.is_new,
        )

    async def refresh(self, refresh_token: str) -> Tokens:
        """New tokens for an old refresh token, which is spent.

        Raises ``RefreshTokenInvalid``, ``RefreshTokenReused`` (the session is ended),
        ``SessionEnded`` or ``AccountSuspended``.
        """
        raw, following = await self._desk.rotate(refresh_token)
        roles = frozenset(Role(each) for each in raw["roles"])
        access, expires = self._access.sign(raw["account_id"], raw["_id"], roles)
        return Tokens(
            account_id=raw["account_id"],
            session_id=raw["_id"],
            access_token=access,
            access_expires_at=expires,
            refresh_token=following,
            refresh_expires_at=raw["expires_at"],
        )

    async def viewer_from_token(
        self, token: str | None, channel: Channel, language: Language
    ) -> Viewer:
        """Who sends this access token, if their session still runs.

        Raises ``TokenMissing``, ``TokenInvalid``, ``TokenExpired``, ``SessionEnded`` or
        ``AccountSuspended``.
        """
        claims = self._access.read(token)
        raw = await self._desk.running(claims.session_id, claims.account_id)
        return Viewer(
            account_id=claims.account_id,
            roles=frozenset(Role(each) for each in raw["roles"]),
            channel=channel,
            language=language,
            session_id=claims.session_id,
        )

    async def still_signed_in(self, viewer: Viewer) -> None:
        """For connections that outlive a request; ``viewer`` has the roles of now afterwards.

        Raises ``SessionEnded``, ``AccountSuspended``.
        """
        if viewer.session_id is None:
            raise SessionEnded(reason="unknown")
        raw = await self._desk.running(viewer.session_id, viewer.account_id)
        viewer.roles = frozenset(Role(each) for each in raw["roles"])

    async def sign_out(self, viewer: Viewer) -> None:
        """End the viewer's session; once more does nothing. Raises ``SessionNotFound``."""
        if viewer.session_id is None:
            raise SessionNotFound
        await self._desk.end(_own(viewer, viewer.session_id), EndReason.SIGNED_OUT)

    async def sign_out_everywhere(self, viewer: Viewer) -> int:
        """End every session of the account, this one too; how many."""
        return await self._desk.end(
            {"account_id": viewer.account_id}, EndReason.SIGNED_OUT_EVERYWHERE
        )

    async def devices(self, viewer: Viewer) -> list[SignedInDevice]:
        """Where the account is signed in now, last used first."""
        return await self._desk.devices(viewer.account_id, viewer.session_id)

    async def end_device(self, viewer: Viewer, session_id: ObjectId) -> None:
        """Sign out one of the viewer's own devices. Raises ``SessionNotFound``."""
        own = session_id == viewer.session_id
        reason = EndReason.SIGNED_OUT if own else EndReason.ENDED_FROM_OTHER_DEVICE
        if not await self._desk.end(_own(viewer, session_id), reason):
            raise SessionNotFound

    async def link_sign_in(
        self, viewer: Viewer, credential: Credential, *, address: str | None = None
    ) -> None:
        """One way more to sign in to the viewer's account; a way it has already changes nothing.

        Raises ``SignInNotLinkable``, ``SignInTaken`` and what ``sign_in`` raises.
        """
        if credential.provider not in _LINKABLE:
            raise SignInNotLinkable(provider=credential.provider.value)
        await self._admission.link(viewer.account_id, await self._verified(credential, address))

    async def sign_ins(self, viewer: Viewer) -> list[tuple[ProviderName, datetime]]:
        """The account's ways to sign in and since when, oldest first."""
        found = SignIn.find({"account_id": viewer.account_id}).sort("linked_at", "_id")
        return [(each.provider, each.linked_at) async for each in found]

    async def person(self, viewer: Viewer) -> Person:
        """The viewer's own account. Raises ``AccountNotFound``."""
        account = await Account.get(viewer.account_id)
        if account is None:
            raise AccountNotFound
        return opened(account, await self._keyring.key(account.id))

    async def rename(self, viewer: Viewer, display_name: str) -> None:
        """Raises ``DisplayNameUnfit``."""
        sealed = seal_name(
            await self._keyring.key(viewer.account_id), viewer.account_id, display_name
        )
        await Account.get_pymongo_collection().update_one(
            {"_id": viewer.account_id}, {"$set": {"display_name": sealed}}
        )

    async def change_password(self, viewer: Viewer, old: str, new: str) -> None:
        """Staff only; signs out their other devices. Raises as ``StaffDesk.change_password``."""
        await self.staff.change_password(viewer.account_id, old, new, keep=viewer.session_id)

    async def create_demo_account(
        self, name: str, roles: frozenset[Role], display_name: str | None = None
    ) -> ObjectId:
        """For the demo's set-up code. Raises ``DemoUnavailable`` or ``SignInTaken``."""
        if ProviderName.DEMO not in self._providers:
            raise DemoUnavailable
        identity = ProviderIdentity(
            provider=ProviderName.DEMO, subjects=(name,), display_name=display_name
        )
        return await self._admission.create(identity, roles)

    async def _verified(self, credential: Credential, address: str | None) -> ProviderIdentity:
        provider = self._providers.for_(credential)
        subject = provider.attempt_subject(credential)
        await self._limiter.count(credential.provider, subject=subject, address=address)
        identity: ProviderIdentity = await provider.verify(credential)
        if subject is not None:
            await self._limiter.clear(credential.provider, subject)
        return identity


def _own(viewer: Viewer, session_id: ObjectId) -> dict[str, object]:
    return {"_id": session_id, "account_id": viewer.account_id}
