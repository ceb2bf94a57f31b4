"""What a client may hear of care plans."""

from __future__ import annotations

from backend.core.errors import Conflict, Invalid, NotFound


class CarePlanNotFound(NotFound):
    code = "CARE_PLAN_NOT_FOUND"
    zh = "没有这份健康计划。"
    en = "There is no such care plan."


class CarePlanChanged(Conflict):
    code = "CARE_PLAN_CHANGED"
    zh = "这份健康计划刚被改过，请刷新后重试。"
    en = "This care plan was changed meanwhile; load it again."


class CarePlanNotOpen(Conflict):
    """Confirmed twice, ticked after its end, paused while proposed …"""

    code = "CARE_PLAN_STATE"
    zh = "这份健康计划现在不能这样操作（当前状态：{state}）。"
    en = "This cannot be done with a care plan that is {state}."


class CarePlanInvalid(Invalid):
    code = "CARE_PLAN_INVALID"
    zh = "健康计划内容有误：{field}。"
    en = "This care plan is not valid: {field}."


class PathwayFileInvalid(ValueError):
    """A data file with a mistake: nothing starts with it."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason
