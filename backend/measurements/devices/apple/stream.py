"""The top-level elements of export.xml, one by one.

expat itself is used rather than ElementTree: it builds no tree that would have
to be cleared, and tells of an entity declaration before anything is expanded.

What real exports get wrong is mended: the document type, which iOS 16 wrote
with syntax errors, is cut off after a look for entities, and control characters
that XML forbids are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from backend.measurements.devices.errors import FileEntityRefused, FileMalformed

CHUNK_BYTES = 1 << 18
PROLOG_BYTES = 1 << 20
LONGEST_TAG_BYTES = 1 << 24
MOST_CHILDREN = 10_000
_FORMAT = "Apple Health XML"
_CHILDREN = frozenset({"MetadataEntry", "Record", "WorkoutStatistics"})
_FORBIDDEN = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_DOCTYPE = re.compile(rb"<!DOCTYPE\b.*?(?=<HealthData\b)", re.DOTALL)


@dataclass(slots=True)
class Element:
    """A child of the root with its own children (their name and attributes), without text."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def add(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.children) < MOST_CHILDREN:
            self.children.append((name, attributes))

    @property
    def metadata(self) -> dict[str, str]:
        return {
            entry["key"]: entry.get("value", "")
            for name, entry in self.children
            if name == "MetadataEntry" and "key" in entry
        }


class _Handler:
    def __init__(self, parser: expat.XMLParserType) -> None:
        self.ready: list[Element] = []
        self._parser = parser
        self._depth = 0
        self._current: Element | None = None
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._entity

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 2:
            self._current = Element(name, attributes, self._parser.CurrentLineNumber)
        elif self._depth == 3 and name in _CHILDREN and self._current is not None:
            self._current.add(name, attributes)

    def _end(self, name: str) -> None:
        if self._depth == 2 and self._current is not None:
            self.ready.append(self._current)
        self._depth -= 1

    def _entity(self, *declaration: object) -> None:
        raise FileEntityRefused()


def elements(stream: BinaryIO) -> Iterator[Element]:
    """Raises ``FileMalformed`` where the XML ends or breaks, after all elements before it;
    ``FileEntityRefused`` at the first entity declaration.
    """
    parser = expat.ParserCreate()
    handler = _Handler(parser)
    fed = 0
    for chunk in _chunks(stream):
        fed += len(chunk)
        yield from _feed(parser, handler, chunk, final=False)
        if fed - parser.CurrentByteIndex > LONGEST_TAG_BYTES:
            raise FileMalformed(format=_FORMAT, line=parser.CurrentLineNumber)
    yield from _feed(parser, handler, b"", final=True)


def _feed(
    parser: expat.XMLParserType, handler: _Handler, chunk: bytes, *, final: bool
) -> Iterator[Element]:
    broken = None
    try:
        parser.Parse(chunk, final)
    except expat.ExpatError as error:
        broken = FileMalformed(format=_FORMAT, line=error.lineno)
    ready, handler.ready = handler.ready, []
    yield from ready
    if broken is not None:
        raise broken


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    head = _head(stream)
    if head.startswith(_UTF16):
        yield head
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
        return
    yield _without_doctype(head).translate(None, _FORBIDDEN)
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk.translate(None, _FORBIDDEN)


def _head(stream: BinaryIO) -> bytes:
    """As much as holds the whole prolog, the root's start tag at least begun."""
    head = b""
    while b"<HealthData" not in head and len(head) < PROLOG_BYTES:
        chunk = stream.read(CHUNK_BYTES)
        if not chunk:
            break
        head += chunk
    return head


def _without_doctype(head: bytes) -> bytes:
    """Cut away as many lines as blank ones are put in, so that line numbers stay true."""
    match = _DOCTYPE.search(head)
    if match is None:
        return head
    if b"<!ENTITY" in match.group():
        raise FileEntityRefused()
    blank = b"\n" * match.group().count(b"\n")
    return head[: match.start()] + blank + head[match.end() :]
