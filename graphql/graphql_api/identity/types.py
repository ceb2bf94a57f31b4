"""Types of identity."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.access.categories import Category
from backend.identity.service import Tokens
from backend.identity.sessions import Device, Platform, SignedInDevice
from backend.identity.sign_ins import ProviderName
from backend.identity.viewer import Channel, Language, Role
from graphql_api.access.rights import ErasureCertificate, certificates_of
from graphql_api.archive.resident import Resident, resident_of
from graphql_api.common.context import Info
from graphql_api.common.mirror import enum
from graphql_api.common.scalars import Node, global_id

enum(Role)
enum(Platform)
enum(ProviderName, name="SignInProvider")
enum(Channel)
enum(Language)


@strawberry.input(description="What the client says it is; shown in the device list.")
class DeviceInput:
    name: str = ""
    platform: Platform = Platform.OTHER

    def to_domain(self) -> Device:
        return Device(name=self.name, platform=self.platform)


@strawberry.type(description="Tokens of a session; the refresh token is good once.")
class Session:
    access_token: str
    access_expires_at: datetime
    refresh_token: str | None
    refresh_expires_at: datetime | None
    is_new_account: bool


@strawberry.type
class SignedIn:
    session: Session


@strawberry.type(description="A device on which the account is signed in.")
class SignedInDeviceType(Node):
    name: str
    platform: Platform
    provider: ProviderName
    created_at: datetime
    last_used_at: datetime
    current: bool


@strawberry.type(description="A way to sign in to the account.")
class SignInWay:
    provider: ProviderName
    since: datetime


@strawberry.type(description="How the viewer stands to a resident, and what that allows.")
class CareLink(Node):
    resident: Resident
    kind: str
    kinship: str | None
    categories: list[Category]
    actions: list[str]
    valid_until: datetime | None


@strawberry.type(description="The account that is signed in.")
class Me(Node):
    roles: list[Role]

    @strawberry.field
    async def display_name(self, info: Info) -> str | None:
        context = info.context
        return (await context.services.identity.person(context.viewer)).display_name

    @strawberry.field(description="Everybody whose record the account may see, itself included.")
    async def care_circle(self, info: Info) -> list[CareLink]:
        return await care_circle(info)

    @strawberry.field
    async def devices(self, info: Info) -> list[SignedInDeviceType]:
        context = info.context
        return [device_of(each) for each in await context.services.identity.devices(context.viewer)]

    @strawberry.field(description="Of deletions that this account asked for and that are done.")
    async def erasure_certificates(self, info: Info) -> list[ErasureCertificate]:
        return await certificates_of(info)

    @strawberry.field
    async def sign_ins(self, info: Info) -> list[SignInWay]:
        context = info.context
        found = await context.services.identity.sign_ins(context.viewer)
        return [SignInWay(provider=provider, since=since) for provider, since in found]


async def care_circle(info: Info) -> list[CareLink]:
    context = info.context
    relations = await context.services.access.relations(context.viewer)
    return [
        CareLink(
            id=global_id("CareLink", each.resident_id, each.id),
            resident=resident_of(each.resident_id),
            kind=each.kind.value,
            kinship=each.kinship.value if each.kinship else None,
            categories=sorted(each.categories),
            actions=sorted(each.actions),
            valid_until=each.valid_until,
        )
        for each in relations
    ]


def session_of(tokens: Tokens) -> SignedIn:
    return SignedIn(
        session=Session(
            access_token=tokens.access_token,
            access_expires_at=tokens.access_expires_at,
            refresh_token=tokens.refresh_token,
            refresh_expires_at=tokens.refresh_expires_at,
            is_new_account=tokens.is_new,
        )
    )


def device_of(device: SignedInDevice) -> SignedInDeviceType:
    return SignedInDeviceType(
        id=global_id("SignedInDevice", device.session_id),
        name=device.name,
        platform=device.platform,
        provider=device.provider,
        created_at=device.created_at,
        last_used_at=device.last_used_at,
        current=device.current,
    )
