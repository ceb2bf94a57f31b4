"""Notes of entries, kept by version: an archive is read once, not for every list."""

from __future__ import annotations

from collections import OrderedDict

from bson import ObjectId

from backend.archive.entry import from_raw
from backend.core.database import Raw
from backend.core.keys import OwnerKey
from content.choosing.history import Note, note_of

_MOST = 20_000


class Notes:
    """Keys of lists only, no words but names of allergies; the latest used entries stay.

    What is kept is only reached through the entry itself, with its resident's key: a deleted
    entry, or person, leads to nothing here.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[ObjectId, int], Note] = OrderedDict()

    def of(self, raw: Raw, key: OwnerKey) -> Note:
        """The note of a stored entry; its body is opened where its version is new here."""
        name = (raw["_id"], raw["version"])
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        note = self._kept[name] = note_of(from_raw(raw, key).body)
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return note
