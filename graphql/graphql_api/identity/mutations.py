"""Signing in, staying signed in, signing out."""

from __future__ import annotations

import strawberry

from backend.identity.providers import Credential
from backend.identity.providers.client import ClientSecret
from backend.identity.providers.demo import DemoName
from backend.identity.providers.firebase import FirebaseIdToken
from backend.identity.providers.password import StaffLogin
from backend.identity.providers.wechat import WeChatCode
from graphql_api.common import ids
from graphql_api.common.context import Info
from graphql_api.identity.types import DeviceInput, SignedIn, session_of


@strawberry.input(description="``code`` from wx.login.")
class SignInWithWeChatInput:
    code: str
    device: DeviceInput = strawberry.field(default_factory=DeviceInput)


@strawberry.input(description="``idToken`` from Firebase's getIdToken.")
class SignInWithFirebaseInput:
    id_token: str
    device: DeviceInput = strawberry.field(default_factory=DeviceInput)


@strawberry.input(description="Staff: user name or phone, password, and a TOTP or recovery code.")
class SignInAsStaffInput:
    login: str
    password: str
    code: str
    device: DeviceInput = strawberry.field(default_factory=DeviceInput)


@strawberry.input(description="An institution's machine.")
class SignInAsInstitutionInput:
    client_id: str
    client_secret: str


@strawberry.input(description="Only where the demo runs; never in production.")
class SignInAsDemoInput:
    name: str
    device: DeviceInput = strawberry.field(default_factory=DeviceInput)


@strawberry.input
class RefreshSessionInput:
    refresh_token: str


@strawberry.input(description="Another way to sign in to the account: give one of the two.")
class LinkSignInInput:
    wechat_code: str | None = None
    firebase_id_token: str | None = None


@strawberry.input
class EndDeviceInput:
    id: strawberry.ID


@strawberry.input
class StaffEnrolInput:
    login: str
    password: str


@strawberry.input
class StaffConfirmInput:
    login: str
    password: str
    code: str


@strawberry.type(description="``uri`` as a QR code; ``secret`` to type where no camera is.")
class TotpEnrolment:
    uri: str
    secret: str


@strawberry.type(description="Shown once; each is good once in place of a TOTP code.")
class RecoveryCodes:
    codes: list[str]


@strawberry.input
class ChangePasswordInput:
    old_password: str
    new_password: str


@strawberry.input
class RenameInput:
    display_name: str


@strawberry.type
class Done:
    ok: bool = True


@strawberry.type
class SignedOutEverywhere:
    devices: int


@strawberry.type
class IdentityMutation:
    @strawberry.mutation
    async def sign_in_with_wechat(self, info: Info, input: SignInWithWeChatInput) -> SignedIn:
        return await _sign_in(info, WeChatCode(input.code), input.device)

    @strawberry.mutation
    async def sign_in_with_firebase(self, info: Info, input: SignInWithFirebaseInput) -> SignedIn:
        return await _sign_in(info, FirebaseIdToken(input.id_token), input.device)

    @strawberry.mutation
    async def sign_in_as_staff(self, info: Info, input: SignInAsStaffInput) -> SignedIn:
        credential = StaffLogin(input.login, input.password, input.code)
        return await _sign_in(info, credential, input.device)

    @strawberry.mutation
    async def sign_in_as_institution(self, info: Info, input: SignInAsInstitutionInput) -> SignedIn:
        credential = ClientSecret(input.client_id, input.client_secret)
        return await _sign_in(info, credential, DeviceInput())

    @strawberry.mutation
    async def sign_in_as_demo(self, info: Info, input: SignInAsDemoInput) -> SignedIn:
        return await _sign_in(info, DemoName(input.name), input.device)

    @strawberry.mutation(description="New tokens for the refresh token, which is then spent.")
    async def refresh_session(self, info: Info, input: RefreshSessionInput) -> SignedIn:
        return session_of(await info.context.services.identity.refresh(input.refresh_token))

    @strawberry.mutation
    async def link_sign_in(self, info: Info, input: LinkSignInInput) -> Done:
        context = info.context
        credentials: list[Credential] = []
        if input.wechat_code is not None:
            credentials.append(WeChatCode(input.wechat_code))
        if input.firebase_id_token is not None:
            credentials.append(FirebaseIdToken(input.firebase_id_token))
        for credential in credentials:
            await context.services.identity.link_sign_in(
                context.viewer, credential, address=context.address
            )
        return Done()

    @strawberry.mutation
    async def sign_out(self, info: Info) -> Done:
        await info.context.services.identity.sign_out(info.context.viewer)
        return Done()

    @strawberry.mutation(description="Ends every session of the account, this one too.")
    async def sign_out_everywhere(self, info: Info) -> SignedOutEverywhere:
        context = info.context
        ended = await context.services.identity.sign_out_everywhere(context.viewer)
        return SignedOutEverywhere(devices=ended)

    @strawberry.mutation
    async def end_device(self, info: Info, input: EndDeviceInput) -> Done:
        context = info.context
        session_id = ids.decode_one(input.id, "SignedInDevice")
        await context.services.identity.end_device(context.viewer, session_id)
        return Done()

    @strawberry.mutation
    async def rename_account(self, info: Info, input: RenameInput) -> Done:
        context = info.context
        await context.services.identity.rename(context.viewer, input.display_name)
        return Done()

    @strawberry.mutation(description="Staff, before their first sign-in.")
    async def begin_staff_enrolment(self, info: Info, input: StaffEnrolInput) -> TotpEnrolment:
        context = info.context
        made = await context.services.identity.staff.begin_totp(
            input.login, input.password, address=context.address
        )
        return TotpEnrolment(uri=made.uri, secret=made.secret)

    @strawberry.mutation(description="The code of the new secret; answers the recovery codes.")
    async def confirm_staff_enrolment(self, info: Info, input: StaffConfirmInput) -> RecoveryCodes:
        context = info.context
        codes = await context.services.identity.staff.confirm_totp(
            input.login, input.password, input.code, address=context.address
        )
        return RecoveryCodes(codes=codes)

    @strawberry.mutation(description="Staff only; signs out their other devices.")
    async def change_password(self, info: Info, input: ChangePasswordInput) -> Done:
        context = info.context
        await context.services.identity.change_password(
            context.viewer, input.old_password, input.new_password
        )
        return Done()


async def _sign_in(info: Info, credential: Credential, device: DeviceInput) -> SignedIn:
    context = info.context
    tokens = await context.services.identity.sign_in(
        credential, device.to_domain(), address=context.address
    )
    return session_of(tokens)
