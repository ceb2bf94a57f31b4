"""What the assistant as a service refuses with."""

from __future__ import annotations

from backend.core.errors import Invalid, NotFound, TooMuch


class QuestionUnfit(Invalid):
    code = "QUESTION_UNFIT"
    zh = "问题须为 1 到 {limit} 个字符。"
    en = "A question has 1 to {limit} characters."


class ConversationNotFound(NotFound):
    code = "CONVERSATION_NOT_FOUND"
    zh = "找不到这段对话。"
    en = "There is no such conversation."


class TurnNotFound(NotFound):
    code = "TURN_NOT_FOUND"
    zh = "找不到这条回答。"
    en = "There is no such answer."


class RatingUnfit(Invalid):
    code = "RATING_UNFIT"
    zh = "这条回答没有第 {citation} 条依据。"
    en = "This answer has no citation number {citation}."


class DailyQuestionsReached(TooMuch):
    """Red flags are answered all the same."""

    code = "DAILY_QUESTIONS_REACHED"
    zh = "今天已经问了 {limit} 个问题，请明天再问。如有急事请拨打 120 或联系家庭医生。"
    en = "{limit} questions were asked today; go on tomorrow. In an emergency call 120."
