"""Deletion of a record: cooled off, resumed, complete, and stronger than whoever still writes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from beanie import PydanticObjectId
from bson import ObjectId

from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.errors import AccessDenied
from backend.access.relations import Relation, RelationKind
from backend.archive.events import EntriesAdded
from backend.core.clock import FixedClock
from backend.core.container import build_core
from backend.core.database import Session
from backend.core.documents import ResidentOwned
from backend.core.keys import KeyDestroyed, LocalMasterKey
from backend.core.outbox import OutboxEntry
from backend.core.settings import Settings
from backend.documents import DOCUMENTS
from backend.identity.accounts import Account
from backend.identity.errors import SessionEnded, SignInUnknown
from backend.identity.providers.demo import DemoName
from backend.identity.sessions import Device
from backend.identity.sign_ins import SignIn
from backend.identity.viewer import Channel, Viewer
from backend.main import build_dispatcher
from backend.measurements.documents import MeterDocument, MeterState, ReadingDocument
from backend.measurements.reading import RecordedBy
from backend.privacy.certificate import Certificate
from backend.privacy.documents import ErasureDocument, ErasureState
from backend.privacy.errors import DeletionBegun, DeletionNotFound, RightNotYours
from backend.privacy.limits import COOLING_OFF, SWEEP_AFTER
from backend.privacy.owned import KEPT, NAMING, Owned, name_of
from backend.reports.engines import Files, Progress
from backend.reports.files import Incoming
from backend.reports.reader import ReportReader
from backend.services import Services, build_services
from ocr.model import ParsedReport
from tests.factories import a_caregiver, a_condition, a_key, a_profile, a_resident, a_viewer, bp
from tests.graphql_api.household import a_household, signed_in
from tests.measurements.metering import a_bound
from tests.reports.papers import Written, a_photo, a_reading, an_item

MOMENT = timedelta(milliseconds=1)


async def asked(services: Services, owner: Viewer, resident_id: ObjectId) -> ErasureDocument:
    return await services.privacy.erasing.request(owner, resident_id, idempotency_key=a_key())


async def erased(
    services: Services, clock: FixedClock, owner: Viewer, resident_id: ObjectId
) -> ErasureDocument:
    """From the request to the certificate, as workers would do it."""
    erasure = await asked(services, owner, resident_id)
    clock.advance(COOLING_OFF)
    assert await services.privacy.worker.drain() >= 1
    clock.advance(SWEEP_AFTER)
    assert await services.privacy.worker.drain() >= 1
    done = await ErasureDocument.get(erasure.id)
    assert done is not None
    assert done.state is ErasureState.DONE
    return done


async def left(services: Services, resident_id: ObjectId) -> dict[str, int]:
    """Whatever still names the resident, in any collection, plain or inside."""
    db = services.core.store.db
    found = {}
    for name in await db.list_collection_names():
        count = 0
        async for each in db[name].find():
            count += str(resident_id) in str(each)
        if count:
            found[name] = count
    return found


async def test_nothing_is_left_but_the_log_and_the_certificate(
    services: Services, clock: FixedClock
) -> None:
    house = await a_household(services)
    await services.core.blobs.put(house.resident_id, b"photo", "image/jpeg")
    await services.privacy.downloads.request(
        house.owner, house.resident_id, idempotency_key=a_key()
    )
    await services.privacy.worker.drain()
    db = services.core.store.db
    before = {name: await db[name].count_documents({}) for name in ("readings", "entries")}
    done = await erased(services, clock, house.owner, house.resident_id)
    kept = set(await left(services, house.resident_id))
    # The key's empty shell, the event for other rooms' caches, and notes of requests (48 h).
    assert kept <= KEPT | {"data_keys", "outbox", "idempotent_answers"}
    assert {"access_log", "erasures"} <= kept
    events = await OutboxEntry.find({"resident_id": house.resident_id}).to_list()
    assert [each.name for each in events] == ["resident_erased"]
    assert await services.core.store.db["blobs.chunks"].count_documents({}) == 0
    assert {name: done.deleted[name] for name in before} == before


async def test_every_document_that_names_a_resident_has_its_rule(services: Services) -> None:
    owned = Owned(services.core.store, DOCUMENTS)
    assert owned.unruled() == []
    wanted = {name_of(each) for each in DOCUMENTS if issubclass(each, ResidentOwned)}
    assert set(owned.collections()) == wanted - KEPT
    names = {name_of(each) for each in DOCUMENTS}
    assert KEPT | set(NAMING) <= names


class Tomorrow(ResidentOwned):
    """A room that nobody here has heard of."""

    class Settings:
        name = "tomorrow"


async def test_a_room_of_tomorrow_is_not_forgotten(services: Services) -> None:
    owned = Owned(services.core.store, (*DOCUMENTS, Tomorrow))
    one, other = ObjectId(), ObjectId()
    tomorrow = services.core.store.db["tomorrow"]
    await tomorrow.insert_many([{"resident_id": one}, {"resident_id": other}])
    assert await owned.delete(one) == {"tomorrow": 1}
    assert await tomorrow.count_documents({"resident_id": other}) == 1


async def test_others_keep_everything(services: Services, clock: FixedClock) -> None:
    other, other_id = await a_resident(services)
    await services.recording.record(other, other_id, bp(), idempotency_key=a_key())
    await services.core.blobs.put(other_id, b"photo", "image/jpeg")
    owner, resident_id = await a_resident(services)
    await erased(services, clock, owner, resident_id)
    later = Viewer(account_id=other.account_id, roles=other.roles)
    assert (await services.residents.get(later, other_id)).profile.name == "张建国"
    assert await ReadingDocument.count() == 1
    assert await services.core.store.db["blobs.files"].count_documents({}) == 1


async def test_an_old_dump_cannot_be_opened(services: Services, clock: FixedClock) -> None:
    owner, resident_id = await a_resident(services)
    entry = await services.entries.add(owner, resident_id, a_condition(), idempotency_key=a_key())
    db = services.core.store.db
    names = ("residents", "entries", "relations", "consents")
    dump = {name: [each async for each in db[name].find()] for name in names}
    await erased(services, clock, owner, resident_id)
    for name, documents in dump.items():
        await db[name].insert_many(documents)
    later = Viewer(account_id=owner.account_id, roles=owner.roles)
    with pytest.raises(KeyDestroyed):
        await services.residents.get(later, resident_id)
    with pytest.raises(KeyDestroyed):
        await services.entries.get(later, resident_id, entry.id)


async def test_what_a_restored_backup_brings_back_is_erased_again(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    other, other_id = await a_resident(services)
    db = services.core.store.db
    names = ("data_keys", "residents", "relations", "consents")
    dump = {name: await db[name].find({}).to_list() for name in names}
    first = await erased(services, clock, owner, resident_id)
    for name, documents in dump.items():  # the whole store of a week ago, keys as well
        await db[name].delete_many({})
        await db[name].insert_many(documents)
    later = Viewer(account_id=owner.account_id, roles=owner.roles)
    assert (await services.residents.get(later, resident_id)).profile.name == "张建国"
    assert await services.privacy.erasing.reapply() == 1
    await services.privacy.worker.drain()
    clock.advance(SWEEP_AFTER)
    await services.privacy.worker.drain()
    with pytest.raises(KeyDestroyed):
        await services.core.keyring.key(resident_id)
    assert set(await left(services, resident_id)) <= KEPT | {
        "data_keys", "outbox", "idempotent_answers",
    }  # fmt: skip
    again = await ErasureDocument.get(first.id)
    assert again is not None
    assert (again.state, Certificate(services.core.keyring).holds(again)) == (
        ErasureState.DONE, True,
    )  # fmt: skip
    assert await services.privacy.erasing.reapply() == 0
    fresh = Viewer(account_id=other.account_id, roles=other.roles)
    assert (await services.residents.get(fresh, other_id)).profile.name == "张建国"


async def test_until_the_cooling_off_is_over_nothing_happens_and_it_can_be_cancelled(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    erasure = await asked(services, owner, resident_id)
    assert erasure.due_at == clock.now() + timedelta(days=7)
    clock.advance(COOLING_OFF - MOMENT)
    assert await services.privacy.worker.drain() == 0
    cancelled = await services.privacy.erasing.cancel(owner, resident_id)
    assert (cancelled.state, cancelled.open) == (ErasureState.CANCELLED, False)
    clock.advance(timedelta(days=30))
    assert await services.privacy.worker.drain() == 0
    later = Viewer(account_id=owner.account_id, roles=owner.roles)
    assert (await services.residents.get(later, resident_id)).profile.name == "张建国"
    names = [each.name async for each in OutboxEntry.find({}) if "deletion" in each.name]
    assert names == ["deletion_requested", "deletion_cancelled"]


async def test_cancelling_too_late_or_what_does_not_wait_is_refused(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    with pytest.raises(DeletionNotFound):
        await services.privacy.erasing.cancel(owner, resident_id)
    await asked(services, owner, resident_id)
    await services.privacy.erasing.cancel(owner, resident_id)
    with pytest.raises(DeletionNotFound):
        await services.privacy.erasing.cancel(owner, resident_id)
    await asked(services, owner, resident_id)
    clock.advance(COOLING_OFF)
    with pytest.raises(DeletionBegun):
        await services.privacy.erasing.cancel(owner, resident_id)
    await services.privacy.worker.drain()
    later = Viewer(account_id=owner.account_id, roles=owner.roles)
    with pytest.raises(AccessDenied):
        await services.privacy.erasing.cancel(later, resident_id)


async def test_asking_twice_is_one_deletion_with_the_first_due_date(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    first = await asked(services, owner, resident_id)
    clock.advance(timedelta(days=2))
    again = await asked(services, owner, resident_id)
    assert (again.id, again.due_at) == (first.id, first.due_at)
    found = await asyncio.gather(*(asked(services, owner, resident_id) for _ in range(4)))
    assert {each.id for each in found} == {first.id}
    assert await ErasureDocument.count() == 1


async def test_only_holders_may_ask(services: Services) -> None:
    _, resident_id = await a_resident(services)
    daughter = await a_caregiver(services, resident_id)
    with pytest.raises(RightNotYours):
        await asked(services, daughter, resident_id)
    with pytest.raises(AccessDenied):
        await asked(services, a_viewer(), resident_id)
    assert await ErasureDocument.count() == 0


async def test_the_account_is_closed_with_its_sign_ins_and_sessions(
    services: Services, clock: FixedClock
) -> None:
    name = f"demo-{ObjectId()}"
    await services.identity.create_demo_account(name, frozenset({*a_viewer().roles}), "张建国")
    tokens = await services.identity.sign_in(DemoName(name), Device())
    owner = Viewer(
        account_id=tokens.account_id, roles=a_viewer().roles, session_id=tokens.session_id
    )
    _, resident_id = await a_resident(services, owner)
    await erased(services, clock, owner, resident_id)
    assert await SignIn.find({"account_id": owner.account_id}).count() == 0
    with pytest.raises(SignInUnknown):
        await services.identity.sign_in(DemoName(name), Device())
    with pytest.raises(SessionEnded):
        await services.identity.still_signed_in(owner)
    account = await Account.get(owner.account_id)
    assert account is not None
    assert (account.display_name, account.phone) == (None, None)
    with pytest.raises(KeyDestroyed):
        await services.core.keyring.key(owner.account_id)


async def test_an_account_that_cares_for_others_keeps_these(
    services: Services, clock: FixedClock
) -> None:
    owner, _ = await signed_in(services)
    _, own_id = await a_resident(services, owner)
    child = await services.residents.register(
        owner,
        a_profile("张小宝", "2021-05-01"),
        kind=RelationKind.GUARDIAN,
        accepted=accepted_now(Purpose.HEALTH_DATA),
        idempotency_key=a_key(),
    )
    await erased(services, clock, owner, own_id)
    await services.identity.person(owner)
    later = Viewer(account_id=owner.account_id, roles=owner.roles)
    assert (await services.residents.get(later, child)).profile.name == "张小宝"
    with pytest.raises(AccessDenied):
        await services.residents.get(later, own_id)


async def test_a_guardians_account_outlives_the_childs_record(
    services: Services, clock: FixedClock
) -> None:
    mother, _ = await signed_in(services)
    child = await services.residents.register(
        mother,
        a_profile("张小宝", "2021-05-01"),
        kind=RelationKind.GUARDIAN,
        accepted=accepted_now(Purpose.HEALTH_DATA),
        idempotency_key=a_key(),
    )
    done = await erased(services, clock, mother, child)
    await services.identity.person(mother)
    [(found, text)] = await services.privacy.erasing.certificates(mother)
    assert found.id == done.id
    assert str(child) in text


async def test_the_certificate_holds_and_a_changed_one_does_not(
    services: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    done = await erased(services, clock, owner, resident_id)
    certificate = Certificate(services.core.keyring)
    assert certificate.holds(done)
    changes: list[dict[str, Any]] = [
        {"deleted": {**done.deleted, "readings": 99}},
        {"finished_at": clock.now() + timedelta(days=1)},
        {"resident_id": ObjectId()},
    ]
    for change in changes:
        assert not certificate.holds(done.model_copy(update=change))


async def test_the_meter_is_free_again_and_its_uploads_forgotten(
    services: Services, clock: FixedClock
) -> None:
    bound = await a_bound(services)
    await bound.send(1)
    await erased(services, clock, bound.viewer, bound.resident_id)
    meter = await MeterDocument.find_one({"serial": bound.firmware.serial})
    assert meter is not None
    assert (meter.state, meter.resident_id, meter.uploads) == (MeterState.UNBOUND, None, [])


class Cut(Exception):
    """The worker's process ends here."""


async def test_a_deletion_that_was_cut_off_is_finished_by_another_worker(
    services: Services, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, resident_id = await a_resident(services)
    erasure = await asked(services, owner, resident_id)
    clock.advance(COOLING_OFF)

    async def cut(*_: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(Owned, "delete", cut)
        with pytest.raises(Cut):
            await services.privacy.erasing.step()
    half = await ErasureDocument.get(erasure.id)
    assert half is not None
    assert half.state is ErasureState.ERASING
    with pytest.raises(KeyDestroyed):
        await services.core.keyring.key(resident_id)
    assert not await services.privacy.erasing.step()  # the lease still runs
    clock.advance(SWEEP_AFTER)
    assert await services.privacy.erasing.step()
    done = await ErasureDocument.get(erasure.id)
    assert done is not None
    assert done.state is ErasureState.DONE
    assert await Relation.count() == 0


@pytest.fixture
def elsewhere(
    services: Services, settings: Settings, master_key: LocalMasterKey, clock: FixedClock
) -> Services:
    """Another process on the same store, with keys opened of its own."""
    return build_services(build_core(settings, services.core.store, master_key, clock))


async def test_a_writer_with_an_opened_key_is_refused_and_leaves_nothing(
    services: Services, elsewhere: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    await elsewhere.core.keyring.key(resident_id)  # opened, and held for some seconds
    await asked(services, owner, resident_id)
    clock.advance(COOLING_OFF)
    await services.privacy.worker.drain()
    key = await elsewhere.core.keyring.key(resident_id)
    assert key is not None, "the test is about an opened key"
    by = RecordedBy(
        account_id=owner.account_id, relation="self", kinship=None, channel=Channel.DEVICE.value
    )
    before = await OutboxEntry.count()
    with pytest.raises(KeyDestroyed) as refusal:
        await elsewhere.recording.store(
            owner, resident_id, [bp()], recorded_by=by, idempotency_key=None, confirmed=True
        )
    assert refusal.value.code == "DATA_ERASED"
    assert await ReadingDocument.count() == 0
    assert await OutboxEntry.count() == before


async def test_what_was_read_before_the_deletion_is_not_written_after_it(
    services: Services, elsewhere: Services, clock: FixedClock
) -> None:
    """Everything was asked for already; only the transaction is left."""
    owner, resident_id = await a_resident(services)
    await asked(services, owner, resident_id)
    clock.advance(COOLING_OFF)
    await services.privacy.worker.drain()

    async def work(session: Session) -> None:
        await services.core.store.db["entries"].insert_one(
            {"resident_id": resident_id}, session=session
        )
        event = EntriesAdded(resident_id=PydanticObjectId(resident_id), entry_ids=())
        await elsewhere.core.outbox.publish(session, event)

    with pytest.raises(KeyDestroyed):
        await elsewhere.core.store.transaction(work)
    assert await services.core.store.db["entries"].count_documents({}) == 0


async def test_a_report_that_is_being_read_while_its_owner_is_erased_leaves_nothing(
    services: Services, elsewhere: Services, clock: FixedClock
) -> None:
    owner, resident_id = await a_resident(services)
    page = Incoming(a_photo(), "report.png")
    await services.reports.intake.take(owner, resident_id, [page])
    await asked(services, owner, resident_id)
    clock.advance(COOLING_OFF)
    db = services.core.store.db

    class Slow(Written):
        async def read(self, files: Files, progress: Progress) -> ParsedReport:
            assert files[0][0]  # the page was opened before its owner left
            await services.privacy.worker.drain()
            assert await db["reports"].count_documents({}) == 0
            return await super().read(files, progress)

    slow = Slow(a_reading([an_item()]))
    with suppress(KeyDestroyed):
        await ReportReader(elsewhere.core, slow).step()
    assert len(slow.files) == 1
    assert await OutboxEntry.find({"name": "report_read"}).count() == 0
    clock.advance(SWEEP_AFTER)
    await services.privacy.worker.drain()
    kept = await left(services, resident_id)
    assert set(kept) <= KEPT | {"data_keys", "outbox", "idempotent_answers"}
    for name in ("reports", "report_jobs", "blobs.files", "blobs.chunks", "entries", "readings"):
        assert await db[name].count_documents({}) == 0, name


async def test_writers_during_the_deletion_leave_nothing_behind(
    services: Services, elsewhere: Services, clock: FixedClock
) -> None:
    """As a report that is being read while its owner leaves."""
    owner, resident_id = await a_resident(services)
    await asked(services, owner, resident_id)
    clock.advance(COOLING_OFF)
    begun = asyncio.Event()
    written = refused = 0

    async def write(number: int) -> None:
        nonlocal written, refused
        for turn in range(40):
            draft = bp(120 + number, 60 + turn, clock.now() - timedelta(minutes=turn))
            try:
                await elsewhere.recording.store(
                    owner,
                    resident_id,
                    [draft],
                    recorded_by=RecordedBy(
                        account_id=owner.account_id, relation="self", kinship=None, channel="app"
                    ),
                    idempotency_key=None,
                    confirmed=True,
                )
                await elsewhere.core.blobs.put(resident_id, b"page", "image/png")
                written += 1
            except KeyDestroyed:
                refused += 1
                return
            begun.set()

    async def erase() -> None:
        await begun.wait()
        await services.privacy.worker.drain()

    await asyncio.gather(erase(), *(write(number) for number in range(4)))
    assert written > 0
    assert refused > 0
    clock.advance(SWEEP_AFTER)
    await services.privacy.worker.drain()
    kept = await left(services, resident_id)
    assert set(kept) <= KEPT | {"data_keys", "outbox", "idempotent_answers"}
    assert await services.core.store.db["blobs.files"].count_documents({}) == 0


async def test_events_of_who_is_erased_reach_nobody(services: Services, clock: FixedClock) -> None:
    owner, resident_id = await a_resident(services)
    await services.recording.record(
        owner, resident_id, bp(190, 120), idempotency_key=a_key(), confirmed=True
    )
    await erased(services, clock, owner, resident_id)
    await build_dispatcher(services).drain()
    assert await services.core.store.db["alerts"].count_documents({}) == 0
    assert await OutboxEntry.find({"state": {"$ne": "done"}}).count() == 0
