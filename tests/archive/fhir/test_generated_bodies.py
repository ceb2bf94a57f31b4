"""Any body goes out as valid FHIR and comes back as the same body."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.archive.fhir import (
    EntryDraft,
    Export,
    Origin,
    Outcome,
    OutEntry,
    OutPerson,
    dump,
    read_bundle,
    write_bundle,
)
from backend.archive.sections import BODIES, Section, body_of
from backend.archive.sections.base import Body, EntryStatus
from tests.archive.strategies import bodies

AT = datetime(2026, 11, 21, tzinfo=UTC)
ID = "65f000000000000000000001"
PERSON = OutPerson(id="65f0000000000000000000ff")


def exported(body: Body, **fields: object) -> bytes:
    entry = OutEntry(id=ID, body=body, **fields)  # type: ignore[arg-type]
    bundle = write_bundle(Export(person=PERSON, at=AT, entries=[entry]))
    Bundle.model_validate(bundle)
    return dump(bundle)


def entry_in(data: bytes) -> EntryDraft:
    reading = read_bundle(data, source_system="kangban")
    assert [item.status for item in reading.mapped] == [Outcome.TAKEN, Outcome.TAKEN]
    draft = reading.drafts[0]
    assert isinstance(draft, EntryDraft)
    return draft


@pytest.mark.parametrize("section", list(Section))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_body_survives_export_and_import(section: Section, data: st.DataObject) -> None:
    body = data.draw(bodies(BODIES[section]))
    assert body_of(section, body.model_dump(mode="json")) == body
    for language in ("zh", "en"):
        assert isinstance(body.title(language), str)

    draft = entry_in(exported(body, origin=Origin.CAREGIVER))

    assert draft.section is section
    assert draft.body == body
    assert draft.origin is Origin.CAREGIVER
    assert draft.own_id == ID


@pytest.mark.parametrize("section", list(Section))
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_entry_marked_as_wrong_says_so_in_fhir(section: Section, data: st.DataObject) -> None:
    body = data.draw(bodies(BODIES[section]))
    draft = entry_in(exported(body, status=EntryStatus.ENTERED_IN_ERROR))
    assert draft.status is EntryStatus.ENTERED_IN_ERROR


@pytest.mark.parametrize("section", list(Section))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_changed_body_is_what_the_overlay_says(section: Section, data: st.DataObject) -> None:
    before = data.draw(bodies(BODIES[section]))
    after = data.draw(bodies(BODIES[section]))
    raw = entry_in(exported(before)).raw
    if section is Section.MEDICATION and before.basis is not after.basis:  # type: ignore[attr-defined]
        return
    draft = entry_in(exported(after, raw=raw, changed=True, source_system="kangban"))
    assert draft.body == after
