"""A stand-in for the address where Google publishes the certificates of its token keys."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


class GoogleKeys:
    """Serves ``{kid: PEM certificate}`` as Google does, and signs tokens with its key."""

    kid = "key-1"

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        self.certificate = _certificate(self._key)
        self.requests = 0
        self.broken = False
        keys = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                keys.serve(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self.url = f"http://127.0.0.1:{self._http.server_port}/certs"

    def token(self, project: str, uid: str, *, kid: str | None = None, age_seconds: int = 0) -> str:
        return _signed(self._key, project, uid, kid or self.kid, age_seconds)

    def forged(self, project: str, uid: str) -> str:
        """Signed by another key under the right key id."""
        return _signed(rsa.generate_private_key(65537, 2048), project, uid, self.kid, 0)

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        self.requests += 1
        body = json.dumps({self.kid: self.certificate.decode()}).encode()
        request.send_response(503 if self.broken else 200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def __enter__(self) -> GoogleKeys:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _signed(key: rsa.RSAPrivateKey, project: str, uid: str, kid: str, age_seconds: int) -> str:
    issued = int(time.time()) - age_seconds
    claims = {
        "iss": f"https://securetoken.google.com/{project}",
        "aud": project,
        "sub": uid,
        "auth_time": issued,
        "iat": issued,
        "exp": issued + 3_600,
    }
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})


def _certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "securetoken")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
