"""``write_bundle``: FHIR out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.archive.fhir.context import Context
from backend.archive.fhir.entries import Item
from backend.archive.fhir.export import Export, OutEntry, OutKept, OutReading
from backend.archive.fhir.json_text import Json, canonical
from backend.archive.fhir.kept import wrap
from backend.archive.fhir.outgoing import bundle, entry_out, parsed, reading_out
from backend.archive.fhir.person_out import WrittenPerson, person_out
from backend.archive.fhir.receiving import digest_of
from backend.archive.fhir.renaming import Renamer
from backend.archive.fhir.subjects import index_of
from backend.archive.fhir.urls import Urls, made_url


@dataclass(frozen=True, slots=True)
class _Row:
    """One item with its parsed raw, None where it was recorded here."""

    out: OutEntry | OutReading | OutKept
    resource: Json | None

    @property
    def wrapped(self) -> bool:
        return isinstance(self.out, OutKept) and not self.out.valid


def write_bundle(export: Export) -> Json:
    """A Bundle of type collection: the Patient, entries, readings, then what was kept raw.

    Numbers are Decimals; ``dump`` writes it as JSON bytes with their digits.
    """
    rows = _rows(export)
    items = [
        Item(index, "", row.resource, row.out.full_url)
        for index, row in enumerate(rows)
        if row.resource is not None
    ]
    person = person_out(export.person, items)
    context = Context(index_of(items))
    urls = Urls()
    added = person.resource if person.replaces is None else None
    entries = [urls.entry(added, made_url(added))] if added is not None else []
    for index, row in enumerate(rows):
        made = _resource(row, index, person, context)
        inner = row.resource if row.wrapped and row.resource else made
        entries.append(urls.entry(made, row.out.full_url or made_url(inner)))
    return bundle(entries, export.person.id, export.at)


def _rows(export: Export) -> list[_Row]:
    outs: Sequence[OutEntry | OutReading | OutKept] = (
        *export.entries,
        *export.readings,
        *export.kept,
    )
    rows = [_Row(out, parsed(out.raw)) for out in outs]
    renamer = Renamer()
    for row in rows:
        if row.resource is not None:
            renamer.learn(row.resource, row.out.source_system)
    return [
        _Row(row.out, renamer.apply(row.resource, row.out.source_system))
        if row.resource is not None
        else row
        for row in rows
    ]


def _resource(row: _Row, index: int, person: WrittenPerson, context: Context) -> Json:
    out, resource = row.out, row.resource
    if isinstance(out, OutEntry):
        return entry_out(out, resource, context, person.reference)
    if isinstance(out, OutReading):
        return reading_out(out, resource, context, person.reference)
    assert resource is not None
    if row.wrapped:
        return wrap(canonical(resource), str(UUID(digest_of(resource, out.raw)[:32])))
    return person.resource if index == person.replaces and person.resource else resource
