"""A picture without where and with what it was taken; its pixels stay bit for bit.

JPEG and PNG keep what a decoder needs and the orientation, nothing else, and end where the
picture ends (phones append films). HEIC and PDF hold offsets into themselves: there the
metadata is blanked in its place.

Formats: JPEG ITU-T T.81 Annex B, Exif 2.32 (CIPA DC-008), PNG (W3C), XMP part 3.
"""

from __future__ import annotations

import re
import struct
import zlib

_EXIF = b"Exif\x00\x00"
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_EXIF_SEGMENT = re.compile(rb"\xff\xe1(..)Exif\x00\x00", re.DOTALL)
_GPS_TEXT = re.compile(rb"(exif:GPS\w+(?:\s*=\s*[\"']|>))([^\"'<]+)")
_SOS, _EOI, _APP0, _APP2, _APP14, _COMMENT = 0xDA, 0xD9, 0xE0, 0xE2, 0xEE, 0xFE
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP",
             b"pHYs", b"bKGD", b"sBIT"}  # fmt: skip


def jpeg(data: bytes, orientation: int) -> bytes:
    """The JPEG with its orientation as the only Exif."""
    out = [data[:2]]
    if orientation != 1:
        body = _EXIF + _tiff(orientation)
        out.append(b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body)
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == _SOS:
            out.append(data[place : _end_of_scans(data, place)])
            break
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if _kept(marker, data[place + 4 : end]):
            out.append(data[place:end])
        place = end
    return b"".join(out)


def png(data: bytes, orientation: int) -> bytes:
    """The PNG with its orientation as the only metadata."""
    out, place = [_PNG_HEAD], len(_PNG_HEAD)
    while place + 12 <= len(data):
        size = int.from_bytes(data[place : place + 4], "big")
        kind, end = data[place + 4 : place + 8], place + 12 + size
        if kind in _PNG_KEPT:
            out.append(data[place:end])
        if kind == b"IHDR" and orientation != 1:
            out.append(_chunk(b"eXIf", _tiff(orientation)))
        place = end
        if kind == b"IEND":
            break
    return b"".join(out)


def in_place(data: bytes, known: list[bytes]) -> bytes:
    """A container of fixed offsets, with all Exif and positions blanked.

    ``known`` are metadata blocks that a decoder found in it.
    """
    blank = bytearray(data)
    for block in known:
        _blank_block(blank, block)
    for found in _EXIF_SEGMENT.finditer(data):
        start = found.end()
        end = found.start() + 2 + int.from_bytes(found[1], "big")
        if end <= len(data):
            blank[start:end] = _emptied(end - start)
    for found in _GPS_TEXT.finditer(data):
        blank[found.start(2) : found.end(2)] = b" " * len(found[2])
    return bytes(blank)


def _blank_block(data: bytearray, block: bytes) -> None:
    body = block[len(_EXIF) :] if block.startswith(_EXIF) else block
    place = data.find(body) if body else -1
    if place < 0:
        return
    is_tiff = body[:2] in (b"II", b"MM")
    data[place : place + len(body)] = _emptied(len(body)) if is_tiff else b" " * len(body)


def _kept(marker: int, body: bytes) -> bool:
    if marker == _COMMENT:
        return False
    if 0xE0 <= marker <= 0xEF:
        color = marker == _APP2 and body.startswith(b"ICC_PROFILE\x00")
        return color or marker == _APP14 or (marker == _APP0 and body.startswith(b"JFIF"))
    return True


def _end_of_scans(data: bytes, place: int) -> int:
    """After the picture's own end marker; the end of the data where it has none."""
    while True:
        after = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        found = _NEXT_MARKER.search(data, after)
        if found is None:
            return len(data)
        if found[0][1] == _EOI:
            return found.end()
        place = found.start()


def _tiff(orientation: int) -> bytes:
    """One directory with one tag: 0x0112, SHORT."""
    head = b"II*\x00" + struct.pack("<I", 8)
    return head + struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)


def _emptied(size: int) -> bytes:
    """A directory without a tag, and zeros."""
    return (b"II*\x00" + struct.pack("<IHI", 8, 0, 0)).ljust(size, b"\x00")[:size]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
