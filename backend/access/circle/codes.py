"""Short codes that people read aloud or scan, valid for minutes and used once.

Eight of 32 characters are 40 bits. An account looks at 10 codes in a quarter of an
hour, 960 a day: with 10,000 codes open at any time its chance to meet one is about
one in 100,000 a day, and whoever meets one still has to be confirmed by name by the
resident. An address gets 300 attempts, for all accounts behind it together.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import unicodedata

from bson import ObjectId

from backend.core.keys import Keyring

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # neither 0 and O nor 1 and I
LENGTH = 8
_BITS = 5
_LONGEST_TYPED = 64


class Codes:
    """Codes of one purpose: made from a document's id, found again by a keyed hash."""

    def __init__(self, keyring: Keyring, purpose: str) -> None:
        self._keyring = keyring
        self._purpose = purpose
        self._secret = keyring.secret(f"codes:{purpose}".encode())

    def of(self, document_id: ObjectId) -> str:
        """The document's code: the same each time, so that asking twice answers alike."""
        number = int.from_bytes(hmac.digest(self._secret, document_id.binary, hashlib.sha256))
        return "".join(ALPHABET[(number >> (_BITS * place)) & 31] for place in range(LENGTH))

    def hash(self, code: str) -> bytes:
        """What is stored and looked up: HMAC, so that times tell nothing about the code."""
        return self._keyring.blind_index(f"code:{self._purpose}", typed(code))


def typed(code: str) -> str:
    """A code as people type it, put right: case, width, spaces and hyphens."""
    folded = unicodedata.normalize("NFKC", code[:_LONGEST_TYPED]).upper()
    kept = "".join(each for each in folded if each in ALPHABET)
    # Lone surrogates and everything else outside the alphabet are gone by now.
    return kept[: LENGTH + 1]


def shown(code: str) -> str:
    """In two groups, as it is read aloud."""
    return f"{code[:4]}-{code[4:]}"


def qr_svg(text: str) -> str:
    """The text as a QR code, an SVG without size of its own."""
    import segno  # here: not every start needs it

    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", omitsize=True, xmldecl=False, svgclass=None, lineclass=None
    )
    return out.getvalue().decode()
