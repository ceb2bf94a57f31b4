"""Photos of devices over HTTP: the body is the photo, the answer a reading to confirm."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from litestar import Request, post
from litestar.params import FromPath, FromQuery

from backend.measurements.draft import Kind
from backend.measurements.picture.errors import PictureKindUnfit, PictureTooLarge
from backend.measurements.picture.limits import BYTES, MEGABYTES
from backend.measurements.picture.pictures import Proposal
from backend.services import Services
from backend.web.addresses import resident_in
from backend.web.viewers import viewer_of


def picture_routes(services: Services) -> list[Any]:
    """``POST /pictures/{resident}/reading?kind=BLOOD_PRESSURE``; without ``kind`` it is told."""

    @post("/pictures/{resident:str}/reading", status_code=200, request_max_body_size=None)
    async def propose(
        request: Request[Any, Any, Any], resident: FromPath[str], kind: FromQuery[str] = ""
    ) -> dict[str, Any]:
        viewer, resident_id = await viewer_of(request, services), resident_in(resident)
        wanted = _kind_in(kind)
        await services.pictures.require(viewer, resident_id, wanted)
        data = await _received(request)
        # What the viewer may do is asked anew: a photo can take long to arrive.
        proposal = await services.pictures.read(replace(viewer, memo={}), resident_id, data, wanted)
        return _json(proposal)

    return [propose]


def _kind_in(text: str) -> Kind | None:
    if not text:
        return None
    if text not in Kind.__members__:
        raise PictureKindUnfit
    return Kind[text]


async def _received(request: Request[Any, Any, Any]) -> bytes:
    """In memory: health photos never lie plain on a disk. Raises ``PictureTooLarge``."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > BYTES:
        raise PictureTooLarge(limit_mb=MEGABYTES)
    data = bytearray()
    async for block in request.stream():
        data += block
        if len(data) > BYTES:
            raise PictureTooLarge(limit_mb=MEGABYTES)
    return bytes(data)


def _json(proposal: Proposal) -> dict[str, Any]:
    """Kinds as GraphQL names them; boxes in shares of the picture as displayed."""
    return {"kind": proposal.kind.name, "values": [asdict(each) for each in proposal.shown]}
