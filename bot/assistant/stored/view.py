"""``Snapshot``: a resident's records as they were loaded; ``StoredView``: they at one moment."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from bot.assistant.fhir.bundle import AHEAD
from bot.assistant.fhir.merging import one_each, pair_pressures
from bot.assistant.fhir.resources import MEDICATIONS, read
from bot.assistant.records import Area, Entry, OwnLimit, Person, Reading
from bot.assistant.stored.items import Item
from bot.assistant.understanding.topics import Topics

_BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Snapshot:
    """One viewer's part of one resident's archive, immutable; merged and sorted when asked."""

    def __init__(
        self,
        person: Person,
        items: Iterable[Item],
        words: Words | None = None,
        *,
        set_by_doctors: Iterable[OwnLimit] = (),
    ) -> None:
        """``words`` of the snapshot before, where only measurements changed since."""
        self.person = person
        self._set_by_doctors = tuple(set_by_doctors)
        self._ordered = sorted(items, key=lambda item: item.order)
        self.by_ref = {item.ref: item for item in self._ordered}
        self.words = words or Words(person, self._ordered)

    @cached_property
    def readings(self) -> Mapping[str, Sequence[Reading]]:
        """By kind, oldest first, copies counted once."""
        found: dict[str, list[Reading]] = defaultdict(list)
        said = [reading for item in self._ordered for reading in item.said.readings]
        for reading in one_each(pair_pressures(said)):
            found[reading.kind].append(reading)
        for rows in found.values():
            rows.sort(key=lambda reading: reading.at)
        return found

    @cached_property
    def limits(self) -> Sequence[OwnLimit]:
        """What doctors set here, then what goals of the record say."""
        said = [each for item in self._ordered for each in item.said.limits]
        return [*self._set_by_doctors, *said]

    @cached_property
    def own_names(self) -> Mapping[str, str]:
        return {r.name: kind for kind, rows in self.readings.items() for r in rows if r.name}

    @cached_property
    def entries(self) -> Sequence[Entry]:
        """All but medicines, in the order of the export."""
        return [self._resolved(e, item) for item in self._ordered for e in item.said.entries]

    @cached_property
    def topics(self) -> Topics:
        """What a question may be about; the same until something changes."""
        return Topics(StoredView(self, self.words.keeper.now))

    @property
    def keeper(self) -> StoredView:
        """The view that indexes of words hang on."""
        return self.words.keeper

    def medicines(self, now: datetime) -> list[Entry]:
        held = [item for item in self._ordered if item.resource is not None]
        substances = {name: item.resource for item in held for name in item.names if item.resource}
        found: list[Entry] = []
        for item in held:
            if item.resource is not None and item.resource["resourceType"] in MEDICATIONS:
                found += read(item.resource, item.ref, substances, now).entries
        return found

    @cached_property
    def _named(self) -> Mapping[tuple[str | None, str], str]:
        return {(item.system, name): item.ref for item in self._ordered for name in item.names}

    def _resolved(self, entry: Entry, holder: Item) -> Entry:
        """Result references as answers cite them, whatever the sender called them."""
        if not entry.results:
            return entry
        found = [self._named.get((holder.system, name)) for name in entry.results]
        return replace(entry, results=tuple(ref for ref in found if ref))


class Words:
    """What an archive says in words: the same object as long as none of them changes.

    A new reading makes a new snapshot, not a new index of words.
    """

    def __init__(self, person: Person, items: Iterable[Item]) -> None:
        spoken = Snapshot(person, [item for item in items if not item.said.readings], self)
        starts = [entry.start for entry in spoken.entries if entry.start is not None]
        self.keeper = StoredView(spoken, max(starts, default=_BEGINNING))


class StoredView:
    """An ``ArchiveView`` over a snapshot at ``now``; what is dated later is left out.

    Views of one archive's words are equal: what is indexed for one serves the others.
    """

    def __init__(self, snapshot: Snapshot, now: datetime) -> None:
        self._snapshot = snapshot
        self._now = now
        self._entries: dict[Area, list[Entry]] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoredView) and other._snapshot.words is self._snapshot.words

    def __hash__(self) -> int:
        return id(self._snapshot.words)

    @property
    def now(self) -> datetime:
        return self._now

    @property
    def patient(self) -> Person:
        return self._snapshot.person

    def readings(self, kind: str) -> Sequence[Reading]:
        rows = self._snapshot.readings.get(kind, [])
        return rows[: bisect_right(rows, self._now, key=lambda reading: reading.at)]

    def own_names(self) -> Mapping[str, str]:
        return self._snapshot.own_names

    def own_limits(self, kind: str) -> Sequence[OwnLimit]:
        return [each for each in self._snapshot.limits if each.kind == kind]

    def entries(self, area: Area) -> Sequence[Entry]:
        if self._entries is None:
            self._entries = self._at_now()
        return self._entries.get(area, [])

    def _at_now(self) -> dict[Area, list[Entry]]:
        found: dict[Area, list[Entry]] = defaultdict(list)
        for entry in (*self._snapshot.entries, *self._snapshot.medicines(self._now)):
            if entry.area in AHEAD or entry.start is None or entry.start <= self._now:
                found[entry.area].append(entry)
        for entries in found.values():
            entries.sort(key=lambda entry: entry.start.timestamp() if entry.start else 0.0)
        return found
