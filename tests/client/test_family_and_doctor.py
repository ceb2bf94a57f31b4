"""A father invites his daughter, she asks the doctor, the doctor answers: by three phones."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from backend.access.contract.documents import ContractState
from backend.access.relations import RelationKind
from tests.appointments.helpers import a_slot, booked, waits
from tests.client.conftest import Household
from tests.client.family import (
    CLINIC,
    Clinic,
    Family,
    a_clinic,
    a_family,
    anew,
    go,
    looks_at,
    sign_in,
    sign_out,
)
from tests.client.paper import chooses, photograph
from tests.client.scanning import camera_is_off, camera_sees, pictured
from tests.sharing.shares import a_link, ask

pytestmark = pytest.mark.slow

DENSE = 15  # px: what a doctor at work reads
DISABLED_ARE_TAPPED = "document.querySelectorAll('[aria-disabled=true]').forEach(e => e.click())"
QUESTION = "我爸的血压药可以减一半吗？"
ANSWER = "先不要减量。请连续三天早晚量血压，周五我看了再定。"


@pytest.fixture(scope="module")
async def family(household: Household) -> Family:
    return await a_family(household.services)


@pytest.fixture(scope="module")
async def clinic(household: Household, family: Family) -> Clinic:
    return await a_clinic(household.services, family)


async def test_a_family_and_its_doctor_talk_by_phone(
    household: Household, family: Family, tmp_path: Path
) -> None:
    phone, services, doctor = household.phone, household.services, family.doctor
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
    picture = tmp_path / "invitation.png"
    picture.write_bytes(await pictured(phone))
    await sign_out(phone)

    await sign_in(phone, "张敏，女儿")
    await phone.tap("扫一扫")
    await phone.sees("这里用不了摄像头")
    await phone.look("33-scan")
    await chooses(phone, photograph(tmp_path / "paper.jpg"), "拍照，或选一张图片")
    await phone.sees("这张图里没有看到二维码")
    await chooses(phone, picture, "拍照，或选一张图片")
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
    [waiting] = await services.care.desk.worklist(doctor, first=20)
    await services.care.desk.claim(doctor, family.father_id, waiting.id)
    await phone.sees("我已接手")  # nobody touched the phone
    await services.care.desk.release(doctor, family.father_id, waiting.id)
    await phone.tap(QUESTION)
    await phone.sees("依据", "助手的草稿")
    await phone.look("35-ticket", smallest=DENSE)
    await phone.tap("我来答复")
    await phone.type("写给居民的话", ANSWER)
    await phone.tap("约随访")
    await phone.type("随访什么", "血压")
    await phone.tap("定个人界限")
    await phone.type("不高于（mmHg）", "145")
    await phone.look("36-answer", smallest=DENSE)
    await phone.tap("送出答复")
    await phone.sees("答复已经送给居民")
    assert await services.care.desk.worklist(doctor, first=20) == []
    [(_, limit)] = await services.overrides.current(doctor, family.father_id)
    assert (limit.component, limit.high, limit.low) == ("systolic", 145, None)
    await phone.tap("看这位居民的全貌")
    await phone.sees("家里测的", "152/94", "不高于 145 mmHg", "王医生 定的")
    await phone.look("37-resident", smallest=DENSE)
    await phone.tap("不再用这条界限")
    await phone.tap("是，停用")
    await phone.page.until("!document.body.innerText.includes('不高于')")
    assert await services.overrides.current(doctor, family.father_id) == []
    await phone.tap("照护计划")
    await phone.sees("老年人健康管理计划")
    await go(phone, "panel")
    await phone.sees("签约居民", "请留意")
    await phone.look("38-panel", smallest=DENSE)
    await sign_out(phone)

    await sign_in(phone, "张建国，父亲")
    await phone.tap("问问")
    await phone.tap("看我问医生的问题")
    await phone.sees(ANSWER, "医生答复了")
    await go(phone, "looked")
    await phone.sees("王医生", "这一条不对劲")
    await phone.look("39-looked")
    assert phone.asked_outside() == []


async def test_a_father_shows_his_record_books_and_signs_and_a_doctor_looks_in_an_emergency(
    household: Household, family: Family, clinic: Clinic
) -> None:
    phone, services = household.phone, household.services
    await anew(phone)

    await sign_in(phone, "张建国，父亲")
    await phone.sees("152/94")
    await phone.tap("我的")
    await phone.tap("把档案给医生看")
    await phone.tap("做一个给医生看的码")
    await phone.tap("医院的医生")
    await phone.look("40-share-for-whom")
    await phone.tap("下一步")
    await phone.sees("给 医院的医生 看什么？")
    await phone.look("41-share-what")
    await phone.tap("下一步")
    await phone.tap("要一个四位数密码")
    await phone.type("您的四位数密码", "4711")
    await phone.look("42-share-how-long")
    await phone.tap("做好这个码")
    await phone.sees("请医生扫这个码", "还要把密码告诉医生：4711")
    await phone.look("43-share-made")
    await phone.tap("好了，看看做过的码")
    await phone.sees("医院的医生", "还没有人打开过", "要输密码")
    await phone.look("44-shares")
    await phone.tap("收回，不让看了")
    await phone.tap("是，收回")
    await phone.sees("您已经收回")
    await phone.tap("看这一页")
    await phone.sees("家里测的", "152/94")
    await phone.look("45-one-page")

    await go(phone, "plans")
    await phone.tap("老年人健康管理计划")
    await phone.tap("好，就按这个做")
    await phone.sees("先停一停")

    await go(phone, "appointments")
    await phone.tap("预约一个时间")
    await phone.sees("要约什么？")
    await phone.look("46-book-kind")
    await phone.tap("看家庭医生（随访）")
    await phone.sees("哪一天？")
    await phone.look("47-book-day")
    await phone.tap("，还有 1 个")
    await phone.sees("几点？")
    await phone.tap("还有 1 个位子")
    await phone.look("48-book-sure")
    await phone.tap("好，就约这个")
    await phone.sees("已约好", "到了报这个号", "去之前看一看")
    await phone.look("49-appointment")
    await phone.tap("改个时间")
    await phone.tap("，还有 1 个")
    await phone.tap("还有 1 个位子")
    await phone.tap("好，改到这个时间")
    await phone.sees("已约好")
    await phone.tap("不去了，取消")
    await phone.tap("是，取消")
    await phone.sees("您取消了")
    await phone.tap("约别的时间")
    await phone.tap(clinic.first_day)
    await phone.tap("满了，可排队")
    await phone.tap("好，排上")
    await phone.sees("您排在第一位")
    await go(phone, "appointments")
    await phone.sees("在排队", "您取消了")
    await phone.look("50-appointments")

    await go(phone, "guardian")
    await phone.sees("给孩子建档案")
    await phone.look("51-guardian")
    await phone.tap("给孩子建档案")
    await phone.sees("您是孩子的")
    await phone.look("52-child")
    await go(phone, "sign")
    await phone.sees("王医生，主治医师")
    await phone.look("53-sign")
    offer = await services.family_doctors.offers.show(clinic.newcomer)
    await phone.page.goto(f"http://{phone.address}/sign#{offer.code.replace('-', '')}")
    await phone.page.until("document.querySelector('#client:not([hidden])') !== null")
    await phone.page.run("document.querySelector('#client').click()")
    await phone.page.until("location.pathname === '/' && document.readyState === 'complete'")
    await phone.sees("让 给您码的医生 看什么？", "✓ 用药")
    await phone.look("54-sign-what")
    await phone.tap("签约")
    await phone.sees("签好了。赵医生")
    await phone.tap("看看签约")
    await phone.sees("赵医生", "已经签约，到")
    await phone.look("55-contracts")
    await sign_out(phone)

    await sign_in(phone, "王医生，家庭医生")
    await phone.tap("我的")
    await phone.tap("请居民签约")
    await phone.tap("出示签约码")
    await phone.sees("前有效，只能用一次")
    await phone.look("56-offer", smallest=DENSE)
    await go(phone, "panel")
    await phone.sees("老年人健康管理计划（")
    await phone.tap("李*英")
    await phone.sees("居民没有授权的：")
    await phone.tap("救急要看没授权的内容")
    await phone.type(
        "为什么现在必须看？（至少十个字，居民看得到）", "昏迷送来急诊，要确认用药和过敏"
    )
    await phone.look("57-emergency", smallest=DENSE)
    await phone.tap("我明白，现在查看")
    await phone.sees("已经打开，到", "心理健康")
    await phone.tap("打开这位居民的档案")
    await phone.sees("过敏")
    assert "居民没有授权的" not in await phone.page.text()
    await sign_out(phone)

    await sign_in(phone, "李秀英，母亲")
    await phone.tap("我的")
    await phone.sees("有医生紧急看过您的档案", "昏迷送来急诊", CLINIC)
    await phone.look("58-looked-in-an-emergency")
    await sign_out(phone)

    await phone.tap("我是商家或机构")
    await phone.type("机构编号（kbc_ 开头）", clinic.client_id)
    await phone.type("密钥（kbs_ 开头）", clinic.client_secret)
    await phone.look("59-institution")
    await phone.tap("登录")
    await phone.sees("收兑换券")
    await camera_sees(phone, f"kangban:voucher:{clinic.voucher_code}")
    await phone.tap("扫一扫")
    await phone.sees("中医推拿一次", "可以用")
    assert await camera_is_off(phone)
    await phone.look("60-counter", smallest=DENSE)
    await phone.tap("收下这张券")
    await phone.sees("收好了，20 分已记到账上。")
    await phone.tap("对账")
    await phone.sees("收了 1 张券，共 20 分", "中医推拿一次")
    await phone.look("61-statement", smallest=DENSE)
    await sign_out(phone)
    assert phone.asked_outside() == []


async def test_a_kept_place_a_contract_asked_for_a_guardian_and_who_opened_a_link(
    household: Household, family: Family, clinic: Clinic
) -> None:
    phone, services = household.phone, household.services
    mother, mother_id, daughter = family.mother, family.mother_id, family.daughter
    await services.access.grant(
        resident_id=mother_id, account_id=daughter.account_id, kind=RelationKind.CAREGIVER
    )
    for each in await services.access.towards(family.doctor, mother_id):
        if each.kind is RelationKind.DOCTOR:  # that there be something to ask for
            await services.circle.links.end(mother, mother_id, each.id)
    in_two_days = services.core.clock.now() + timedelta(days=2)
    slot = await a_slot(services, clinic.viewer, in_two_days)
    place = await booked(services, family.father, family.father_id, slot)
    await waits(services, mother, mother_id, slot)
    await services.appointments.bookings.cancel(family.father, family.father_id, place)
    link = await a_link(services, mother, mother_id, label="给心内科看", max_opens=3)
    async with httpx.AsyncClient(base_url=f"http://{phone.address}", trust_env=False) as reader:
        assert (await ask(reader, link, recipient="心内科 李医生")).status_code == 200
    await anew(phone)

    await sign_in(phone, "李秀英，母亲")
    await phone.sees("今天要做的")
    await go(phone, "appointments")
    await phone.tap("给您留了位子")
    await phone.sees("这个位子给您留到")
    await phone.look("70-kept-place")
    await phone.enter("我要这个位子")
    await phone.sees("已约好", "到了报这个号")
    await go(phone, "shares")
    await phone.sees("给心内科看", "打开过 1 次，最多 3 次")
    await phone.tap("看看每一次打开")
    await phone.sees("心内科 李医生（")
    await phone.look("71-opened")
    await go(phone, "sign")
    await phone.tap("王医生，主治医师")
    await phone.sees("✓ 用药")
    for chosen in ("✓ 测量", "✓ 疾病和就诊", "✓ 用药", "✓ 化验和检查报告", "✓ 姓名和联系方式"):
        await phone.tap(chosen)
    await phone.page.run(DISABLED_ARE_TAPPED)
    assert "授权内容不完整" not in await phone.page.text()
    for chosen in ("测量", "姓名和联系方式"):
        await phone.tap(chosen)
    await phone.tap("请医生签约")
    await phone.sees("已经告诉 王医生")
    await sign_out(phone)

    await sign_in(phone, "张敏，女儿")
    await phone.sees("今天要做的")
    await looks_at(phone, "李*英")
    await go(phone, "guardian")
    await phone.sees("给 李*英 申请")
    await phone.type("为什么需要您来管？（至少十个字）", "母亲中风以后说不清话，办不了事")
    await phone.look("72-guardian-of-an-adult")
    await phone.tap("送出申请")
    await phone.sees("申请送出了")
    await sign_out(phone)

    await sign_in(phone, "王医生，家庭医生")
    await phone.sees("待办")
    await go(phone, "offer")
    await phone.sees("居民请您签约", "和您本人签", "李*英")
    await phone.look("73-contract-asked-for", smallest=DENSE)
    await phone.tap("同意签约")
    await phone.sees("现在没有等您答应的居民")
    await go(phone, "panel")
    await phone.tap("李*英")
    await phone.sees("有人申请做监护人", "母亲中风以后说不清话")
    await phone.look("74-guardianship-asked-for", smallest=DENSE)
    await phone.tap("情况属实，同意")
    await phone.page.until("!document.body.innerText.includes('有人申请做监护人')")
    held = await services.access.towards(daughter, mother_id)
    assert RelationKind.GUARDIAN in {each.kind for each in held}
    [contract] = await services.family_doctors.contracts.of_resident(mother, mother_id)
    assert contract.state is ContractState.RUNNING

    # As after the storage was tidied up by the browser, in part.
    await phone.page.run("localStorage.removeItem('kangban.session')")
    await go(phone, "worklist")
    await phone.sees("先看看：演示家庭")
    await sign_in(phone, "李秀英，母亲")
    await phone.sees("今天要做的")
    assert phone.asked_outside() == []
