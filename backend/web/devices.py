"""Meters with their own 4G card: each upload signed with the meter's own key."""

from __future__ import annotations

from typing import Any

from litestar import Request, post

from backend.measurements.meter_upload import ItemAnswer, SignedUpload
from backend.services import Services

PATH = "/devices/v1/readings"
_LARGEST_BODY = 64 * 1024
_HEADER = "x-kangban-"


def device_routes(services: Services) -> list[Any]:
    """``POST /devices/v1/readings``."""

    @post(PATH, status_code=200, request_max_body_size=_LARGEST_BODY)
    async def readings(request: Request[Any, Any, Any]) -> dict[str, Any]:
        """Each reading's outcome, by its place in the upload."""
        upload = await _signed(request)
        answers = await services.meter_uploads.take(upload)
        return {"counter": upload.number, "readings": [_as_json(each) for each in answers]}

    return [readings]


async def _signed(request: Request[Any, Any, Any]) -> SignedUpload:
    def header(name: str) -> str:
        return str(request.headers.get(_HEADER + name, ""))

    return SignedUpload(
        method=request.method,
        path=request.scope["path"],
        serial=header("serial"),
        counter=header("counter"),
        timestamp=header("timestamp"),
        signature=header("signature"),
        body=await request.body(),
    )


def _as_json(answer: ItemAnswer) -> dict[str, Any]:
    error = answer.outcome.error
    return {
        "position": answer.position,
        "outcome": answer.outcome.outcome.value,
        "error": {"code": error.code, "message": error.message("zh")} if error else None,
    }
