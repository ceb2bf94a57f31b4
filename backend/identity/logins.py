"""What staff type to say who they are: a user name or a phone number."""

from __future__ import annotations

import re
import unicodedata

from backend.core.errors import Invalid

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,31}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164
_PHONE_LIKE = re.compile(r"\+?[0-9][0-9 -]*")
_MAINLAND = re.compile(r"1[3-9][0-9]{9}")
_LONGEST = 64


class UsernameUnfit(Invalid):
    code = "USERNAME_UNFIT"
    zh = "用户名须为 3 到 32 个小写字母、数字、点、横线或下划线，并以字母开头。"
    en = "A user name has 3 to 32 letters, digits, dots, dashes or underscores, a letter first."


class PhoneUnfit(Invalid):
    code = "PHONE_UNFIT"
    zh = "手机号码格式不对，例如 13800138000 或 +85251234567。"
    en = "This is no phone number; write it like 13800138000 or +85251234567."


def normal_username(text: str) -> str:
    """Raises ``UsernameUnfit``."""
    name = normal_login(text)
    if not _USERNAME.fullmatch(name):
        raise UsernameUnfit
    return name


def normal_phone(text: str) -> str:
    """E.164; a mainland mobile number gets its +86. Raises ``PhoneUnfit``."""
    phone = normal_login(text)
    if not _PHONE.fullmatch(phone):
        raise PhoneUnfit
    return phone


def normal_login(text: str) -> str:
    """As it is looked up: letter case, width, spaces and +86 do not matter."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).strip().casefold()
    if not _PHONE_LIKE.fullmatch(plain):
        return plain
    digits = plain.replace(" ", "").replace("-", "")
    return f"+86{digits}" if _MAINLAND.fullmatch(digits) else digits
