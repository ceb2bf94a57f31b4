"""What identity refuses with.

Sign-in errors never say whether an account exists; token errors say exactly
what the client should do next (refresh, sign in again, call us).
"""

from __future__ import annotations

from backend.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooMuch,
    Unauthenticated,
    Unavailable,
)


class TokenMissing(Unauthenticated):
    code = "TOKEN_MISSING"
    zh = "请先登录。"
    en = "Please sign in."


class TokenExpired(Unauthenticated):
    code = "TOKEN_EXPIRED"
    zh = "登录凭证已过期，请刷新。"
    en = "The access token has expired; refresh it."


class TokenInvalid(Unauthenticated):
    code = "TOKEN_INVALID"
    zh = "登录凭证无效，请重新登录。"
    en = "The access token is not valid; sign in again."


class SessionEnded(Unauthenticated):
    """``reason`` is an ``EndReason``, or ``expired`` or ``unknown``."""

    code = "SESSION_ENDED"
    zh = "这台设备已退出登录，请重新登录。"
    en = "This device is signed out; sign in again."


class AccountSuspended(Unauthenticated):
    code = "ACCOUNT_SUSPENDED"
    zh = "账号已停用，请联系客服。"
    en = "This account is suspended; please contact support."


class RefreshTokenInvalid(Unauthenticated):
    code = "REFRESH_TOKEN_INVALID"
    zh = "刷新凭证无效，请重新登录。"
    en = "The refresh token is not valid; sign in again."


class RefreshTokenReused(Unauthenticated):
    code = "REFRESH_TOKEN_REUSED"
    zh = "这个刷新凭证已被用过。为了安全，这台设备已退出登录，请重新登录。"
    en = "This refresh token was used before. For safety this device is signed out; sign in again."


class SignInUnknown(Unauthenticated):
    code = "SIGN_IN_UNKNOWN"
    zh = "没有与此登录方式对应的账号。"
    en = "No account belongs to this sign-in."


class SignInTooOften(TooMuch):
    """``retry_after_seconds``: when the next attempt is heard."""

    code = "SIGN_IN_TOO_OFTEN"
    zh = "登录尝试次数过多，请在 {retry_after_seconds} 秒后再试。"
    en = "Too many attempts to sign in; try again in {retry_after_seconds} seconds."


class ProviderUnavailable(Invalid):
    """``provider`` is a ``ProviderName`` that this server is not set up for."""

    code = "SIGN_IN_PROVIDER_UNAVAILABLE"
    zh = "本服务没有开通 {provider} 登录方式。"
    en = "This server does not offer sign-in by {provider}."


class SignInTaken(Conflict):
    code = "SIGN_IN_TAKEN"
    zh = "这个登录方式已绑定另一个账号。"
    en = "This sign-in belongs to another account already."


class SignInNotLinkable(Invalid):
    code = "SIGN_IN_NOT_LINKABLE"
    zh = "{provider} 登录方式不能绑定到已有账号。"
    en = "A sign-in by {provider} cannot be linked to an account."


class SessionNotFound(NotFound):
    code = "SESSION_NOT_FOUND"
    zh = "找不到这台设备的登录记录。"
    en = "There is no such signed-in device."


class AccountNotFound(NotFound):
    code = "ACCOUNT_NOT_FOUND"
    zh = "找不到这个账号。"
    en = "There is no such account."


class OperatorRequired(Forbidden):
    code = "OPERATOR_REQUIRED"
    zh = "只有运营人员可以进行这个操作。"
    en = "Only operators may do this."


class RolesUnfit(Invalid):
    """``roles`` that an account of this kind cannot have."""

    code = "ROLES_UNFIT"
    zh = "这类账号不能拥有这些角色：{roles}"
    en = "An account of this kind cannot have these roles: {roles}"


class DisplayNameUnfit(Invalid):
    code = "DISPLAY_NAME_UNFIT"
    zh = "名称须为 1 到 {limit} 个字，且不含控制字符。"
    en = "A name has 1 to {limit} characters, none of them control characters."


class DemoUnavailable(Unavailable):
    code = "DEMO_UNAVAILABLE"
    zh = "演示登录未开启。"
    en = "The demo sign-in does not exist here."
