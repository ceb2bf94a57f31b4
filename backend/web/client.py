"""The reference client at ``/``: what ``scripts/client.sh`` built from ``mobile_contract/client``.

``/`` is asked for again each time and says in itself how one can sign in, so that a slow phone
need not ask; ``/assets`` carry their content's hash in their names and are kept, with the
build's ``NAME.br`` beside them. ``/worker.js`` keeps them in the browser for the time without a
network. Nothing may be loaded from elsewhere. Where nothing was built, ``/`` says how to get it.
"""

from __future__ import annotations

import gzip
import hashlib
import html
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from litestar import MediaType, Request, Response, get
from litestar.params import FromPath

from backend.core.settings import Settings
from backend.identity.providers.demo import demo_allowed
from backend.services import Services
from backend.web.pages import PagePartUnknown

BUILT = Path(__file__).resolve().parents[2] / "mobile_contract" / "client" / "dist" / "build" / "h5"

_GOOGLE = "https://identitytoolkit.googleapis.com"
# What Google says a page with its reCAPTCHA needs (developers.google.com/recaptcha/docs/faq).
_RECAPTCHA_SCRIPTS = "https://www.gstatic.com/recaptcha/ https://www.gstatic.cn/recaptcha/"
_HEADERS = {
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_ASK_AGAIN = {"cache-control": "no-cache"}
_KEEP = {"cache-control": "public, max-age=31536000, immutable"}
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_UNPACKED = frozenset({".png"})

_PAGE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>康伴 Kangban</title>
<h1>康伴</h1>
<p>服务正在运行，手机页面还没有做好。装上 Node.js 20 或更新的版本，运行 <code>make demo</code>，
再打开这一页。</p>
<p lang="en">The service is running; its pages for phones are not built yet. Install Node.js 20
or newer, run <code>make demo</code>, and open this page again.</p>
<ul>{links}</ul>
</html>
"""


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    packed: dict[str, bytes]
    tag: str
    media_type: str


def client_routes(services: Services, built: Path = BUILT) -> list[Any]:
    """``GET /``, ``/worker.js``, ``/assets/…``, ``/static/…`` and ``/client.json``; ``built``:
    where they lie."""
    settings = services.core.settings
    headers = {**_HEADERS, "content-security-policy": _policy(_phone(settings))}

    @get("/", media_type=MediaType.HTML)
    async def first_page(request: Request[Any, Any, Any]) -> Response[bytes]:
        if not (built / "index.html").is_file():
            return Response(_how_to_get_it(settings), headers=headers)
        return _answer(
            request, built / "index.html", {**headers, **_ASK_AGAIN}, written=_meta(settings)
        )

    @get("/worker.js")
    async def worker(request: Request[Any, Any, Any]) -> Response[bytes]:
        return _answer(request, _known(built, "worker.js"), {**headers, **_ASK_AGAIN})

    @get("/assets/{name:str}")
    async def asset(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
        return _answer(request, _known(built / "assets", name), {**headers, **_KEEP})

    @get("/static/{name:str}")
    async def static(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
        return _answer(request, _known(built / "static", name), {**headers, **_ASK_AGAIN})

    @get("/client.json")
    async def offered() -> Response[dict[str, Any]]:
        return Response(_ways(settings), headers=_ASK_AGAIN)

    return [first_page, worker, asset, static, offered]


def _ways(settings: Settings) -> dict[str, Any]:
    """By which ways one can sign in here."""
    return {
        "demo": demo_allowed(settings),
        "wechat": settings.wechat_app_id is not None,
        "phone": _phone(settings),
    }


def _phone(settings: Settings) -> dict[str, str | None] | None:
    """Where a browser asks for an SMS, and whose proof that a person asks it must bring."""
    if settings.firebase_project_id is None or settings.firebase_web_api_key is None:
        return None
    emulator = settings.firebase_auth_emulator_host
    return {
        "address": f"http://{emulator}/identitytoolkit.googleapis.com" if emulator else _GOOGLE,
        "key": settings.firebase_web_api_key,
        "recaptcha": settings.firebase_recaptcha_url or None,
    }


def _policy(phone: dict[str, str | None] | None) -> str:
    """Nothing from elsewhere but what signing in by phone needs, where that is switched on."""
    scripts, connect, frames = "'self'", "'self'", "'none'"
    if phone is not None:
        connect += f" {phone['address']}/"
        if phone["recaptcha"] is not None:
            frames = f"{phone['recaptcha']}/recaptcha/"
            scripts += f" {frames} {_RECAPTCHA_SCRIPTS}"
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; connect-src {connect}; "
        f"frame-src {frames}; img-src 'self' data: blob:; manifest-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )


def _meta(settings: Settings) -> bytes:
    ways = html.escape(orjson.dumps(_ways(settings)).decode())
    return f'<meta name="kangban-ways" content="{ways}">'.encode()


def _known(folder: Path, name: str) -> Path:
    """Raises ``PagePartUnknown`` for what is no file of the folder."""
    found = folder / name
    if found.parent != folder or found.suffix not in _TYPES or not found.is_file():
        raise PagePartUnknown
    return found


def _answer(
    request: Request[Any, Any, Any], path: Path, headers: dict[str, str], *, written: bytes = b""
) -> Response[bytes]:
    """``written``: what the server adds to a page's head."""
    file = _read(path, path.stat().st_mtime_ns, written)
    headers = {**headers, "etag": file.tag, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == file.tag:
        return Response(b"", status_code=304, headers=headers)
    body = file.body
    offered = request.headers.get("accept-encoding", "").split(",")
    understood = {each.partition(";")[0].strip() for each in offered}
    for encoding, packed in file.packed.items():
        if encoding in understood:
            body, headers["content-encoding"] = packed, encoding
            break
    return Response(body, media_type=file.media_type, headers=headers)


@lru_cache(maxsize=512)
def _read(path: Path, changed: int, written: bytes) -> _File:
    body = path.read_bytes().replace(b"<head>", b"<head>" + written, 1)
    return _File(
        body=body,
        packed=_packed(path, body) if path.suffix not in _UNPACKED else {},
        tag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        media_type=_TYPES[path.suffix],
    )


def _packed(path: Path, body: bytes) -> dict[str, bytes]:
    """By content coding, the smallest first."""
    brotli = path.with_name(f"{path.name}.br")
    made = {"br": brotli.read_bytes()} if brotli.is_file() else {}
    return {**made, "gzip": gzip.compress(body, mtime=0)}


def _how_to_get_it(settings: Settings) -> bytes:
    links = '<li><a href="/health">/health</a></li>'
    if not settings.production:
        links += '<li><a href="/graphql">GraphiQL：<code>/graphql</code></a></li>'
    return _PAGE.format(links=links).encode()
