"""What reports refuse with. A file's own faults are those of ``ocr``, under its codes."""

from __future__ import annotations

from typing import Any

from backend.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    KangbanError,
    NotFound,
    TooMuch,
    Unavailable,
)
from ocr import errors as ocr_errors
from ocr.errors import OcrError


class ReportNotFound(NotFound):
    code = "REPORT_NOT_FOUND"
    zh = "找不到这份报告。"
    en = "There is no such report."


class ReportPageNotFound(NotFound):
    code = "REPORT_PAGE_NOT_FOUND"
    zh = "这份报告没有第 {page} 页。"
    en = "This report has no page {page}."


class ReportItemNotFound(NotFound):
    code = "REPORT_ITEM_NOT_FOUND"
    zh = "报告里没有这一项。"
    en = "The report has no such item."


class CorrectionNotFound(NotFound):
    code = "REPORT_CORRECTION_NOT_FOUND"
    zh = "找不到这次修改，或它已经撤销。"
    en = "There is no such correction, or it was undone already."


class ResultAlertNotFound(NotFound):
    code = "RESULT_ALERT_NOT_FOUND"
    zh = "找不到这条报告提醒。"
    en = "There is no such alert of a report."


class NotYourReport(Forbidden):
    code = "NOT_YOUR_REPORT"
    zh = "您只能修改自己上传的报告。"
    en = "You may only change a report that you uploaded yourself."


class ReportNotInState(Conflict):
    """``state`` is the one it is in."""

    code = "REPORT_NOT_IN_STATE"
    zh = "这份报告现在不能这样做：它已经处理过了，或者还在处理。"
    en = "This cannot be done to the report now: it was dealt with already, or still is."


class PageOrderWrong(Invalid):
    code = "REPORT_PAGE_ORDER_WRONG"
    zh = "页码顺序不对：每一页须恰好出现一次，同一个 PDF 的页不能拆开。"
    en = "This order is not possible: every page once, and a PDF's pages stay together."


class ReportPatientDiffers(Conflict):
    code = "REPORT_PATIENT_DIFFERS"
    zh = "报告上的姓名与档案不同，这是谁的报告？确认是本人的再提交。"
    en = "The name on the paper is not the record's. Whose report is this? Confirm it to go on."


class ReportUncertain(Conflict):
    """``items`` are the ids of what is marked and was not looked at."""

    code = "REPORT_UNCERTAIN"
    zh = "还有 {count} 项拿不准，请对照照片核对后再确认。"
    en = "{count} items are uncertain; compare them with the photo before confirming."


class ReportNothingRead(Invalid):
    """``advice``: no_text, blurred, glare, dark, too_far."""

    code = "REPORT_NOTHING_READ"
    zh = "没有认出文字，请在光线充足处把整页拍清楚再传一次。"
    en = "No text was found. Take the photo again: the whole page, sharp, in good light."


class ValueUnreadable(Invalid):
    code = "REPORT_VALUE_INVALID"
    zh = "请填写这一项的结果。"
    en = "Give the item's result."


class TooManyFiles(TooMuch):
    code = "REPORT_TOO_MANY_FILES"
    status = 413
    zh = "一次最多上传 {limit} 个文件。"
    en = "At most {limit} files at once."


class NoFile(Invalid):
    code = "REPORT_NO_FILE"
    zh = "没有收到文件。"
    en = "No file was sent."


class UploadTooLarge(TooMuch):
    code = "REPORT_UPLOAD_TOO_LARGE"
    status = 413
    zh = "文件太大，最多 {limit_mb} MB。"
    en = "The upload is too large: at most {limit_mb} MB."


class UploadNotFound(NotFound):
    code = "UPLOAD_NOT_FOUND"
    zh = "找不到这次上传，可能已过期，请重新上传。"
    en = "There is no such upload; it may have expired. Start it again."


class UploadOffsetWrong(Conflict):
    """``offset`` is how many bytes are here."""

    code = "UPLOAD_OFFSET_WRONG"
    zh = "续传的位置不对，已收到 {offset} 字节。"
    en = "The upload goes on at byte {offset}."


class UploadHeaderWrong(Invalid):
    """``header`` is the one that is missing or malformed."""

    code = "UPLOAD_HEADER_WRONG"
    zh = "上传请求缺少或写错了 {header}。"
    en = "The header {header} is missing or malformed."


class UploadVersionWrong(Invalid):
    code = "UPLOAD_VERSION_WRONG"
    status = 412
    zh = "只支持 tus {version}。"
    en = "Only tus {version} is spoken here."


class TooManyUploads(TooMuch):
    code = "TOO_MANY_UPLOADS"
    zh = "未完成的上传过多，最多 {limit} 个，请先完成或取消。"
    en = "Too many uploads are unfinished (at most {limit}); finish or cancel some."


class CodeUnknown(Invalid):
    code = "LAB_CODE_UNKNOWN"
    zh = "不认识这个检验项目编码。"
    en = "This laboratory code is not known."


_STATUS = {
    "OCR_FILE_TOO_LARGE": 413,
    "OCR_TOO_MANY_PAGES": 413,
    "OCR_TOO_MANY_PIXELS": 413,
    "OCR_FORMAT_UNSUPPORTED": 415,
}
_OURS = {"OCR_FAILED", "OCR_ENGINE_UNKNOWN", "OCR_ENGINE_MISSING", "OCR_TIMED_OUT",
         "OCR_WORKER_LOST"}  # fmt: skip


def _told(error: type[OcrError]) -> type[KangbanError]:
    """The library's error in our catalogue, under its own code and words."""
    family = Unavailable if error.code in _OURS else Invalid
    fields: dict[str, Any] = {"code": error.code, "zh": error.zh, "en": error.en}
    if error.code in _STATUS:
        fields["status"] = _STATUS[error.code]
    return type(error.__name__, (family,), fields)


FILE_ERRORS: dict[str, type[KangbanError]] = {
    each.code: _told(each)
    for each in vars(ocr_errors).values()
    if isinstance(each, type) and issubclass(each, OcrError)
}


def told(error: OcrError) -> KangbanError:
    """The library's error as one that a client may see."""
    return FILE_ERRORS[error.code](**error.data)
