"""What the family doctor's room refuses with."""

from __future__ import annotations

from backend.core.errors import Conflict, Invalid, NotFound


class TicketNotFound(NotFound):
    code = "TICKET_NOT_FOUND"
    zh = "找不到这条咨询。"
    en = "There is no such question to the doctor."


class TicketTaken(Conflict):
    code = "TICKET_TAKEN"
    zh = "这条咨询已由另一位医生处理。"
    en = "Another doctor has taken this question."


class TicketNotYours(Conflict):
    """Answering needs a claim that still holds."""

    code = "TICKET_NOT_YOURS"
    zh = "请先接手这条咨询；接手已过期的，请重新接手。"
    en = "Claim this question first; a claim that ran out has to be made again."


class TicketSettled(Conflict):
    code = "TICKET_SETTLED"
    zh = "这条咨询已经结束。"
    en = "This question is settled already."


class TicketWaitsForNoReply(Conflict):
    code = "TICKET_WAITS_FOR_NO_REPLY"
    zh = "医生没有等待您的补充。"
    en = "The doctor did not ask back."


class TicketTextUnfit(Invalid):
    code = "TICKET_TEXT_UNFIT"
    zh = "文字须为 1 到 {limit} 个字符。"
    en = "A text has 1 to {limit} characters."


class FollowUpUnfit(Invalid):
    code = "FOLLOW_UP_UNFIT"
    zh = "随访日期须在今后 {limit} 天以内。"
    en = "A follow-up lies within the next {limit} days."


class PanelConditionUnknown(Invalid):
    code = "PANEL_CONDITION_UNKNOWN"
    zh = "没有这种疾病的筛选。可以筛选：{known}。"
    en = "The panel cannot be filtered by this condition. It can be by: {known}."
