"""What the questionnaires' room refuses with. Items are named by their ids, never answers."""

from __future__ import annotations

from backend.core.errors import Conflict, Invalid, NotFound


class QuestionnaireUnknown(NotFound):
    code = "QUESTIONNAIRE_UNKNOWN"
    zh = "没有这份问卷。"
    en = "There is no such questionnaire."


class QuestionnaireResponseNotFound(NotFound):
    code = "QUESTIONNAIRE_RESPONSE_NOT_FOUND"
    zh = "找不到这份答卷。"
    en = "There is no such filled-in questionnaire."


class QuestionnaireNotForPerson(Conflict):
    """By age or sex."""

    code = "QUESTIONNAIRE_NOT_FOR_PERSON"
    zh = "这份问卷不适用于此人的年龄或性别。"
    en = "This questionnaire is not for this person's age or sex."


class QuestionnaireVersionMismatch(Conflict):
    code = "QUESTIONNAIRE_VERSION_MISMATCH"
    zh = "这份答卷属于问卷的另一版本，请按版本 {version} 填写。"
    en = "These answers are for another version of the questionnaire; use version {version}."


class QuestionnaireSettled(Conflict):
    """Completed, stopped or withdrawn: answered twice."""

    code = "QUESTIONNAIRE_SETTLED"
    zh = "这份答卷已经提交，如需再填请新开一份。"
    en = "These answers were handed in already; start a new one to answer again."


class QuestionUnknown(Invalid):
    code = "QUESTION_UNKNOWN"
    zh = "问卷中没有题目 {item}。"
    en = "The questionnaire has no question {item}."


class QuestionNotAsked(Invalid):
    """Hidden by sex, age or an earlier answer."""

    code = "QUESTION_NOT_ASKED"
    zh = "按照年龄、性别或前面的回答，不需要回答题目 {item}。"
    en = "Question {item} is not asked, by age, sex or earlier answers."


class AnswerTwice(Invalid):
    code = "ANSWER_TWICE"
    zh = "题目 {item} 有两个回答。"
    en = "Question {item} has two answers."


class AnswerOutOfRange(Invalid):
    code = "ANSWER_OUT_OF_RANGE"
    zh = "题目 {item} 的回答不在可选范围内。"
    en = "The answer to question {item} is not one that it takes."


class AnswersMissing(Invalid):
    code = "ANSWERS_MISSING"
    zh = "还有题目没有回答：{items}。"
    en = "Some questions are not answered yet: {items}."
