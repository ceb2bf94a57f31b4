"""What the web refuses with before anything of ours is asked."""

from __future__ import annotations

from backend.core.errors import Invalid, KangbanError, NotFound, TooMuch


class RequestInvalid(Invalid):
    code = "REQUEST_INVALID"
    zh = "请求无效：{detail}"
    en = "This request is not valid: {detail}"


class JsonInvalid(Invalid):
    """Broken, NaN or Infinity, half a surrogate pair, or nested beyond 1,024 levels."""

    code = "JSON_INVALID"
    zh = "请求内容不是有效的 JSON。"
    en = "The body is not valid JSON."


class ContentTypeUnsupported(Invalid):
    code = "CONTENT_TYPE_UNSUPPORTED"
    status = 415
    zh = "不支持这种内容类型，请使用 application/json。"
    en = "This content type is not supported; send application/json."


class MethodNotAllowed(Invalid):
    code = "METHOD_NOT_ALLOWED"
    status = 405
    zh = "这里不允许使用这种请求方法。"
    en = "This method is not allowed here."


class RouteNotFound(NotFound):
    code = "ROUTE_NOT_FOUND"
    zh = "没有这个地址。"
    en = "There is no such address."


class BodyTooLarge(TooMuch):
    code = "BODY_TOO_LARGE"
    status = 413
    zh = "请求内容过大，请分批发送。"
    en = "The body is too large; send it in parts."


BY_STATUS: dict[int, type[KangbanError]] = {
    404: RouteNotFound,
    405: MethodNotAllowed,
    413: BodyTooLarge,
    415: ContentTypeUnsupported,
}
"""Litestar's refusals that have a code of their own."""
