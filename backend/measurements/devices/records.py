"""Reading loosely typed records (JSON rows, XML attributes) strictly."""

from __future__ import annotations

import json
import math
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from backend.core.errors import KangbanError
from backend.measurements.devices.errors import FileMalformed, FileTooLarge, RecordInvalid
from backend.measurements.devices.outcome import Outcome, Refusal, Skipped

Row = Mapping[str, Any]
JSON_LIMIT_MB = 32
_SHOWN_LENGTH = 200
_TYPES_COUNTED = 1_000
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def load_json(stream: BinaryIO) -> Any:
    """Raises ``FileTooLarge`` above 32 MB, ``FileMalformed`` for what is not JSON."""
    content = read_all(stream, JSON_LIMIT_MB)
    try:
        return json.loads(content.decode(json.detect_encoding(content)))
    except (ValueError, RecursionError):
        raise FileMalformed(format="JSON") from None


def read_all(stream: BinaryIO, limit_mb: int) -> bytes:
    """Raises ``FileTooLarge``."""
    content = stream.read(limit_mb * 1_000_000 + 1)
    if len(content) > limit_mb * 1_000_000:
        raise FileTooLarge(limit_mb=limit_mb)
    return content


def listed(row: Any, key: str) -> list[Any]:
    """The list under ``key``, empty where absent. Raises ``RecordInvalid``."""
    value = row.get(key) if isinstance(row, Mapping) else None
    if value is None:
        return []
    if not isinstance(value, list):
        raise RecordInvalid(field=key)
    return value


def each(
    rows: Iterable[Any], place: str, read: Callable[[Row], Iterable[Outcome]]
) -> Iterator[Outcome]:
    """What ``read`` makes of every row; a row that fails is refused, the next goes on."""
    for number, row in enumerate(rows):
        try:
            if not isinstance(row, Mapping):
                raise RecordInvalid(field="record")
            outcomes = list(read(row))
        except KangbanError as error:
            yield Refusal(error, position=f"{place}[{number}]")
        else:
            yield from outcomes


def number(row: Row, key: str) -> float:
    """A number, or text that is one. NaN passes, to be refused with its own code."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise RecordInvalid(field=key)
    try:
        return float(value)
    except OverflowError:
        return math.inf
    except ValueError:
        raise RecordInvalid(field=key) from None


def optional_number(row: Row, key: str) -> float | None:
    return None if row.get(key) is None else number(row, key)


def text(row: Row, key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise RecordInvalid(field=key)
    return value


def shown(name: object) -> str | None:
    """A device or app name cut to what may be stored; None where nothing is left."""
    if not isinstance(name, str):
        return None
    cleaned = unicodedata.normalize("NFC", _UNSHOWABLE.sub("", name[: 4 * _SHOWN_LENGTH]))
    return " ".join(cleaned.split())[:_SHOWN_LENGTH].strip() or None


class SkippedTypes:
    """Counts what is not held, by type, for a number of types that memory bears."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, name: str, count: int = 1) -> None:
        known = name in self._counts or len(self._counts) < _TYPES_COUNTED
        self._counts[name if known else "other"] += count

    def outcomes(self) -> Iterator[Skipped]:
        for name in sorted(self._counts):
            yield Skipped(shown(name) or "unnamed", self._counts[name])


def extension(filename: str) -> str:
    """The extension in lower case, with its dot."""
    return os.path.splitext(filename)[1].lower()


def looks_like_json(head: bytes, *keys: str) -> bool:
    """Whether the text begins as JSON and holds one of the keys."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return start in {b"{", b"["} and any(f'"{key}"'.encode() in head for key in keys)
