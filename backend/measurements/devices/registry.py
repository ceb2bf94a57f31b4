"""Which decoder takes what. Every module in ``gatt/`` and ``files/`` that declares
``DECODERS`` is found; nothing else has to be told of a new one.
"""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, Protocol

from backend.core.errors import KangbanError
from backend.measurements.devices import files, gatt
from backend.measurements.devices.errors import CharacteristicUnknown, FileFormatUnknown
from backend.measurements.devices.outcome import Context, Outcome, Refusal
from backend.measurements.draft import Draft

HEAD_BYTES = 65_536
"""How much of a file ``sniff`` is shown."""


class PayloadDecoder(Protocol):
    """Decodes the value of one GATT characteristic (its 16-bit number)."""

    @property
    def name(self) -> str: ...

    @property
    def characteristic(self) -> int: ...

    def decode(
        self, payload: bytes, context: Context, companion: bytes | None = None
    ) -> Iterator[Draft | Refusal]: ...


class FileDecoder(Protocol):
    """Decodes one kind of file.

    ``rank``: decoders are asked in its order; a specific format has a lower
    one than a general that would take its files too. ``decode`` reads a
    seekable binary stream from its start, lazily; it may raise a
    ``KangbanError`` for the file as a whole.
    """

    @property
    def name(self) -> str: ...

    @property
    def rank(self) -> int: ...

    def accepts(self, filename: str, head: bytes) -> bool: ...

    def decode(self, stream: BinaryIO, context: Context) -> Iterator[Outcome]: ...


def decode_gatt(
    characteristic: int, payload: bytes, context: Context, companion: bytes | None = None
) -> Iterator[Draft | Refusal]:
    """The readings in a characteristic's value; a refusal for what cannot be one.

    ``companion``: for 0x2A18, the value of 0x2A34 with the same sequence number.
    """
    decoder = payload_decoders().get(characteristic)
    if decoder is None:
        number = f"0x{characteristic:04X}"
        yield Refusal(CharacteristicUnknown(characteristic=number), position=number)
        return
    yield from decoder.decode(payload, context, companion)


def decode_file(
    source: str | os.PathLike[str] | BinaryIO, filename: str, context: Context
) -> Iterator[Outcome]:
    """Everything in a file, as it is read. ``source``: a path or a seekable binary stream.

    What is wrong with the file as a whole comes as a last ``Refusal`` at "file".
    """
    with _opened(source) as stream:
        try:
            decoder = sniff(filename, stream.read(HEAD_BYTES))
            if decoder is None:
                raise FileFormatUnknown()
            stream.seek(0)
            yield from decoder.decode(stream, context)
        except KangbanError as error:
            yield Refusal(error, position="file")


def sniff(filename: str, head: bytes) -> FileDecoder | None:
    """The decoder for a file by its name and its first 64 KiB, or None."""
    return next((found for found in file_decoders() if found.accepts(filename, head)), None)


@cache
def payload_decoders() -> dict[int, PayloadDecoder]:
    found: list[PayloadDecoder] = _declared(gatt)
    return {decoder.characteristic: decoder for decoder in found}


@cache
def file_decoders() -> tuple[FileDecoder, ...]:
    found: list[FileDecoder] = _declared(files)
    return tuple(sorted(found, key=lambda decoder: (decoder.rank, decoder.name)))


def _declared(package: ModuleType) -> list[Any]:
    names = (info.name for info in pkgutil.iter_modules(package.__path__))
    modules = (import_module(f"{package.__name__}.{name}") for name in names)
    return [decoder for module in modules for decoder in getattr(module, "DECODERS", ())]


def _opened(
    source: str | os.PathLike[str] | BinaryIO,
) -> AbstractContextManager[BinaryIO]:
    if isinstance(source, str | os.PathLike):
        return Path(source).open("rb")
    return nullcontext(source)
