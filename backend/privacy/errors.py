"""What this room refuses with."""

from __future__ import annotations

from backend.core.errors import Conflict, Forbidden, NotFound


class RightNotYours(Forbidden):
    code = "RIGHT_NOT_YOURS"
    zh = "只有本人或监护人可以下载全部资料、申请更正或注销。"
    en = "Only the person themselves or their guardian may download, have corrected or delete."


class DownloadNotFound(NotFound):
    code = "DOWNLOAD_NOT_FOUND"
    zh = "找不到这次下载，请重新申请。"
    en = "There is no such download; ask for a new one."


class DownloadNotReady(Conflict):
    """``state``: queued or running."""

    code = "DOWNLOAD_NOT_READY"
    zh = "资料还在整理中，请稍后再试。"
    en = "The download is still being put together; try again later."


class DownloadExpired(Conflict):
    code = "DOWNLOAD_EXPIRED"
    zh = "这次下载已过期并删除，请重新申请。"
    en = "This download has expired and was deleted; ask for a new one."


class DeletionNotFound(NotFound):
    code = "DELETION_NOT_FOUND"
    zh = "没有正在等待的注销申请。"
    en = "No deletion is waiting."


class DeletionBegun(Conflict):
    code = "DELETION_BEGUN"
    zh = "冷静期已过，注销已经开始，不能再取消。"
    en = "The cooling-off period is over and the deletion has begun; it cannot be cancelled."


class CorrectionNotFound(NotFound):
    code = "CORRECTION_NOT_FOUND"
    zh = "找不到这条更正申请。"
    en = "There is no such request for correction."


class CorrectionAnswered(Conflict):
    code = "CORRECTION_ANSWERED"
    zh = "这条更正申请已经答复过了。"
    en = "This request for correction was answered already."


class CorrectionYours(Conflict):
    code = "CORRECTION_YOURS"
    zh = "这条记录您可以自己修改，不需要申请。"
    en = "You can correct this yourself; no request is needed."


class RollbackNotFound(NotFound):
    code = "ROLLBACK_NOT_FOUND"
    zh = "找不到这条回退申请。"
    en = "There is no such request to roll back."


class RollbackTooLate(Conflict):
    code = "ROLLBACK_TOO_LATE"
    zh = "只能回退最近 {days} 天内的修改。"
    en = "Only changes of the last {days} days can be rolled back."


class RollbackNotStaffs(Conflict):
    code = "ROLLBACK_NOT_STAFFS"
    zh = "这次修改不是工作人员所做，不能回退。"
    en = "This change was not made by staff and cannot be rolled back."


class RollbackClosed(Conflict):
    code = "ROLLBACK_CLOSED"
    zh = "这条回退申请已经处理过了。"
    en = "This request to roll back was dealt with already."


class RollbackSecondNeeded(Forbidden):
    code = "ROLLBACK_SECOND_NEEDED"
    zh = "须由另一位工作人员确认，不能自己确认自己的申请。"
    en = "Another member of staff has to confirm; nobody confirms their own request."


class RollbackChangedSince(Conflict):
    """``version`` is the stored one; it has to be named to confirm anew."""

    code = "ROLLBACK_CHANGED_SINCE"
    zh = "申请之后这条记录又被修改（现为第 {version} 版）。请核对后重新确认。"
    en = "The entry was changed since (now version {version}); look again and confirm anew."
