"""Text that nobody can store: the same refusal whichever room it was meant for."""

from __future__ import annotations

from backend.core.errors import Invalid


class TextEmpty(Invalid):
    code = "TEXT_EMPTY"
    zh = "文字不能为空"
    en = "The text is empty"


class TextTooLong(Invalid):
    code = "TEXT_TOO_LONG"
    zh = "文字过长，最多 {limit} 个字"
    en = "The text is too long: at most {limit} characters"


class TextNullByte(Invalid):
    code = "TEXT_NULL_BYTE"
    zh = "文字中含有空字符（U+0000）"
    en = "The text holds a null character (U+0000)"


class TextLoneSurrogate(Invalid):
    code = "TEXT_LONE_SURROGATE"
    zh = "文字中含有不成对的代理字符，不是有效的 Unicode"
    en = "The text holds a lone surrogate, which is no Unicode character"
