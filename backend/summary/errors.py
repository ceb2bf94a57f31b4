"""What the summary refuses with."""

from __future__ import annotations

from backend.core.errors import Invalid, NotFound, Unavailable


class SummarySinceInvalid(Invalid):
    code = "SUMMARY_SINCE_INVALID"
    zh = "起始日期须在过去 {days} 天之内。"
    en = "The summary begins within the last {days} days."


class SummaryUnknown(NotFound):
    code = "SUMMARY_UNKNOWN"
    zh = "没有这种格式的摘要。"
    en = "There is no summary of this form."


class SummaryFontMissing(Unavailable):
    code = "SUMMARY_FONT_MISSING"
    zh = "服务器没有安装中文字体，暂不能生成 PDF；请打开网页版。"
    en = "The server has no Chinese font for a PDF; open the web page instead."
