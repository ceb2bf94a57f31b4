"""The master key, which wraps every person's data key and never touches data itself."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.core.errors import Unavailable
from backend.core.keys.box import NONCE_BYTES, derive

_KEY_BYTES = 32


class MasterKeyUnreadable(Unavailable):
    code = "MASTER_KEY_UNREADABLE"
    zh = "主密钥文件无法使用：{why}。没有它，任何数据都无法解密。"
    en = "The master key file cannot be used: {why}. Without it no data can be decrypted."


class MasterKey(Protocol):
    """What wraps data keys: a local file, or a key management service."""

    async def wrap(self, data_key: bytes, owner: bytes) -> bytes: ...

    async def unwrap(self, wrapped: bytes, owner: bytes) -> bytes: ...

    def secret(self, purpose: bytes) -> bytes:
        """32 bytes derived for one purpose (blind indexes, tokens, links)."""
        ...


class LocalMasterKey:
    """Keys from a file, one base64 key a line, the newest first.

    Rotation: put a new line on top; old lines go on opening what they wrapped.
    Derived secrets come from the last line, the first key ever made, so that
    blind indexes survive rotation.
    """

    def __init__(self, keys: list[bytes]) -> None:
        self._keys = keys

    @classmethod
    def from_file(cls, path: Path, *, create: bool = False) -> LocalMasterKey:
        """Read the file; with ``create`` make one (mode 0600) where there is none."""
        if create and not path.exists():
            _write_new(path)
        try:
            lines = path.read_text("ascii").split()
            keys = [base64.b64decode(line, validate=True) for line in lines]
        except (OSError, ValueError) as error:
            raise MasterKeyUnreadable(why=type(error).__name__) from error
        if not keys or any(len(key) != _KEY_BYTES for key in keys):
            raise MasterKeyUnreadable(why="not one base64 key of 32 bytes a line")
        return cls(keys)

    async def wrap(self, data_key: bytes, owner: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._keys[0]).encrypt(nonce, data_key, owner)

    async def unwrap(self, wrapped: bytes, owner: bytes) -> bytes:
        nonce, box = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        for key in self._keys:
            try:
                return AESGCM(key).decrypt(nonce, box, owner)
            except InvalidTag:
                continue
        raise MasterKeyUnreadable(why="it does not open this database's keys")

    def secret(self, purpose: bytes) -> bytes:
        return derive(self._keys[-1], purpose, _KEY_BYTES)


def _write_new(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return  # another process of the same start made it
    with os.fdopen(handle, "w") as file:
        file.write(base64.b64encode(os.urandom(_KEY_BYTES)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
