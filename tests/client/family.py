"""The people that the phones belong to, and what is around them: a clinic, an offer, times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bson import ObjectId

from backend.access.categories import ALL_CATEGORIES, Category
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.relations import RelationKind
from backend.appointments.schedule import NewSlot
from backend.archive.sections.profile import Sex
from backend.core.clock import SHANGHAI
from backend.identity.viewer import Channel, Role, Viewer
from backend.services import Services
from tests.appointments.helpers import a_schedule, booked
from tests.client.phone import Phone
from tests.factories import a_key, a_profile, a_viewer, bp
from tests.rewards.shop import an_offer, give

CLINIC = "幸福里社区卫生服务中心"


@dataclass(frozen=True)
class Family:
    father: Viewer
    father_id: ObjectId
    mother: Viewer
    mother_id: ObjectId
    daughter: Viewer
    doctor: Viewer


@dataclass(frozen=True, repr=False)
class Clinic:
    """What its machine signs in with, a voucher of the father's, a doctor whom nobody knows yet."""

    viewer: Viewer
    client_id: str
    client_secret: str
    voucher_code: str
    first_day: str
    newcomer: Viewer


async def a_family(services: Services) -> Family:
    """Father and mother with records, a daughter with nothing yet; their doctor, who sees all of
    the father's health and only the readings of the mother."""
    identity = services.identity
    father, father_id = await _resident(services, "father", "张建国", Sex.MALE)
    mother, mother_id = await _resident(services, "mother", "李秀英", Sex.FEMALE)
    caring = frozenset({Role.CAREGIVER})
    daughter = Viewer(
        account_id=await identity.create_demo_account("daughter", caring, "张敏"), roles=caring
    )
    doctor = await identity.create_demo_account("doctor", frozenset({Role.FAMILY_DOCTOR}), "王医生")
    await services.recording.record(
        father, father_id, bp(152, 94, services.core.clock.now()), idempotency_key=a_key()
    )
    granted = {
        father_id: ALL_CATEGORIES - {Category.CHAT, Category.POINTS},
        mother_id: frozenset({Category.PROFILE, Category.READINGS}),
    }
    for resident_id, categories in granted.items():
        await services.access.grant(
            resident_id=resident_id,
            account_id=doctor,
            kind=RelationKind.DOCTOR,
            categories=categories,
        )
    roles = frozenset({Role.FAMILY_DOCTOR})
    seeing = Viewer(account_id=doctor, roles=roles)
    return Family(father, father_id, mother, mother_id, daughter, seeing)


async def _resident(services: Services, login: str, name: str, sex: Sex) -> tuple[Viewer, ObjectId]:
    roles = frozenset({Role.RESIDENT})
    account = await services.identity.create_demo_account(login, roles, name)
    viewer = Viewer(account_id=account, roles=roles)
    resident_id = await services.residents.register(
        viewer,
        a_profile(name, sex=sex),
        kind=RelationKind.SELF,
        accepted=accepted_now(Purpose.HEALTH_DATA, Purpose.ASSISTANT),
        idempotency_key=a_key(),
    )
    return viewer, resident_id


async def a_clinic(services: Services, family: Family) -> Clinic:
    """Where the doctor works, on emergency duty; the father has a voucher of it."""
    operator = a_viewer(Role.OPERATOR)
    issued = await services.identity.institutions.create(operator, display_name=CLINIC)
    clinic = Viewer(
        account_id=issued.account_id, roles=frozenset({Role.INSTITUTION}), channel=Channel.API
    )
    newcomer = await services.identity.create_demo_account(
        "newcomer", family.doctor.roles, "赵医生"
    )
    for account_id in (family.doctor.account_id, newcomer):
        await services.family_doctors.registry.enter(
            operator,
            account_id,
            institution_id=issued.account_id,
            title="主治医师",
            emergency_duty=True,
        )
    first_day = await _publish(services, clinic, family)
    offer = await an_offer(services, clinic)
    await give(services, family.father_id, 50)
    voucher = await services.points.vouchers.reserve(
        family.father, family.father_id, offer.id, idempotency_key=a_key()
    )
    assert voucher.code is not None
    return Clinic(
        clinic,
        issued.client_id,
        issued.client_secret,
        voucher.code,
        first_day,
        Viewer(account_id=newcomer, roles=family.doctor.roles),
    )


async def _publish(services: Services, clinic: Viewer, family: Family) -> str:
    """Two times in three days, the first one the mother's, and one on the day after.
    The first day, as it is shown."""
    today = services.core.clock.now().astimezone(SHANGHAI)
    nine = today.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=3)
    starts = [nine, nine + timedelta(hours=1), nine + timedelta(days=1)]
    clinics = services.appointments.clinics
    schedule = await clinics.create(clinic, a_schedule(), idempotency_key=a_key())
    slots = await clinics.publish(
        clinic,
        schedule.id,
        [NewSlot(start=each, end=each + timedelta(minutes=30), capacity=1) for each in starts],
        idempotency_key=a_key(),
    )
    await booked(services, family.mother, family.mother_id, slots[0])
    return f"{nine.month}月{nine.day}日"


async def anew(phone: Phone) -> None:
    """A phone that nobody used yet."""
    await phone.page.goto(f"http://{phone.address}/health")  # where no client writes meanwhile
    await phone.page.run("localStorage.clear()")
    await phone.open()


async def sign_in(phone: Phone, name: str) -> None:
    await phone.sees("康伴")
    await phone.tap(name)


async def looks_at(phone: Phone, name: str) -> None:
    """Whose record is shown, where there are several."""
    if await phone.page.run("document.querySelector('.whose') !== null"):
        await phone.tap("▾")
        await phone.tap(name)


async def sign_out(phone: Phone) -> None:
    await go(phone, "mine")
    await phone.tap("退出登录")
    await phone.sees("康伴")


async def go(phone: Phone, page: str) -> None:
    await phone.page.run(f"location.hash = '#/pages/{page}/{page}'")
