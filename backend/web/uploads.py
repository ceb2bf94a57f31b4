"""Reports in over HTTP: several files at once, or one in pieces (tus 1.0.0, https://tus.io)."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from bson import ObjectId
from bson.errors import InvalidId
from litestar import Request, Response, delete, get, head, patch, post, route
from litestar.exceptions import InternalServerException
from litestar.params import FromPath

from backend.identity.viewer import Viewer
from backend.reports.errors import (
    UploadHeaderWrong,
    UploadNotFound,
    UploadVersionWrong,
)
from backend.reports.intake import Taken
from backend.reports.limits import FILE_BYTES, PIECE_BYTES, REQUEST_MEGABYTES
from backend.reports.uploads import Upload
from backend.services import Services
from backend.web.addresses import resident_in
from backend.web.multipart_form import read_form
from backend.web.viewers import viewer_of
from graphql_api.common import ids

VERSION = "1.0.0"
FOLDER = "/uploads"
_PIECES = "application/offset+octet-stream"
_HEADERS_ONLY = 64 * 1024
_METHOD = "x-http-method-override"

# What a browser on another origin may send and read, besides the usual.
TUS_REQUEST = ("tus-resumable", "upload-length", "upload-metadata", "upload-offset", _METHOD)
TUS_RESPONSE = (
    "location",
    "tus-resumable",
    "upload-expires",
    "upload-length",
    "upload-offset",
    "kangban-report",
)


def upload_routes(services: Services) -> list[Any]:
    """``POST /reports/{resident}`` (multipart) and tus at ``/uploads/{resident}``."""
    return [*_at_once(services), *_in_pieces(services)]


def _at_once(services: Services) -> list[Any]:
    intake = services.reports.intake

    @post("/reports/{resident:str}", status_code=201, request_max_body_size=None)
    async def take(request: Request[Any, Any, Any], resident: FromPath[str]) -> dict[str, Any]:
        """Fields named ``file``, in the order of the pages; ``report`` to add to one."""
        viewer, resident_id = await viewer_of(request, services), resident_in(resident)
        await intake.require(viewer, resident_id)
        form = await read_form(request, REQUEST_MEGABYTES)
        report = form.fields.get("report")
        into = _report_in(report, resident_id) if report else None
        taken = await intake.take(viewer, resident_id, form.files, into=into)
        return taken_json(resident_id, taken)

    return [take]


def _in_pieces(services: Services) -> list[Any]:
    uploads = services.reports.uploads

    @route(f"{FOLDER}/{{resident:str}}", http_method=["OPTIONS"], status_code=204)
    async def able(resident: FromPath[str]) -> Response[None]:
        headers = {
            "tus-version": VERSION,
            "tus-extension": "creation,expiration,termination",
            "tus-max-size": str(FILE_BYTES),
        }
        return _answer(204, headers)

    @post(f"{FOLDER}/{{resident:str}}", status_code=201, request_max_body_size=_HEADERS_ONLY)
    async def begin(request: Request[Any, Any, Any], resident: FromPath[str]) -> Response[None]:
        viewer, resident_id = await viewer_of(request, services), resident_in(resident)
        _check_version(request)
        said = _metadata(request.headers.get("upload-metadata", ""))
        into = _report_in(said["report"], resident_id) if said.get("report") else None
        upload = await uploads.begin(
            viewer,
            resident_id,
            length=_number(request, "upload-length"),
            name=said.get("filename", ""),
            into=into,
        )
        place = f"{services.core.settings.public_url}{FOLDER}/{resident}/{upload.id}"
        return _answer(201, {"location": place, **_state(upload)})

    @head(f"{FOLDER}/{{resident:str}}/{{upload:str}}", status_code=200)
    async def ask(
        request: Request[Any, Any, Any], resident: FromPath[str], upload: FromPath[str]
    ) -> Response[None]:
        _check_version(request)
        viewer = await viewer_of(request, services)
        found = await uploads.get(viewer, resident_in(resident), _upload_in(upload))
        return _answer(200, {"cache-control": "no-store", **_state(found)})

    async def appended(
        request: Request[Any, Any, Any], resident: str, upload: str
    ) -> Response[None]:
        _check_version(request)
        viewer, resident_id = await viewer_of(request, services), resident_in(resident)
        if request.headers.get("content-type", "").split(";")[0] != _PIECES:
            raise UploadHeaderWrong(header="Content-Type")
        upload_id, offset = _upload_in(upload), _number(request, "upload-offset")
        kept = await _received(services, request, viewer, resident_id, upload_id, offset)
        if kept.offset == kept.length:
            kept = await uploads.finish(viewer, resident_id, upload_id)
        return _answer(204, _state(kept))

    @patch(f"{FOLDER}/{{resident:str}}/{{upload:str}}", status_code=204, request_max_body_size=None)
    async def append(
        request: Request[Any, Any, Any], resident: FromPath[str], upload: FromPath[str]
    ) -> Response[None]:
        return await appended(request, resident, upload)

    @post(f"{FOLDER}/{{resident:str}}/{{upload:str}}", status_code=204, request_max_body_size=None)
    async def append_by_post(
        request: Request[Any, Any, Any], resident: FromPath[str], upload: FromPath[str]
    ) -> Response[None]:
        """tus' way round clients that know no PATCH, ``wx.request`` among them."""
        if request.headers.get(_METHOD, "").upper() != "PATCH":
            raise UploadHeaderWrong(header="X-HTTP-Method-Override")
        return await appended(request, resident, upload)

    @get(f"{FOLDER}/{{resident:str}}/{{upload:str}}")
    async def outcome(
        request: Request[Any, Any, Any], resident: FromPath[str], upload: FromPath[str]
    ) -> dict[str, Any]:
        """What became of it, for whom the last answer got lost."""
        viewer, resident_id = await viewer_of(request, services), resident_in(resident)
        found = await uploads.get(viewer, resident_id, _upload_in(upload))
        if found.report_id is None and found.offset == found.length:
            found = await uploads.finish(viewer, resident_id, found.id)
        return _upload_json(found)

    @delete(f"{FOLDER}/{{resident:str}}/{{upload:str}}", status_code=204)
    async def abandon(
        request: Request[Any, Any, Any], resident: FromPath[str], upload: FromPath[str]
    ) -> Response[None]:
        _check_version(request)
        viewer = await viewer_of(request, services)
        await uploads.abandon(viewer, resident_in(resident), _upload_in(upload))
        return _answer(204, {})

    return [able, begin, ask, append, append_by_post, outcome, abandon]


def taken_json(resident_id: ObjectId, taken: Taken) -> dict[str, Any]:
    """GraphQL's ids, by which the report is reviewed."""
    return {
        "report": ids.encode("PaperReport", resident_id, taken.report_id),
        "known": taken.known,
        "resembles": [ids.encode("PaperReport", resident_id, each) for each in taken.resembles],
    }


async def _received(
    services: Services,
    request: Request[Any, Any, Any],
    viewer: Viewer,
    resident_id: ObjectId,
    upload_id: ObjectId,
    offset: int,
) -> Upload:
    """Pieces are kept as they come, so that a lost connection loses the last one at most."""
    uploads = services.reports.uploads
    kept = await uploads.get(viewer, resident_id, upload_id)
    waiting = bytearray()
    try:
        async for block in request.stream():
            waiting += block
            if len(waiting) >= PIECE_BYTES:
                piece, waiting = bytes(waiting), bytearray()
                kept = await uploads.append(
                    viewer, resident_id, upload_id, offset=offset, data=piece
                )
                offset += len(piece)
    except InternalServerException:  # Litestar's word for a client that went away
        pass
    if waiting or kept.offset != offset:
        kept = await uploads.append(
            viewer, resident_id, upload_id, offset=offset, data=bytes(waiting)
        )
    return kept


def _report_in(text: str, resident_id: ObjectId) -> ObjectId:
    owner, report_id = ids.decode(text, "PaperReport")
    if owner != resident_id:
        raise ids.IdInvalid
    return report_id


def _upload_in(text: str) -> ObjectId:
    try:
        return ObjectId(text)
    except InvalidId as error:
        raise UploadNotFound from error


def _check_version(request: Request[Any, Any, Any]) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise UploadVersionWrong(version=VERSION)


def _number(request: Request[Any, Any, Any], header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise UploadHeaderWrong(header=header.title())
    return int(text)


def _metadata(header: str) -> dict[str, str]:
    """``filename cmVwb3J0LmpwZw==,report …``: names and base64 values."""
    found: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise UploadHeaderWrong(header="Upload-Metadata") from error
    return found


def _state(upload: Upload) -> dict[str, str]:
    headers = {
        "upload-offset": str(upload.offset),
        "upload-length": str(upload.length),
        "upload-expires": upload.expires_at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
    }
    if upload.report_id is not None:
        headers["kangban-report"] = ids.encode("PaperReport", upload.resident_id, upload.report_id)
    return headers


def _upload_json(upload: Upload) -> dict[str, Any]:
    shown: dict[str, Any] = {"offset": upload.offset, "length": upload.length, "report": None}
    if upload.report_id is None:
        return shown
    taken = Taken(report_id=upload.report_id, known=upload.known, resembles=upload.resembles)
    return {**shown, **taken_json(upload.resident_id, taken)}


def _answer(status: int, headers: dict[str, str]) -> Response[None]:
    return Response(None, status_code=status, headers={"tus-resumable": VERSION, **headers})
