"""What the archive refuses with."""

from __future__ import annotations

from backend.core.errors import Conflict, Forbidden, Invalid, NotFound


class EntryNotFound(NotFound):
    code = "ENTRY_NOT_FOUND"
    zh = "找不到这条档案记录。"
    en = "There is no such entry in the record."


class EntryWithdrawn(Conflict):
    code = "ENTRY_ENTERED_IN_ERROR"
    zh = "这条记录已标记为误录，请先恢复再修改。"
    en = "This entry is marked as entered in error; restore it before changing it."


class NotYourEntry(Forbidden):
    code = "NOT_YOUR_ENTRY"
    zh = "您只能修改自己录入的记录。"
    en = "You may only change what you recorded yourself."


class SectionMismatch(Invalid):
    code = "SECTION_MISMATCH"
    zh = "这条记录不属于该分类。"
    en = "This entry is of another section."


class ProfileIncomplete(Invalid):
    code = "PROFILE_INCOMPLETE"
    zh = "请填写姓名。"
    en = "A name is needed."


class ProfileMasked(Invalid):
    code = "PROFILE_MASKED"
    zh = "姓名、电话或证件号中有遮盖符号（*）。请先显示完整信息再修改。"
    en = "A name, phone or number is masked (*); reveal the profile before changing it."


class ResidentExists(Conflict):
    code = "OWN_RECORD_EXISTS"
    zh = "您已经有自己的健康档案了。"
    en = "You already have a health record of your own."


class SearchTooShort(Invalid):
    code = "SEARCH_EMPTY"
    zh = "请输入要查找的文字。"
    en = "Type what to search for."
