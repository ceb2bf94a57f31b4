"""Why a chat is not linked."""

from __future__ import annotations

from backend.core.errors import Invalid, TooMuch


class LinkCodeInvalid(Invalid):
    """Unknown, used, expired or another messenger's: a guesser is not told which."""

    code = "LINK_CODE_INVALID"
    zh = "绑定码无效或已过期，请在应用里重新获取。"
    en = "This code is not valid or has expired; get a new one in the app."


class LinkTriedTooOften(TooMuch):
    code = "LINK_TRIED_TOO_OFTEN"
    zh = "尝试次数太多，请{minutes}分钟后再试。"
    en = "Too many tries; please wait {minutes} minutes."
