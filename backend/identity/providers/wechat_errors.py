"""What WeChat refuses with, by its errcode (source: code2Session's table and 全局错误码)."""

from __future__ import annotations

from backend.core.errors import Forbidden, KangbanError, TooMuch, Unauthenticated, Unavailable


class WeChatCodeInvalid(Unauthenticated):
    code = "WECHAT_CODE_INVALID"
    zh = "微信登录凭证无效或已过期，请重新打开小程序登录。"
    en = "The WeChat code is not valid or has expired; sign in again from the mini-program."


class WeChatCodeUsed(Unauthenticated):
    code = "WECHAT_CODE_USED"
    zh = "微信登录凭证已被使用，请重新登录。"
    en = "This WeChat code was used before; sign in again."


class WeChatUserBlocked(Forbidden):
    code = "WECHAT_USER_BLOCKED"
    zh = "微信认为这个账号有风险，暂时不能登录。"
    en = "WeChat blocks this user as high-risk; signing in is not possible now."


class WeChatRateLimited(TooMuch):
    code = "WECHAT_RATE_LIMITED"
    zh = "微信登录过于频繁，请一分钟后再试。"
    en = "WeChat refuses so many sign-ins; try again in a minute."


class WeChatBusy(Unavailable):
    code = "WECHAT_BUSY"
    zh = "微信系统繁忙，请稍后再试。"
    en = "WeChat is busy; try again shortly."


class WeChatMisconfigured(Unavailable):
    """``errcode`` says what: 40013 AppID, 40125 or 41004 AppSecret, 40164 address not allowed."""

    code = "WECHAT_MISCONFIGURED"
    zh = "微信登录没有配置好，请联系客服（错误 {errcode}）。"
    en = "WeChat sign-in is not set up correctly; please contact support (error {errcode})."


class WeChatUnreachable(Unavailable):
    code = "WECHAT_UNREACHABLE"
    zh = "连接不上微信，请稍后再试。"
    en = "WeChat does not answer; try again shortly."


class WeChatAnswerUnreadable(Unavailable):
    code = "WECHAT_ANSWER_UNREADABLE"
    zh = "微信的回复无法识别，请稍后再试。"
    en = "WeChat's answer cannot be understood; try again shortly."


ERRORS: dict[int | None, type[KangbanError]] = {
    -1: WeChatBusy,
    40029: WeChatCodeInvalid,
    41008: WeChatCodeInvalid,
    40163: WeChatCodeUsed,
    40226: WeChatUserBlocked,
    45011: WeChatRateLimited,
    45009: WeChatRateLimited,
    40013: WeChatMisconfigured,
    40125: WeChatMisconfigured,
    40164: WeChatMisconfigured,
    41002: WeChatMisconfigured,
    41004: WeChatMisconfigured,
}
