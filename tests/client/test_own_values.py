"""A slip of the finger on the phone: asked about with one's own last value, kept only on a yes."""

from __future__ import annotations

import pytest

from backend.identity.viewer import Role
from tests.client.conftest import Household

pytestmark = pytest.mark.slow


async def test_a_weight_far_from_the_last_is_asked_about_on_the_phone(
    household: Household,
) -> None:
    phone, page = household.phone, household.phone.page
    await household.services.identity.create_demo_account("father", frozenset({Role.RESIDENT}))
    await phone.open()
    await phone.tap("张建国，父亲")
    await phone.sees("建立健康档案")
    await phone.type("姓名", "张建国")
    await phone.type("出生日期，例如 1952-08-12", "19520812")
    await phone.tap("男")
    await phone.sees("我看过了，同意")
    await page.run(
        "[...document.querySelectorAll('[role=button]')]"
        ".find(e => e.innerText === '我看过了，同意').click()"
    )
    await phone.tap("建立我的档案")
    await phone.sees("张建国，", "还没有测量")

    await phone.tap("记录")
    await phone.tap("体重")
    await phone.digits("74")
    await phone.tap("存好")
    await phone.sees("记好了", "74 公斤")
    await phone.tap("再记一个")
    await phone.digits("135")
    await phone.tap("存好")

    await phone.sees("真的是 135 公斤", "的 74 公斤多 61 公斤，是这个数吗？")

    await phone.tap("不是，重新填")
    await phone.digits("73")
    await phone.tap("存好")
    await phone.sees("记好了", "73 公斤")
