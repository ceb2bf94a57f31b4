"""What a client may hear of reminders."""

from __future__ import annotations

from backend.core.errors import Conflict, Invalid, NotFound, TooMuch


class ReminderNotFound(NotFound):
    code = "REMINDER_NOT_FOUND"
    zh = "没有这条提醒。"
    en = "There is no such reminder."


class ReminderInvalid(Invalid):
    code = "REMINDER_INVALID"
    zh = "提醒内容有误：{field}。"
    en = "This reminder is not valid: {field}."


class ReminderRuleInvalid(Invalid):
    code = "REMINDER_RULE_INVALID"
    zh = "重复规则有误：{reason}。"
    en = "This recurrence rule is not valid: {reason}."


class ReminderNeverDue(Invalid):
    code = "REMINDER_NEVER_DUE"
    zh = "按这个规则，提醒不会再出现。"
    en = "By this rule the reminder never falls due."


class ReminderChanged(Conflict):
    code = "REMINDER_CHANGED"
    zh = "这条提醒刚被改过，请刷新后重试。"
    en = "This reminder was changed meanwhile; load it again."


class RemindersTooMany(TooMuch):
    code = "REMINDERS_TOO_MANY"
    zh = "最多可设 {limit} 条提醒。"
    en = "There can be {limit} reminders at most."


class OccurrenceSettled(Conflict):
    code = "REMINDER_OCCURRENCE_SETTLED"
    zh = "这次提醒已过答复期限。"
    en = "This one can no longer be answered."


class ReminderSnoozeInvalid(Invalid):
    code = "REMINDER_SNOOZE_INVALID"
    zh = "稍后提醒须在 {shortest} 到 {longest} 分钟之间。"
    en = "Later is from {shortest} to {longest} minutes."


class ScheduleUnclear(Invalid):
    code = "MEDICATION_SCHEDULE_UNCLEAR"
    zh = "这条用药没有写明何时服用，请自己选择时间。"
    en = "This medication does not say when it is taken; choose the times yourself."
