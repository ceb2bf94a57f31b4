"""What content is refused with."""

from __future__ import annotations

from backend.core.errors import Conflict, Invalid, NotFound, TooMuch, Unavailable


class ContentInvalid(Unavailable):
    code = "CONTENT_INVALID"
    zh = "内容文件 {file} 第 {line} 行有误：{reason}"
    en = "The content file {file} is wrong at line {line}: {reason}"


class ArticleNotFound(NotFound):
    code = "ARTICLE_NOT_FOUND"
    zh = "找不到这篇内容。"
    en = "There is no such article."


class TopicUnknown(Invalid):
    code = "TOPIC_UNKNOWN"
    zh = "没有这个主题：{topic}"
    en = "There is no such topic: {topic}"


class ArticleNotOpened(Conflict):
    code = "ARTICLE_NOT_OPENED"
    zh = "请先打开这篇文章。"
    en = "Open this article first."


class ArticleReadTooFast(Conflict):
    code = "ARTICLE_READ_TOO_FAST"
    zh = "读得太快了，请再看看：这篇大约要读 {seconds} 秒以上。"
    en = "That was too quick: this takes {seconds} seconds at least."


class ArticleNotToTheEnd(Conflict):
    code = "ARTICLE_NOT_TO_THE_END"
    zh = "还没有读到结尾，请往下翻完。"
    en = "The end has not been reached; please scroll on."


class ReadingReportInvalid(Invalid):
    code = "READING_REPORT_INVALID"
    zh = "阅读时长或进度不对：{field}"
    en = "This reading time or progress is not possible: {field}"


class ArticleNotRead(Conflict):
    code = "ARTICLE_NOT_READ"
    zh = "请先读完文章，再答小测验。"
    en = "Read the article before its quiz."


class QuizAnswersInvalid(Invalid):
    code = "QUIZ_ANSWERS_INVALID"
    zh = "请每题选一个答案：共 {questions} 题。"
    en = "Choose one answer for each of the {questions} questions."


class QuizAttemptsSpent(TooMuch):
    code = "QUIZ_ATTEMPTS_SPENT"
    zh = "今天已经答了 {limit} 次，请明天再试。"
    en = "This quiz was tried {limit} times today; try again tomorrow."


class FigureSpanInvalid(Invalid):
    code = "FIGURE_SPAN_INVALID"
    zh = "统计时段须为 1 到 {limit} 天。"
    en = "Figures are for 1 to {limit} days."
