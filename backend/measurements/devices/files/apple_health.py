"""Apple Health: export.xml, alone or in export.zip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from backend.measurements.devices.apple.archive import opened_export
from backend.measurements.devices.apple.export import Export
from backend.measurements.devices.outcome import Context, Outcome

_ROOT = "HealthData"


class AppleHealthXml:
    """Decoder for export.xml."""

    name = "Apple Health export.xml"
    rank = 10

    def accepts(self, filename: str, head: bytes) -> bool:
        begins = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")[:1] == b"<"
        root = any(_ROOT.encode(encoding) in head for encoding in ("utf-8", "utf-16-le"))
        return begins and (root or _ROOT.encode("utf-16-be") in head)

    def decode(self, stream: BinaryIO, context: Context) -> Iterator[Outcome]:
        yield from Export().read(stream)


class AppleHealthZip:
    """Decoder for export.zip."""

    name = "Apple Health export.zip"
    rank = 90

    def accepts(self, filename: str, head: bytes) -> bool:
        return head.startswith(b"PK\x03\x04")

    def decode(self, stream: BinaryIO, context: Context) -> Iterator[Outcome]:
        with opened_export(stream) as member:
            yield from Export().read(member)


DECODERS = (AppleHealthXml(), AppleHealthZip())
