"""The kind of reading that words name."""

from __future__ import annotations

from backend.measurements.draft import Kind
from bot.chat.understanding.folding import fold
from bot.chat.understanding.tables import words


def kind_in(text: str) -> Kind | None:
    """The first kind named in ``text``, as in 血压趋势; None where none is."""
    plain, table = fold(text), words()
    patterns = [(Kind.BLOOD_PRESSURE, table.pressure.words)]
    patterns += [(each.kind, each.words) for each in table.kinds]
    patterns += list(table.names.items())
    hits = [(hit.start(), kind) for kind, each in patterns if (hit := each.search(plain))]
    return min(hits)[1] if hits else None
