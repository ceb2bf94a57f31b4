"""Clients of services outside: one set of authorities, and nobody else is believed."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from backend.core import outgoing
from backend.core.outgoing import outgoing_client


def _vouched_for_by_itself(folder: Path) -> ssl.SSLContext:
    """A server's side, with a certificate for ``localhost`` that no authority signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "server.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


@pytest.fixture
async def impostor(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a server that nobody vouches for."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    context = _vouched_for_by_itself(tmp_path)
    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}"


async def test_the_authorities_are_read_once_for_all_clients(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[ssl.SSLContext] = []
    make = ssl.create_default_context

    def noted(*arguments: object, **named: object) -> ssl.SSLContext:
        read.append(make(*arguments, **named))  # type: ignore[arg-type]
        return read[-1]

    monkeypatch.setattr(ssl, "create_default_context", noted)
    outgoing._trusted_authorities.cache_clear()
    for service in ("https://one.example", "https://two.example"):
        await outgoing_client(service).aclose()
    assert len(read) == 1
    assert outgoing._trusted_authorities() is read[0]


async def test_who_is_vouched_for_by_nobody_is_not_believed_by_any_client(impostor: str) -> None:
    for _ in range(2):
        async with outgoing_client(impostor) as client:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await client.get("/")
