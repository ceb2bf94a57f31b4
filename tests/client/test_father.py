"""A father over seventy and his phone: from the first sign-in to the assistant, in one walk."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.identity.viewer import Role
from tests.client.conftest import Household
from tests.client.metering import photographs_a_thermometer
from tests.client.paper import photograph, photographs_a_report

pytestmark = pytest.mark.slow


async def test_a_father_lives_a_day_with_it(household: Household, tmp_path: Path) -> None:
    phone, page = household.phone, household.phone.page
    await household.services.identity.create_demo_account("father", frozenset({Role.RESIDENT}))
    await phone.open()
    await phone.sees("张建国，父亲")
    # A slow phone waits for each request anew: all that the first screen needs is in these.
    asked = [re.sub(r"[-.][\w-]{8}\.", ".", path) for path in phone.asked_of_server()]
    shown = {path for path in asked if not path.startswith("/static/")}  # the browser's own: icons
    assert shown == {
        "/", "/assets/index.js", "/assets/index.css", "/assets/uni.css",
    }  # fmt: skip
    await phone.look("01-sign-in")

    await phone.tap("张建国，父亲")
    await phone.sees("建立健康档案", "必须同意才能建立档案")
    await phone.look("02-consent")
    await phone.tap("建立我的档案")
    await phone.sees("请填好姓名、出生日期和性别，并同意第一项。")
    await phone.type("姓名", "张建国")
    await phone.type("出生日期，例如 1952-08-12", "19520812")
    await phone.tap("男")
    await page.run(
        "[...document.querySelectorAll('[role=button]')]"
        ".find(e => e.innerText === '我看过了，同意').click()"
    )
    await phone.tap("建立我的档案")
    await phone.sees("张建国，", "还没有测量")
    await phone.look("03-today-empty")

    await phone.tap("记录")
    await phone.sees("记在 张建国 的档案里")
    await phone.look("04-record")
    await phone.tap("血压")
    await phone.digits("186")
    await phone.digits("99")
    await phone.look("05-pressure")
    await phone.tap("存好")
    await phone.sees("记好了", "186/99 mmHg")
    await phone.tap("看走势")
    await phone.sees("收缩压", "最低 186，最高 186")
    await phone.look("06-trend")

    await phone.tap("返回")
    await phone.tap("今天")
    await phone.sees("要留意的", "怎么办：")
    await phone.look("07-today")

    await phone.network(on=False)
    await phone.tap("记录")
    await phone.tap("体重")
    await phone.digits("70.5")
    await phone.tap("存好")
    await phone.sees("先存在手机里了")
    await phone.tap("回到今天")
    await phone.sees("现在没有网。记下的", "下面是", "186/99", "有 1 条记录等着送出")
    await phone.look("08-today-offline")
    await phone.network(on=True)
    await page.until("!document.body.innerText.includes('等着送出')")
    await phone.tap("记录")
    await phone.tap("今天")
    await phone.sees("70.5", "公斤")
    await photographs_a_thermometer(phone, tmp_path)
    await phone.tap("返回")
    await phone.tap("体重")
    await phone.digits("95")
    await phone.tap("存好")
    await phone.sees("真的是 95 公斤吗？", "多 24.5 公斤，是这个数吗？")
    await phone.look("08-unlikely")
    await phone.tap("不是，重新填")
    await phone.digits("95")
    await phone.tap("存好")
    await phone.tap("是的，就是这个数")
    await phone.sees("记好了", "95 公斤")
    await phone.tap("记错了，拿掉这一条")
    await phone.sees("已经拿掉了，不算数。")

    await page.call("Fetch.enable", patterns=[{"urlPattern": "*/graphql"}])
    await phone.open()
    await phone.sees("186/99", "70.5", "这是上次看到的")
    await page.call("Fetch.disable")
    await page.until("!document.body.innerText.includes('这是上次看到的')")

    await phone.tap("问问")
    await phone.type("想问什么？", "最近血压平均多少？")
    await phone.tap("问")
    await phone.sees("第一次用，请先看看")
    await phone.look("09-assistant-consent")
    await phone.tap("我看过了，同意")
    await phone.sees("186", "依据（")
    await phone.look("09-answer")
    await phone.tap("依据（")
    await phone.sees("这句话的依据")
    await phone.look("10-evidence")
    await page.run("document.querySelector('.sheet [role=link]').click()")
    await phone.sees("这一条是怎么来的", "本人记录")
    await phone.look("11-reading")
    await phone.tap("返回")
    await phone.tap("关上")
    await phone.type("想问什么？", "我胸口疼得厉害，喘不上气")
    await phone.tap("问")
    await phone.sees("马上打 120", "请马上拨打 120")
    await phone.look("12-emergency")

    await phone.tap("档案")
    await phone.sees("健康档案")
    await phone.tap("测量")
    await phone.sees("186/99 mmHg")
    await phone.look("13-archive")

    await photographs_a_report(phone, photograph(tmp_path / "checkup.jpg"))

    await phone.tap("返回")
    await phone.tap("返回")
    await phone.tap("我的")
    await phone.tap("提醒：")
    await phone.tap("加一条提醒")
    await phone.type("写个名字，比如“氨氯地平 一片”", "氨氯地平 一片")
    await phone.tap("08:00")
    await phone.look("14-reminder")
    await phone.tap("存好")
    await phone.sees("氨氯地平 一片", "每天 08:00")

    await phone.tap("返回")
    await phone.tap("字号、颜色、语言")
    await phone.tap("特大字")
    await phone.tap("黑白分明")
    await phone.look("15-settings-largest")
    await phone.tap("English")
    await phone.sees("High contrast")
    await phone.tap("Back")
    await phone.tap("Sign out")
    await phone.sees("Zhang Jianguo, father, 74")

    # Answers came over the socket, sentence by sentence.
    assert [sent for _, sent in page.requests if '\\"operationName\\":\\"Ask\\"' in sent] == []
    kept = await page.run("Object.keys(localStorage).filter(k => k.startsWith('seen:'))")
    assert kept == []
    assert phone.asked_outside() == []
    refused_by_policy = [each for each in page.complaints if "Content Security Policy" in each]
    assert refused_by_policy == []
