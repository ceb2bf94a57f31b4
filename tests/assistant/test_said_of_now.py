"""Red flags that are told beside the past or with a 'not': now beats then, and a 'not' that is
itself the sign is no denial. By the rules alone; the second net has its own tests."""

from __future__ import annotations

import pytest

from bot.assistant.triage.engine import by_rules
from bot.assistant.triage.rules import Level
from bot.assistant.understanding.text import read
from tests.assistant.archives import view

VIEW = view()


def rings(said: str) -> bool:
    alarm = by_rules(read(said), VIEW)
    return alarm is not None and alarm.level is Level.EMERGENCY


NOW_BEATS_THEN = [
    "去年做过支架，现在胸口压得喘不上气",
    "那年中过风，今早左胳膊又抬不起来了",
    "当时没觉得疼，现在肚子硬得像板，疼得打滚",
    "我过去一看她嘴歪了，胳膊也抬不动",
    "头扭过去了，两眼上翻，手脚直抽",
    "今天跟那年犯病时候一模一样，胸口疼",
    "前年被猫抓咬过，今天喝水就喉咙紧，怕风",
    "痰里带血好些天了，现在一口一口都是鲜血",
    "摔了一跤当时没事，这会儿吐了三回，头疼",
    "一口接一口咳鲜血，快憋过去了",
    "我在看电影，胸口突然疼得厉害冒汗",
    "开着空调人昏过去了",
    "车里的人没反应了",
    "电脑前坐着坐着我妈抽风了",
]
STILL_PAST = [
    "去年中风，现在恢复得挺好",
    "以前抽过风，现在好好的",
    "前年胸口疼，装了支架，现在没事",
    "去年晕倒过一次，现在天天锻炼",
    "上次心绞痛是三年前，现在吃药控制",
    "以前偏瘫，现在能走了",
    "我妈去年脑出血，现在想问问复查挂什么科",
    "和以前一样，吃片药睡一觉就好",
    "当年车祸伤了腿，今天来问问康复",
    "小时候被狗咬过，现在还怕狗",
]
A_NOT_THAT_IS_THE_SIGN = [
    "快来，我公公不喘气了",
    "救人，老太太不出气了",
    "俺爹现在不呼吸了，脸发青",
    "my father isn't breathing",
    "grandma is barely breathing",
    "our neighbour just stopped breathing",
    "姥爷几乎不喘气",
    "叫了老伴半天没反应",
    "no pulse, what do i do",
    "我一摸，老伴不喘气了",
    "娃不喘气了怎么办",
    "我外婆没喘气了",
    "老伴叫他不答应",
    "没有外伤，鼻子和嘴都在冒血",
    "不是什么大事吧，就是胸口压得慌喘不上气",
]
A_NOT_THAT_DENIES = [
    "爬五楼不喘气，身体挺好",
    "孩子哮喘好了，现在跑步不喘气了",
    "客服叫了半天没反应",
    "no breathing problems at all",
    "老人没有呼吸困难",
    "我爸说话不含糊",
    "how do i tell if someone is unconscious",
    "no chest pain and no shortness of breath",
    "胸口不疼也不闷",
    "没抽过风",
]


@pytest.mark.parametrize("said", NOW_BEATS_THEN)
def test_what_is_told_of_now_counts_beside_the_past(said: str) -> None:
    assert rings(said)


@pytest.mark.parametrize("said", STILL_PAST)
def test_what_is_over_stays_over_where_all_is_well_now(said: str) -> None:
    assert not rings(said)


@pytest.mark.parametrize("said", A_NOT_THAT_IS_THE_SIGN)
def test_not_breathing_is_no_denial(said: str) -> None:
    assert rings(said)


@pytest.mark.parametrize("said", A_NOT_THAT_DENIES)
def test_and_a_denial_is_one_still(said: str) -> None:
    assert not rings(said)
