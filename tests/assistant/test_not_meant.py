"""Grave words that are not meant of anybody now: studied, filmed, exaggerated, said in fun, of a
machine or an animal, denied, a wrong reading, long over. Each beside a few that are meant.
By the rules alone; the second net has its own tests."""

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


STUDIED = [
    "老师讲讲脑卒中的处理流程呗，期末考题",
    "心梗分几期，给我掰扯掰扯",
    "被毒蛇咬了怎么处理，网上说法不一样",
    "我在学护理，休克病人怎么摆体位",
    "老人牙口不好，年糕怎么吃才不容易噎着",
    "不做气管插管，不做电击，怎么写",
    "医学生想问感染性休克的分型",
    "台词是我昏倒在地上，怎么演像",
    "how do you describe chest pain in chinese, vocabulary please",
    "幼儿园布置的作业，讲讲触电的步骤",
    "老师让写触电急救的作文",
]
STUDIED_BUT_MEANT = [
    "排练的时候突然晕倒了，叫不醒",
    "我是护士，我妈昏迷了叫不醒",
    "我爸昏迷了，我先学着按120说的做",
    "被蛇咬了，网上说法不一样，我的腿已经黑了",
    "怎么死才不痛",
    "我学护理的，我爸现在嘴歪说话不清",
    "给我说说心肺复苏步骤，我爸心跳停了",
    "老师布置作业，孩子突然口吐白沫",
    "医学生，室友割腕了血止不住",
    "今天考试题太难，现在胸口疼得冒冷汗",
    "演习的时候同事真的晕倒了",
]


@pytest.mark.parametrize("said", STUDIED)
def test_what_is_studied_is_no_alarm(said: str) -> None:
    assert not rings(said)


@pytest.mark.parametrize("said", STUDIED_BUT_MEANT)
def test_who_studies_may_be_ill_all_the_same(said: str) -> None:
    assert rings(said)


TOLD_OF_OTHERS = [
    "《三国演义》里周瑜吐血那回怎么讲的",
    "电视演一氧化碳中毒那集你看没",
    "嗑到心脏病犯了，太甜",
    "大结局男主昏倒，编剧气人",
    "打副本打得吐血才过",
    "历史上曹操头疼得要裂开是啥病",
    "民国时候太爷爷咳血，家里老人讲的",
    "I read that Hamlet's father was poisoned",
    "the queen in the drama passed out",
    "村口喇叭说邻村有人吃野蘑菇中毒了",
]
MEANT_BESIDE_A_FILM = [
    "看《红楼梦》看着看着突然胸口疼得厉害",
    "收音机正说着话，我爸晕倒了叫不醒",
    "睇波睇到一半，老豆心口痛到出冷汗",
    "I was watching tv and suddenly my chest hurts",
    "on the radio they played a song and my wife suddenly can't speak",
]


@pytest.mark.parametrize("said", TOLD_OF_OTHERS)
def test_films_games_news_and_history_are_no_alarm(said: str) -> None:
    assert not rings(said)


@pytest.mark.parametrize("said", MEANT_BESIDE_A_FILM)
def test_who_watches_may_be_ill_all_the_same(said: str) -> None:
    assert rings(said)


EXAGGERATED = [
    "楼上装修吵得我脑袋要裂开",
    "晕倒，怎么又涨价了",
    "装修大出血，花了二十万",
    "泡菜坛子臭得我快晕过去了",
    "改稿改到吐血，夸张手法",
    "周末打算睡到昏迷",
    "今天瘫在沙发上追剧，真爽",
    "腿要断了，逛街逛的",
    "I am drowning and suffocating in homework",
    "can't breathe in this dress",
    "笑得我心绞痛",
    "老板的操作让我窒息",
    "我爸演小品装晕倒",
    "这菜咸得我要晕过去",
    "今天堵车堵得我要窒息了",
]
EXAGGERATED_BUT_MEANT = [
    "瘫在床上一天了，叫不醒",
    "腿断了，骨头都露出来",
    "老公大出血止不住",
    "晕倒了，怎么叫都不醒",
    "屋里臭鸡蛋味，我爸晕过去了",
]
OF_A_MACHINE_OR_AN_ANIMAL = [
    "我家的电视抽风了",
    "打印机卡住了，呼救也没人修",
    "收割机的皮带断了",
    "家里停水，水管裂了，厨房淹了",
    "稻田淹了三亩",
    "奶牛倒地，兽医来看了",
    "our neighbour's cat stopped breathing",
    "his dog had a seizure at the vet",
    "机器人吸尘器卡在沙发底下呼救",
    "the printer is choking on paper",
    "母鸡瘫在窝里不动",
    "电脑卡死救命",
    "空调快断气了",
    "车抛锚了没电，快来人",
]
MEANT_BESIDE_A_MACHINE_OR_AN_ANIMAL = [
    "铡草机切断了他的手指",
    "收割机绞断了我爸的腿，血止不住",
    "the neighbour's dog bit my son's face and the blood won't stop",
    "孩子的手被洗衣机绞断了",
    "我从奶牛身上摔下来，头磕了，一直吐",
]


@pytest.mark.parametrize("said", EXAGGERATED + OF_A_MACHINE_OR_AN_ANIMAL)
def test_what_is_exaggerated_or_of_no_person_is_no_alarm(said: str) -> None:
    assert not rings(said)


@pytest.mark.parametrize("said", EXAGGERATED_BUT_MEANT + MEANT_BESIDE_A_MACHINE_OR_AN_ANIMAL)
def test_and_the_same_words_meant_are_one(said: str) -> None:
    assert rings(said)


IN_FUN = [
    "爷爷打牌输了喊着要跳楼，是开玩笑的",
    "弟弟说作业多得不想活，全家都笑",
    "老头嚷着要跳河，逗我们玩",
    "奶奶说不想活到一百岁，笑呵呵的",
    "他喊要上吊，闹着玩",
    "老伴讲想死了，笑眯眯地又夹了块肉",
    "奶奶老把胸痛听成松动",
    "他把晕厥念成晕绝",
    "老张输了棋说要跳楼，大家都笑",
    "舅舅吵着要去死，逗孩子玩的",
]
LAUGHED_AT_BUT_MEANT = [
    "他说要跳楼，大家都以为他开玩笑，现在站在楼顶",
    "我说想死，大家都笑",
    "我说不想活了，全家都笑我",
    "女儿说想死，笑了一下就不说话了",
    "老公说想自杀，大家都笑，可他把药都拿出来了",
    "哈哈，我想死",
    "妈妈说想死，闹着玩的吧",
    "女儿说胸口疼，全家都笑她装",
    "儿子说不想活了，是不是逗我玩的",
]


@pytest.mark.parametrize("said", IN_FUN)
def test_what_another_said_in_fun_is_no_alarm(said: str) -> None:
    assert not rings(said)


@pytest.mark.parametrize("said", LAUGHED_AT_BUT_MEANT)
def test_laughter_takes_nothing_back_of_what_may_be_meant(said: str) -> None:
    assert rings(said)


DENIED_OR_OVER = [
    "阿婆话冇讲心口痛",
    "she denies chest tightness or shortness of breath",
    "看见一条蛇，没咬着我",
    "中考那几天我紧张得喘不过气",
    "洗衣粉溅到眼睛，冲了水，已经不红了",
    "围巾勒得有窒息感，松开就好",
    "我嫂子在产科，昨晚接了五个大出血",
    "我姐是急诊的，今天抢救了三个心梗",
    "孩子哮喘三个月没发作，能减药吗",
    "洗洁精差点喝了，幸好闻出来了",
    "没得啥子胸痛，就是问问体检",
    "前几年脑梗，现在嘴不歪了",
    "差点噎着，已经咽下去了",
]
NEITHER_DENIED_NOR_OVER = [
    "孩子哮喘又犯了喘得厉害",
    "石灰溅到眼睛，冲了水还是睁不开",
    "毒蛇咬了我的脚",
    "煤气漏了，接了两个电话就头晕",
    "我是急诊的，刚救了两个病人，自己突然胸口疼得出冷汗了",
]


@pytest.mark.parametrize("said", DENIED_OR_OVER)
def test_denied_in_dialect_over_or_of_the_work_of_others_is_no_alarm(said: str) -> None:
    assert not rings(said)


@pytest.mark.parametrize("said", NEITHER_DENIED_NOR_OVER)
def test_what_goes_on_is_an_alarm_still(said: str) -> None:
    assert rings(said)


MEASURED_WRONG = [
    "涂了指甲油血氧测78，擦掉是96",
    "没洗手血糖29，洗了再测6.2",
    "oxygen 79 with cold fingers, warmed them and it is 97",
    "血压袖带绑松了210/120，重新量132/80，头有点晕",
    "手指太凉血氧84，焐热了95",
    "血糖仪显示LO，试纸过期，换新的测出来6.1",
    "血氧仪夹歪了显示72，重新夹是98",
    "血氧仪没电了显示69，换了电池97",
    "血糖仪上的HI和LO是什么",
    "糖耐两小时8.1，要不要紧",
]
MEASURED_RIGHT = [
    "手凉血氧85，捂热了再测还是82",
    "血压袖带绑松了150，重新量220/130头疼",
    "血糖2.1，吃了糖重新测还是2.3",
    "手脚冰凉，血压70/40，又量了2遍",
    "血糖仪出LO啥意思，我妈出冷汗",
]


@pytest.mark.parametrize("said", MEASURED_WRONG)
def test_a_reading_taken_wrong_and_then_right_is_no_alarm(said: str) -> None:
    assert not rings(said)


@pytest.mark.parametrize("said", MEASURED_RIGHT)
def test_a_reading_that_stays_grave_is_one(said: str) -> None:
    assert rings(said)
