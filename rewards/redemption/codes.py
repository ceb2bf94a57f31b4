"""A voucher's code: 60 random bits in letters that are not mistaken for each other."""

from __future__ import annotations

import io
import secrets
import unicodedata

import segno

from backend.core.keys import Keyring

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_LENGTH = 12
_MISREAD = str.maketrans("OIL", "011")
_LONGEST_SCANNED = 100
_PREFIX = "kangban:voucher:"


def new_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def shown(code: str) -> str:
    """In groups of four, as it is read aloud."""
    return "-".join(code[start : start + 4] for start in range(0, _LENGTH, 4))


def read(text: str) -> str:
    """The code in what was scanned or typed; it may be no code at all."""
    folded = unicodedata.normalize("NFKC", text[:_LONGEST_SCANNED]).strip()
    if folded.lower().startswith(_PREFIX):
        folded = folded[len(_PREFIX) :]
    kept = "".join(each for each in folded.upper().translate(_MISREAD) if each in _ALPHABET)
    return kept[: _LENGTH + 1]


def code_index(keyring: Keyring, code: str) -> bytes:
    """Keyed hash by which the merchant's scan is looked up."""
    return keyring.blind_index("point_voucher", code)


def qr_svg(code: str) -> str:
    """``kangban:voucher:CODE`` as a QR code, an SVG without size of its own."""
    out = io.BytesIO()
    segno.make(_PREFIX + code, error="m", micro=False).save(
        out, kind="svg", omitsize=True, xmldecl=False, svgclass=None, lineclass=None
    )
    return out.getvalue().decode()
