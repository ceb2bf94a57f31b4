"""Relay ids. A resident's own thing is named with its resident: one place to ask the policy,
one shard to ask for it, and no way to learn whether a stranger's id exists."""

from __future__ import annotations

import base64
import binascii

from bson import ObjectId
from bson.errors import InvalidId

from backend.core.errors import Invalid


class IdInvalid(Invalid):
    code = "ID_INVALID"
    zh = "编号无效。"
    en = "This id is not valid."


def encode(type_name: str, *parts: ObjectId) -> str:
    """``Reading`` of resident and reading id, and the like."""
    text = f"{type_name}:{'.'.join(map(str, parts))}"
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode_any(text: str) -> tuple[str, tuple[ObjectId, ...]]:
    """Type name and object ids. Raises ``IdInvalid``."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        type_name, _, rest = raw.partition(":")
        return type_name, tuple(ObjectId(part) for part in rest.split("."))
    except (binascii.Error, ValueError, InvalidId, TypeError) as error:
        raise IdInvalid from error


def decode(text: str, type_name: str) -> tuple[ObjectId, ObjectId]:
    """Resident and thing of an id that must be of this type. Raises ``IdInvalid``."""
    name, parts = decode_any(text)
    if name != type_name or len(parts) != 2:
        raise IdInvalid
    return parts[0], parts[1]


def decode_one(text: str, type_name: str) -> ObjectId:
    """The one object id of an id of this type. Raises ``IdInvalid``."""
    name, parts = decode_any(text)
    if name != type_name or len(parts) != 1:
        raise IdInvalid
    return parts[0]


def resident_id(text: str) -> ObjectId:
    return decode_one(text, "Resident")
