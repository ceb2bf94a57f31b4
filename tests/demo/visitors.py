"""Whoever signs in to the demo."""

from __future__ import annotations

from bson import ObjectId

from backend.access.relations import RelationKind
from backend.identity.providers.demo import DemoName
from backend.identity.sessions import Device
from backend.identity.viewer import Channel, Language, Viewer
from backend.services import Services


async def viewer_of(services: Services, login: str) -> Viewer:
    tokens = await services.identity.sign_in(DemoName(login), Device())
    return await services.identity.viewer_from_token(tokens.access_token, Channel.APP, Language.ZH)


async def resident_of(services: Services, viewer: Viewer, kind: RelationKind) -> ObjectId:
    found = [each for each in await services.access.relations(viewer) if each.kind is kind]
    assert len(found) == 1
    return found[0].resident_id
