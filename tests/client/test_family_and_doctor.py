"""A father invites his daughter, she asks the doctor, the doctor answers: by three phones."""

from __future__ import annotations

import pytest

from backend.access.categories import ALL_CATEGORIES, Category
from backend.access.consent.purpose import Purpose
from backend.access.consent.writing import accepted_now
from backend.access.relations import RelationKind
from backend.identity.viewer import Role, Viewer
from backend.services import Services
from tests.client.conftest import Household
from tests.client.phone import Phone
from tests.factories import a_key, a_profile, bp

pytestmark = pytest.mark.slow

DENSE = 15  # px: what a doctor at work reads
QUESTION = "我爸的血压药可以减一半吗？"
ANSWER = "先不要减量。请连续三天早晚量血压，周五我看了再定。"


async def a_family(services: Services) -> Viewer:
    """A father with a record and a reading, a daughter with nothing yet, his doctor."""
    identity = services.identity
    account = await identity.create_demo_account("father", frozenset({Role.RESIDENT}), "张建国")
    await identity.create_demo_account("daughter", frozenset({Role.CAREGIVER}), "张敏")
    doctor = await identity.create_demo_account("doctor", frozenset({Role.FAMILY_DOCTOR}), "王医生")
    father = Viewer(account_id=account, roles=frozenset({Role.RESIDENT}))
    resident_id = await services.residents.register(
        father,
        a_profile(),
        kind=RelationKind.SELF,
        accepted=accepted_now(Purpose.HEALTH_DATA, Purpose.ASSISTANT),
        idempotency_key=a_key(),
    )
    await services.recording.record(
        father, resident_id, bp(152, 94, services.core.clock.now()), idempotency_key=a_key()
    )
    await services.access.grant(
        resident_id=resident_id,
        account_id=doctor,
        kind=RelationKind.DOCTOR,
        categories=ALL_CATEGORIES - {Category.CHAT, Category.POINTS},
    )
    return Viewer(account_id=doctor, roles=frozenset({Role.FAMILY_DOCTOR}))


async def sign_in(phone: Phone, name: str) -> None:
    await phone.sees("康伴")
    await phone.tap(name)


async def sign_out(phone: Phone) -> None:
    await phone.page.run("location.hash = '#/pages/mine/mine'")
    await phone.tap("退出登录")
    await phone.sees("康伴")


async def test_a_family_and_its_doctor_talk_by_phone(household: Household) -> None:
    phone, services = household.phone, household.services
    doctor = await a_family(services)
    await phone.open()

    await sign_in(phone, "张建国，父亲")
    await phone.sees("张建国，", "152/94")
    await phone.tap("我的")
    await phone.look("30-mine")
    await phone.tap("亲友和医生")
    await phone.sees("王医生", "能看：")
    await phone.tap("请家人来帮忙")
    await phone.look("31-invite")
    await phone.tap("女儿")
    await phone.sees("让 女儿 看什么")
    await phone.tap("全部")
    await phone.tap("做一张邀请")
    await phone.sees("把这个码给家人")
    await phone.look("32-circle")
    code = await phone.page.run("document.querySelector('.code').innerText.trim()")
    await sign_out(phone)

    await sign_in(phone, "张敏，女儿")
    await phone.type("邀请码", code)
    await phone.tap("看看是谁请我")
    await phone.sees("请您一起照看")
    await phone.look("33-accept")
    await phone.tap("我愿意")
    await phone.sees("等对方点头以后")
    await sign_out(phone)

    await sign_in(phone, "张建国，父亲")
    await phone.tap("我的")
    await phone.tap("亲友和医生")
    await phone.sees("张敏 收到了您的邀请")
    await phone.tap("是，让他（她）来")
    await phone.sees("改权限")
    await sign_out(phone)

    await sign_in(phone, "张敏，女儿")
    await phone.sees("152/94")
    await phone.tap("问问")
    await phone.type("想问什么？", QUESTION)
    await phone.tap("问")
    await phone.sees("已经转给家庭医生")
    await sign_out(phone)

    await sign_in(phone, "王医生，家庭医生")
    await phone.sees("待办", QUESTION)
    await phone.look("34-worklist", smallest=DENSE)
    await phone.tap(QUESTION)
    await phone.sees("依据", "助手的草稿")
    await phone.look("35-ticket", smallest=DENSE)
    await phone.tap("我来答复")
    await phone.type("写给居民的话", ANSWER)
    await phone.tap("约随访")
    await phone.type("随访什么", "血压")
    await phone.look("36-answer", smallest=DENSE)
    await phone.tap("送出答复")
    await phone.sees("答复已经送给居民")
    assert await services.care.desk.worklist(doctor, first=20) == []
    await phone.tap("看这位居民的全貌")
    await phone.sees("家里测的", "152/94")
    await phone.look("37-resident", smallest=DENSE)
    await phone.tap("照护计划")
    await phone.sees("老年人健康管理计划")
    await phone.page.run("location.hash = '#/pages/panel/panel'")
    await phone.sees("签约居民", "请留意")
    await phone.look("38-panel", smallest=DENSE)
    await sign_out(phone)

    await sign_in(phone, "张建国，父亲")
    await phone.tap("问问")
    await phone.tap("看我问医生的问题")
    await phone.sees(ANSWER, "医生答复了")
    await phone.page.run("location.hash = '#/pages/looked/looked'")
    await phone.sees("王医生", "这一条不对劲")
    await phone.look("39-looked")
    assert phone.asked_outside() == []
