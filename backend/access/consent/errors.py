"""What consent refuses with. ``purpose`` and ``state`` are codes, never words of a record."""

from __future__ import annotations

from backend.core.errors import Conflict, Forbidden, Invalid


class ConsentMissing(Forbidden):
    """``state``: missing, withdrawn or outdated."""

    code = "CONSENT_MISSING"
    zh = "本人（或监护人）尚未同意这项用途，或已撤回同意（{purpose}），因此不能继续。"
    en = "There is no consent to this ({purpose}), or it was withdrawn, so this cannot go on."


class ConsentNotYours(Forbidden):
    code = "CONSENT_NOT_YOURS"
    zh = "只有本人或监护人可以同意或撤回同意。"
    en = "Only the person themselves or their guardian may give or withdraw consent."


class ConsentGuardianNeeded(Forbidden):
    """PIPL Art. 31: below 14 the guardian's consent, and only theirs, counts."""

    code = "CONSENT_GUARDIAN_NEEDED"
    zh = "未满 {age} 周岁，须由监护人同意。"
    en = "Below the age of {age} a guardian has to consent."


class NoticeOutdated(Conflict):
    """``version`` is the one to be shown now."""

    code = "NOTICE_OUTDATED"
    zh = "这份告知书已更新，请阅读新版本（{version}）后再同意。"
    en = "This notice was renewed; show version {version} and ask again."


class NoticeUnknown(Invalid):
    code = "NOTICE_UNKNOWN"
    zh = "没有这个版本的告知书。"
    en = "There is no such version of the notice."
