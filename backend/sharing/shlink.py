"""The SMART Health Links form: the JWE of a file, the link itself, its QR code.

https://hl7.org/fhir/uv/smart-health-cards-and-links/STU1/links-specification.html
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import orjson

from backend.sharing.secrets import base64url

CONTENT_TYPE = "application/fhir+json"
PATH = "/share"
VIEWER = "/s"
_HEADER = {"alg": "dir", "enc": "A256GCM", "zip": "DEF", "cty": CONTENT_TYPE}
_ALGORITHMS = ["dir", "A256GCM", "DEF"]


def encrypted(content: bytes, key: bytes) -> str:
    """A compact JWE (RFC 7516), ``dir`` with A256GCM, deflated. ``key`` has 32 bytes."""
    # Here, as segno below: links are rare, and every start would wait for their libraries.
    from joserfc import jwe
    from joserfc.jwk import OctKey

    registry = jwe.JWERegistry(algorithms=_ALGORITHMS)
    return jwe.encrypt_compact(_HEADER, content, OctKey.import_key(key), registry=registry)


def manifest_url(public_url: str, token: str) -> str:
    return f"{public_url.rstrip('/')}{PATH}/{token}/manifest"


def shlink(url: str, key: bytes, *, expires_at: datetime, pin: bool, label: str) -> str:
    """``shlink:/…`` of version 1; flag P asks for the PIN."""
    payload = {
        "url": url,
        "key": base64url(key),
        "exp": int(expires_at.timestamp()),
        **({"flag": "P"} if pin else {}),
        "label": label,
        "v": 1,
    }
    return f"shlink:/{base64url(orjson.dumps(payload))}"


def viewer_url(public_url: str, link: str) -> str:
    """Opens in any browser; the fragment stays in it."""
    return f"{public_url.rstrip('/')}{VIEWER}#{link}"


def qr_svg(text: str) -> str:
    """A QR code (ISO/IEC 18004, level M) with its quiet zone, as a whole SVG document."""
    import segno

    out = BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", xmldecl=False, scale=4, border=4)
    return out.getvalue().decode()
