"""A resident with something in every corner of the record, and people who may not see it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from beanie import PydanticObjectId
from bson import ObjectId, encode

from backend.access.categories import Category
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.log.looks import LookFilter
from backend.access.relations import Relation, RelationKind
from backend.appointments.services import ServiceKind
from backend.archive.sections import MedicationBody, coded
from backend.care.documents import TicketReason, TicketUrgency
from backend.care.opening import Question
from backend.care.reminders.documents import OccurrenceDocument, OccurrenceState
from backend.care.reminders.limits import ReminderKind
from backend.care.reminders.reminder import ReminderDraft
from backend.core.clock import SHANGHAI
from backend.identity.providers.demo import DemoName
from backend.identity.sessions import Device
from backend.identity.viewer import Role, Viewer
from backend.main import build_dispatcher
from backend.measurements.draft import Kind
from backend.measurements.thresholds import Override
from backend.notifications.kinds import ChannelKey
from backend.privacy.records import ENTRIES, Thing
from backend.questionnaires.book import book
from backend.reports.bodies import Choice
from backend.reports.confirming import Confirmation
from backend.services import Services
from backend.sharing.choice import ShareChoice
from backend.web.graphql import admit
from bot.assistant.stored.service import Ask
from graphql_api.common import ids
from graphql_api.common.context import Context
from graphql_api.schema import Schema
from ocr.model import Medication, Narrative, Patient
from tests.appointments.helpers import a_clinic, a_slot, booked
from tests.factories import a_condition, a_key, a_profile, a_resident, a_viewer, bp, glucose
from tests.graphql_api.circle_household import circle_ids
from tests.graphql_api.walk import Case, Samples
from tests.questionnaires.filling import all_of, filled
from tests.reports.papers import a_reading, a_report, an_item
from tests.rewards.shop import a_merchant, an_offer, give

NAME = "欧阳金丝雀"
NOTE = "金丝雀备注：夜里咳嗽"
CANARIES = (NAME, "金丝雀", "阿莫西林金丝雀", "190", "抑郁症", "KB-CANARY")
BOOKKEEPING = frozenset({"sessions", "sign_in_attempts", "idempotent_answers", "access_log"})


@dataclass(frozen=True)
class Household:
    """The resident's account, their record, and a real id of every kind of thing in it."""

    owner: Viewer
    token: str
    resident_id: ObjectId
    samples: Samples


async def a_household(services: Services) -> Household:
    owner, token = await signed_in(services)
    _, resident_id = await a_resident(services, owner, a_profile(NAME))
    reading_id = await _readings(services, owner, resident_id)
    entry_id = await _entries(services, owner, resident_id)
    limit_id = await _limit(services, resident_id)
    meter_id = await _meter(services, owner, resident_id)
    report_id = await _report(services, owner, resident_id)
    share_id = await _share(services, owner, resident_id)
    look_id, complaint_id = await _looks(services, owner, resident_id)
    await build_dispatcher(services).drain()
    alert = await services.core.store.db["alerts"].find_one({"resident_id": resident_id})
    link = await Relation.find_one({"account_id": owner.account_id})
    assert alert is not None
    assert link is not None
    assert owner.session_id is not None
    real = {
        "Resident": ids.encode("Resident", resident_id),
        "Reading": ids.encode("Reading", resident_id, reading_id),
        "Entry": ids.encode("Entry", resident_id, entry_id),
        "Alert": ids.encode("Alert", resident_id, alert["_id"]),
        "PersonalLimit": ids.encode("PersonalLimit", resident_id, limit_id),
        "CareLink": ids.encode("CareLink", resident_id, link.id),
        "SignedInDevice": ids.encode("SignedInDevice", owner.session_id),
        "Account": ids.encode("Account", owner.account_id),
        "Meter": ids.encode("Meter", resident_id, meter_id),
        "PaperReport": ids.encode("PaperReport", resident_id, report_id),
        "ResultAlert": ids.encode("ResultAlert", resident_id, report_id),
        **await _rights(services, owner, resident_id),
        **await circle_ids(services, owner, resident_id),
        **await _talk(services, owner, resident_id),
        "ShareLink": ids.encode("ShareLink", resident_id, share_id),
        **await _points(services, owner, resident_id),
        **await _article(services, owner, resident_id),
        "AccessLogEntry": ids.encode("AccessLogEntry", resident_id, look_id),
        "AccessReport": ids.encode("AccessReport", resident_id, complaint_id),
        **await _notifications(services, owner),
        **await _questionnaires(services, owner, resident_id),
        **await _reminders(services, owner, resident_id),
        **await _appointments(services, owner, resident_id),
        **await _care_plan(services, owner, resident_id),
    }
    return Household(owner, token, resident_id, samples(real))


def samples(real: dict[str, str]) -> Samples:
    return Samples(
        ids=real,
        scalars={
            "String": '"heart_rate"',
            "Int": "2",
            "Float": "72.0",
            "Boolean": "false",
            "DateTime": '"2026-11-21T09:00:00+08:00"',
            "Date": '"2026-11-20"',
            "PartialDate": '"2020"',
        },
        enums={"MeasurementKind": "HEART_RATE"},
        by_name={
            "text": '"金丝雀"',
            "times": '"08:00"',
            "unit": '"/min"',
            "values": '[{component: "heart_rate", value: 72.0, unit: "/min"}]',
            "until": '"2026-11-22T09:00:00+08:00"',
            "low": "1.0",
            "noticeVersion": '"1.0"',
            "questionnaireKey": '"symptom_diary"',
            "scoreKey": '"total"',
            "loinc": '"14749-6"',  # 葡萄糖
            "expiresAt": '"2026-11-22T09:00:00+08:00"',
            "names": '[{text: "某人"}]',
        },
    )


async def signed_in(services: Services, *roles: Role) -> tuple[Viewer, str]:
    """A new account, signed in through the demo provider, and its access token."""
    held = frozenset(roles or {Role.RESIDENT})
    name = f"demo-{ObjectId()}"
    await services.identity.create_demo_account(name, held)
    tokens = await services.identity.sign_in(DemoName(name), Device())
    viewer = Viewer(account_id=tokens.account_id, roles=held, session_id=tokens.session_id)
    return viewer, tokens.access_token


async def granted(
    services: Services, resident_id: ObjectId, *categories: Category
) -> tuple[Viewer, str]:
    """A caregiver who may do everything, but in these categories only."""
    viewer, token = await signed_in(services, Role.CAREGIVER)
    await services.access.grant(
        resident_id=resident_id,
        account_id=viewer.account_id,
        kind=RelationKind.CAREGIVER,
        categories=frozenset(categories),
    )
    return viewer, token


OPEN_AFTER = 10
"""Seconds without a first answer, after which a subscription counts as let in."""


@dataclass(frozen=True)
class Answer:
    data: Any
    codes: frozenset[str]
    messages: str

    @property
    def shows_nothing(self) -> bool:
        return empty(self.data)


async def ask(
    services: Services, schema: Schema, token: str | None, case: Case, **more: Any
) -> Answer:
    """What the operation answers with this token, by the way that requests take."""
    context = Context(services=services, **more)
    await admit(context, f"Bearer {token}" if token is not None else None)
    results = await schema.stream(
        case.document, variable_values=dict(case.variables), context_value=context
    )
    async with contextlib.aclosing(results):
        try:
            async with asyncio.timeout(OPEN_AFTER):
                first = await anext(_all(results))
        except TimeoutError:
            return Answer(None, frozenset({"STAYS_OPEN"}), "")
    errors = first.errors or []
    codes = frozenset(str((each.extensions or {}).get("code")) for each in errors)
    return Answer(first.data, codes, " ".join(each.message for each in errors))


async def _all(results: Any) -> AsyncIterator[Any]:
    async for each in results:
        yield each


def empty(data: Any) -> bool:
    """Nothing but nulls, empty lists and names of types."""
    if isinstance(data, dict):
        return all(empty(value) for name, value in data.items() if name != "__typename")
    if isinstance(data, list):
        return all(empty(each) for each in data)
    return data in (None, False, "")


async def snapshot(services: Services) -> dict[str, list[bytes]]:
    """Every stored document, but for what says only that somebody asked."""
    db = services.core.store.db
    names = set(await db.list_collection_names()) - BOOKKEEPING
    return {
        name: sorted([encode(each) async for each in db[name].find()]) for name in sorted(names)
    }


async def _readings(services: Services, owner: Viewer, resident_id: ObjectId) -> ObjectId:
    first = await services.recording.record(
        owner, resident_id, bp(150, 95, note=NOTE), idempotency_key=a_key()
    )
    assert first.reading_id is not None
    await services.correcting.correct(
        owner, resident_id, first.reading_id, bp(190, 120, note=NOTE), version=1, confirmed=True
    )
    await services.recording.record(owner, resident_id, glucose(), idempotency_key=a_key())
    return first.reading_id


async def _entries(services: Services, owner: Viewer, resident_id: ObjectId) -> ObjectId:
    add = services.entries.add
    entry = await add(owner, resident_id, a_condition(), idempotency_key=a_key())
    await services.entries.amend(
        owner, resident_id, entry.id, a_condition(onset="2016"), version=entry.version
    )
    low = a_condition("抑郁症", "F32.9", "2019")
    await add(owner, resident_id, low, idempotency_key=a_key())
    atc = "http://www.whocc.no/atc"
    pills = MedicationBody(name=coded(atc, "J01CA04", text="阿莫西林金丝雀"))
    await add(owner, resident_id, pills, idempotency_key=a_key())
    return entry.id


async def _meter(services: Services, owner: Viewer, resident_id: ObjectId) -> ObjectId:
    operator = a_viewer(Role.OPERATOR)
    registered = await services.meter_registry.register(
        operator, serial="KB-CANARY", model="A1", key="6b" * 32, idempotency_key=a_key()
    )
    return (await services.meters.bind(owner, resident_id, registered.scanned)).id


async def _looks(
    services: Services, owner: Viewer, resident_id: ObjectId
) -> tuple[ObjectId, ObjectId]:
    """An entry of the log of who looked, and a report about another one."""
    page = await services.access_log.reading.page(owner, resident_id, LookFilter(), first=2)
    reported, other = (each.look.entry_id for each in page.items)
    report = await services.access_log.reports.report(
        owner, resident_id, reported, "金丝雀：这不是我", idempotency_key=a_key()
    )
    return other, report.id


async def _share(services: Services, owner: Viewer, resident_id: ObjectId) -> ObjectId:
    choice = ShareChoice(
        categories=frozenset({Category.PROFILE, Category.CONDITIONS}),
        label="金丝雀医院",
        expires_at=services.core.clock.now() + timedelta(days=1),
        max_opens=2,
    )
    made = await services.share_links.create(owner, resident_id, choice, idempotency_key=a_key())
    return made.link.id


async def _talk(services: Services, owner: Viewer, resident_id: ObjectId) -> dict[str, str]:
    """A conversation with the assistant, and a question to the doctor."""
    [accepted] = accepted_now(Purpose.ASSISTANT)
    await services.consents.change(
        owner, resident_id, accepted, given=True, idempotency_key=a_key()
    )
    question = "最近一次心率是多少？"
    asking = Ask(resident_id=resident_id, question=question, idempotency_key=a_key())
    said = await services.assistant.ask(owner, asking)
    asked = Question(
        resident_id=resident_id,
        relation=await services.care.tickets.relation(owner, resident_id),
        asked_by=owner.account_id,
        text=question,
        reason=TicketReason.ASKED,
        urgency=TicketUrgency.ROUTINE,
    )
    ticket = await services.care.tickets.ask(owner, asked, idempotency_key=a_key())
    return {
        "Ticket": ids.encode("Ticket", resident_id, ticket.id),
        "Conversation": ids.encode("Conversation", resident_id, said.conversation_id),
        "Answer": ids.encode("Answer", resident_id, said.id),
    }


async def _rights(services: Services, owner: Viewer, resident_id: ObjectId) -> dict[str, str]:
    """A download, a deletion that waits, a correction asked for and a rollback."""
    doctor, _ = await signed_in(services, Role.FAMILY_DOCTOR)
    await services.access.grant(
        resident_id=resident_id, account_id=doctor.account_id, kind=RelationKind.DOCTOR
    )
    add, amend = services.entries.add, services.entries.amend
    entry = await add(doctor, resident_id, a_condition(), idempotency_key=a_key())
    await amend(doctor, resident_id, entry.id, a_condition(onset="2014"), version=1)
    thing = Thing(ENTRIES, resident_id, entry.id)
    privacy = services.privacy
    download = await privacy.downloads.request(owner, resident_id, idempotency_key=a_key())
    await privacy.erasing.request(owner, resident_id, idempotency_key=a_key())
    correction = await privacy.corrections.request(owner, thing, NOTE, idempotency_key=a_key())
    rollback = await privacy.rollbacks.ask(doctor, thing, 1, NOTE, idempotency_key=a_key())
    return {
        "Download": ids.encode("Download", resident_id, download.id),
        "Correction": ids.encode("Correction", resident_id, correction.id),
        "Rollback": ids.encode("Rollback", resident_id, rollback.id),
    }


async def _limit(services: Services, resident_id: ObjectId) -> ObjectId:
    doctor = a_viewer(Role.FAMILY_DOCTOR)
    await services.access.grant(
        resident_id=resident_id, account_id=doctor.account_id, kind=RelationKind.DOCTOR
    )
    limit = Override(
        kind=Kind.BLOOD_PRESSURE,
        component="systolic",
        valid_from=services.core.clock.now().date(),
        set_by="李医生",
        high=130,
    )
    return await services.overrides.set(doctor, resident_id, limit, idempotency_key=a_key())


async def _report(services: Services, owner: Viewer, resident_id: ObjectId) -> ObjectId:
    """Corrected and confirmed: every field of it has something to show."""
    text = Narrative("结论", "金丝雀结论", 1, (80, 400, 300, 430))
    drug = Medication("金丝雀片", "5mg", None, None, None, 7, "金丝雀片", 1, (80, 450, 300, 480))
    patient = Patient(NAME, "male", 62)
    reading = a_reading([an_item()], patient=patient, narrative=[text], medications=[drug])
    report = await a_report(services, owner, resident_id, reading)
    assert report.review is not None
    item = report.review.items[0].id
    corrected = await services.reports.reviewing.correct_item(
        owner, resident_id, report.id, item, {"text": "8.10"}, version=report.version
    )
    choice = Choice(medications=frozenset({report.review.medications[0].id}))
    await services.reports.confirming.confirm(
        owner,
        resident_id,
        report.id,
        version=corrected.version,
        said=Confirmation(choice=choice),
        idempotency_key=a_key(),
    )
    return report.id


async def _notifications(services: Services, owner: Viewer) -> dict[str, str]:
    """What the owner was told, and a phone."""
    room = services.notifications
    address = await room.addresses.put(owner.account_id, ChannelKey.FCM, "f" * 22)
    item = (await room.inbox.page(owner, first=1)).items[0]
    return {
        "InboxItem": ids.encode("InboxItem", item.id),
        "PushAddress": ids.encode("PushAddress", address.id),
    }


async def _reminders(services: Services, owner: Viewer, resident_id: ObjectId) -> dict[str, str]:
    """A medicine that is due."""
    now = services.core.clock.now().astimezone(SHANGHAI)
    draft = ReminderDraft(
        kind=ReminderKind.MEDICATION,
        title="金丝雀药",
        times=((now + timedelta(minutes=1)).time(),),
        start=now.date(),
        rule="FREQ=DAILY",
    )
    room = services.reminders
    made = await room.reminders.create(owner, resident_id, draft, idempotency_key=a_key())
    due = OccurrenceDocument(
        resident_id=PydanticObjectId(resident_id),
        reminder_id=PydanticObjectId(made.id),
        kind=ReminderKind.MEDICATION,
        due_at=now,
        missed_at=now + timedelta(hours=2),
        state=OccurrenceState.DUE,
        told=1,
        look_at=now + timedelta(hours=2),
    )
    await due.insert()
    return {
        "Reminder": ids.encode("Reminder", resident_id, made.id),
        "ReminderOccurrence": ids.encode("ReminderOccurrence", resident_id, due.id),
    }


async def _appointments(services: Services, owner: Viewer, resident_id: ObjectId) -> dict[str, str]:
    """A check-up that is booked, with another place left."""
    clinic = await a_clinic(services)
    slot = await a_slot(services, clinic, capacity=2, kind=ServiceKind.CHECK_UP)
    made = await booked(services, owner, resident_id, slot)
    return {
        "Schedule": ids.encode("Schedule", slot.schedule.id),
        "Slot": ids.encode("Slot", slot.id),
        "Appointment": ids.encode("Appointment", resident_id, made),
        "ClinicAppointment": ids.encode("ClinicAppointment", made),
    }


async def _care_plan(services: Services, owner: Viewer, resident_id: ObjectId) -> dict[str, str]:
    """One that runs."""
    waiting = await services.care_plans.looking.proposals(owner, resident_id)
    plan = await services.care_plans.deciding.confirm(
        owner, resident_id, waiting[0].id, idempotency_key=a_key()
    )
    return {"HealthPlan": ids.encode("HealthPlan", resident_id, plan.id)}


async def _article(services: Services, owner: Viewer, resident_id: ObjectId) -> dict[str, str]:
    """One that the owner opened."""
    piece = services.content.library.named("life_salt")
    await services.content.noting.opened(owner, resident_id, piece.id, suggested=True)
    article = ids.encode("Article", piece.id)
    return {"Article": article, "Articleids": article}


async def _questionnaires(
    services: Services, owner: Viewer, resident_id: ObjectId
) -> dict[str, str]:
    """One with an answer that could not wait: it shows all that a response can."""
    form = book().get("symptom_diary")
    response = await filled(services, owner, resident_id, form.key, all_of(form, 1, breath=2))
    return {"QuestionnaireResponse": ids.encode("QuestionnaireResponse", resident_id, response.id)}


async def _points(services: Services, owner: Viewer, resident_id: ObjectId) -> dict[str, str]:
    merchant = await a_merchant(services)
    offer = await an_offer(services, merchant, points=1)
    await give(services, resident_id, 5)
    voucher = await services.points.vouchers.reserve(
        owner, resident_id, offer.id, idempotency_key=a_key()
    )
    return {
        "Offer": ids.encode("Offer", offer.id),
        "Voucher": ids.encode("Voucher", resident_id, voucher.id),
    }
