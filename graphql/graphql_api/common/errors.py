"""What GraphQL itself refuses with; the rooms have errors of their own."""

from __future__ import annotations

from backend.core.errors import Invalid, KangbanError, TooMuch


class Internal(KangbanError):
    """``id`` is a number to quote; the log has it beside the error's type and place."""

    code = "INTERNAL"
    zh = "服务出了问题，请稍后再试。如需帮助，请告知编号 {id}。"
    en = "Something went wrong here. If you need help, quote {id}."


class SyntaxInvalid(Invalid):
    """``detail`` is the parser's own text, in English."""

    code = "GRAPHQL_SYNTAX_INVALID"
    zh = "GraphQL 语法有误：{detail}"
    en = "This is not GraphQL: {detail}"


class OperationInvalid(Invalid):
    """``detail`` is the validator's own text, in English."""

    code = "GRAPHQL_INVALID"
    zh = "请求与接口定义不符：{detail}"
    en = "The operation does not fit the schema: {detail}"


class OperationMissing(Invalid):
    code = "OPERATION_MISSING"
    zh = "请求中没有 GraphQL 操作。"
    en = "The request holds no GraphQL operation."


class OperationUnknown(Invalid):
    code = "OPERATION_UNKNOWN"
    zh = "文档中没有这个名称的操作，或有多个操作而未指明名称。"
    en = "The document has no operation of this name, or several and none was named."


class VariablesInvalid(Invalid):
    """``detail`` names the variable and what is wrong with it, in English."""

    code = "VARIABLES_INVALID"
    zh = "变量与接口定义不符：{detail}"
    en = "The variables do not fit the operation: {detail}"


class VariablesTooDeep(TooMuch):
    code = "VARIABLES_TOO_DEEP"
    zh = "变量嵌套过深，最多 {limit} 层。"
    en = "The variables are nested too deeply: at most {limit} levels."


class OperationTooDeep(TooMuch):
    code = "OPERATION_TOO_DEEP"
    zh = "查询嵌套过深，最多 {limit} 层。"
    en = "The operation is nested too deeply: at most {limit} levels."


class TooManyAliases(TooMuch):
    code = "TOO_MANY_ALIASES"
    zh = "查询使用的别名过多，最多 {limit} 个。"
    en = "The operation uses too many aliases: at most {limit}."


class TooManyTokens(TooMuch):
    code = "TOO_MANY_TOKENS"
    zh = "查询过长，最多 {limit} 个词。"
    en = "The operation is too long: at most {limit} tokens."


class TooManyNodes(TooMuch):
    code = "TOO_MANY_NODES"
    zh = "一次查询的条目过多，最多 {limit} 条，请减少每页条数。"
    en = "The operation asks for too many nodes: at most {limit}; ask for smaller pages."


class RateLimited(TooMuch):
    """``retry_after``: seconds until this very operation can be afforded."""

    code = "RATE_LIMITED"
    zh = "请求过于频繁，请在 {retry_after} 秒后再试。"
    en = "Too many requests; try again in {retry_after} seconds."


class OperationTooCostly(TooMuch):
    """Dearer than the whole budget: waiting does not help."""

    code = "OPERATION_TOO_COSTLY"
    zh = "这个查询的开销为 {price}，超过上限 {limit}，请拆分后再试。"
    en = "This operation costs {price}, beyond the most allowed, {limit}; ask for less at once."


class TooManySubscriptions(TooMuch):
    code = "TOO_MANY_SUBSCRIPTIONS"
    zh = "同时打开的订阅过多，最多 {limit} 个。"
    en = "Too many subscriptions are open at once: at most {limit}."
