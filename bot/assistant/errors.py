"""What the assistant refuses with a code; a declined question is an answer, not an error."""

from __future__ import annotations

from backend.core.errors import Invalid, KangbanError


class ArchiveUnreadable(Invalid):
    code = "ASSISTANT_ARCHIVE_UNREADABLE"
    zh = "读不了档案文件 {file}：它应当是一个 FHIR R4 Bundle（JSON）。"
    en = "The archive file {file} cannot be read: it should be a FHIR R4 Bundle (JSON)."


class QuestionsUnreadable(Invalid):
    code = "ASSISTANT_QUESTIONS_UNREADABLE"
    zh = "读不了问题文件：第 {line} 行应当是带 question 的 JSON 对象。"
    en = "The questions file cannot be read: line {line} should be a JSON object with a question."


class Unsupported(KangbanError):
    """The verifier found something in an answer that no evidence carries."""

    status = 500
    code = "ASSISTANT_UNSUPPORTED"
    zh = "回答里有没有依据的内容，已拦下。"
    en = "The answer holds something without evidence and was held back."


class NowUnreadable(Invalid):
    code = "ASSISTANT_NOW_UNREADABLE"
    zh = "--now 应当是 ISO 8601 时间。"
    en = "--now should be an ISO 8601 time."
