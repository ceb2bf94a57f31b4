"""What several of this room's tests do or look at."""

from __future__ import annotations

from bson import ObjectId

from backend.core.database import Raw, Store
from backend.identity.providers.wechat import WeChatCode
from backend.identity.service import IdentityService, Tokens
from backend.identity.sessions import Device, Platform
from backend.identity.viewer import Channel, Language, Role, Viewer
from tests.identity.wechat_server import WeChatServer

PHONE = Device(name="张建国的 iPhone", platform=Platform.WECHAT_MINI_PROGRAM)
TABLET = Device(name="平板", platform=Platform.ANDROID)
CONSOLE = Viewer(account_id=ObjectId(), roles=frozenset({Role.OPERATOR}), channel=Channel.CONSOLE)
PASSWORD = "高血压随访-2026-康伴站"
STAFF = frozenset({Role.FAMILY_DOCTOR})

IDENTITY_COLLECTIONS = (
    "accounts",
    "data_keys",
    "institution_clients",
    "sessions",
    "sign_ins",
    "staff_secrets",
)


async def everything(store: Store) -> dict[str, list[Raw]]:
    """All rows of the room but the attempts', to assert that nothing else happened."""
    return {
        name: await store.db[name].find().sort("_id").to_list() for name in IDENTITY_COLLECTIONS
    }


async def a_resident_signs_in(
    identity: IdentityService, wechat: WeChatServer, device: Device = PHONE, openid: str = "o-zhang"
) -> Tokens:
    code = f"code-{ObjectId()}"
    wechat.user(code, openid)
    return await identity.sign_in(WeChatCode(code), device)


async def viewer_of(identity: IdentityService, tokens: Tokens) -> Viewer:
    return await identity.viewer_from_token(tokens.access_token, Channel.APP, Language.ZH)
