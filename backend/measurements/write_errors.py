"""Why a write is refused as a whole, or a reading cannot be changed."""

from __future__ import annotations

from backend.core.errors import Conflict, Forbidden, Invalid, NotFound


class BatchTooLarge(Invalid):
    code = "BATCH_TOO_LARGE"
    zh = "一次最多上传 {limit} 条记录，请分批上传。"
    en = "At most {limit} items a batch; send them in several."


class SourceIdReused(Conflict):
    code = "SOURCE_ID_REUSED"
    zh = "这个来源编号已有另一条记录；要修改它请使用更正。"
    en = "This source id belongs to another reading; to change that one, correct it."


class WritesCollide(Conflict):
    code = "WRITES_COLLIDE"
    zh = "同时有其他设备在上传，请稍后再试。"
    en = "Other devices are writing at this moment; try again shortly."


class ReadingNotFound(NotFound):
    code = "READING_NOT_FOUND"
    zh = "找不到这条测量记录。"
    en = "There is no such reading."


class ReadingWithdrawnAlready(Conflict):
    code = "READING_WITHDRAWN"
    zh = "这条测量记录已撤回。"
    en = "This reading was withdrawn."


class SameReadingExists(Conflict):
    code = "SAME_READING_EXISTS"
    zh = "同一时间已有一条相同的记录。"
    en = "The same reading exists at the same time already."


class NotYourReading(Forbidden):
    code = "NOT_YOUR_READING"
    zh = "您只能更正自己录入的记录。"
    en = "You may only correct what you recorded yourself."


class LimitInvalid(Invalid):
    code = "LIMIT_INVALID"
    zh = "这个目标范围无效，请检查项目、上下限和日期。"
    en = "This range is not valid; check the component, its ends and the dates."


class LimitNotFound(NotFound):
    code = "LIMIT_NOT_FOUND"
    zh = "找不到这个个人目标。"
    en = "There is no such personal limit."


class AlertNotFound(NotFound):
    code = "ALERT_NOT_FOUND"
    zh = "找不到这条提醒。"
    en = "There is no such alert."


class SnoozeInvalid(Invalid):
    code = "SNOOZE_INVALID"
    zh = "稍后提醒的时间须在现在之后、{days} 天以内。"
    en = "An alert can be snoozed until later than now and at most {days} days."


class TrendSpanInvalid(Invalid):
    code = "TREND_SPAN_INVALID"
    zh = "时间范围无效：结束须晚于开始，且最多 {limit} 个周期。"
    en = "This span is not valid: it ends after it begins and has at most {limit} periods."
