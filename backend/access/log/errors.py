"""What the log of who looked refuses with."""

from __future__ import annotations

from backend.core.errors import Conflict, NotFound, Unavailable


class LogUnavailable(Unavailable):
    """What cannot be noted is not shown."""

    code = "LOG_UNAVAILABLE"
    zh = "访问记录暂时无法写入，为保护您的隐私，本次请求未作答复。请稍后再试。"
    en = "The access log cannot be written, so nothing is shown. Please try again later."


class GateSkipped(RuntimeError):
    """Our own fault: a resident's data was read without asking ``Access``. Shows as INTERNAL."""


class AccessEntryNotFound(NotFound):
    code = "ACCESS_ENTRY_NOT_FOUND"
    zh = "没有找到这条访问记录。"
    en = "There is no such entry in the access log."


class AccessReportNotFound(NotFound):
    code = "ACCESS_REPORT_NOT_FOUND"
    zh = "没有找到这条举报。"
    en = "There is no such report."


class AccessEntryReportedAlready(Conflict):
    code = "ACCESS_ENTRY_REPORTED_ALREADY"
    zh = "这条访问记录已经举报过了，我们正在核实。"
    en = "This entry was reported already; we are looking into it."


class AccessReportAnsweredAlready(Conflict):
    code = "ACCESS_REPORT_ANSWERED_ALREADY"
    zh = "这条举报已经答复过了。"
    en = "This report was answered already."
