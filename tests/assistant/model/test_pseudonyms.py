"""Nobody leaves: a thousand prompts recorded by the stand-in, none names anybody."""

from __future__ import annotations

import random

import pytest

from bot.assistant.answer import Answer, Citation, Fact, Outcome
from bot.assistant.engine import Assistant
from bot.assistant.model.asking import Endpoint
from bot.assistant.model.breaker import Breaker
from bot.assistant.model.pseudonyms import Pseudonyms
from bot.assistant.model.writer import Writer
from bot.assistant.records import Person
from tests.assistant.archives import ME, patient, pressure, view
from tests.assistant.model.standin import faithful, serving

PERSON = view(who=patient(name="欧阳桂兰", born="1954-03-02")).patient
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "建国秀英桂兰志强丽华玉梅海燕晓东文博思远雨欣"


def answer(text: str, *facts: Fact) -> Answer:
    return Answer(
        question="q",
        text=text,
        outcome=Outcome.ANSWERED,
        facts=facts,
        citations=(Citation("Observation/1", None, text),),
    )


@pytest.mark.parametrize(
    "secret",
    ["欧阳桂兰", "13812345678", "138 1234 5678", "+86 13812345678", "010-62345678",
     "110101195403021234", "11010119540302123X", "E12345678", "a.b@example.com",
     "北京市朝阳区建国路88号院3号楼", "解放路12号", "1954-03-02", "1954年3月2日", "1954/03/02",
     "19540302", "2 Mar 1954"],
)  # fmt: skip
def test_what_identifies_is_a_mark_and_comes_back(secret: str) -> None:
    told = f"血压 138/86 mmHg，{secret}，在2026年11月20日。"
    hidden = Pseudonyms(PERSON, answer(told))
    out = hidden.hide(told)
    assert secret not in out
    assert "138/86 mmHg" in out
    assert "2026年11月20日" in out
    assert hidden.restore(out) == told


def test_words_of_the_record_do_not_leave() -> None:
    told = "胸部CT（2026年3月3日）写着：“右肺结节，李四陪诊。”"
    facts = (Fact("胸部CT平扫", "右肺结节，李四陪诊。"), Fact("日期", "2026-03-03"))
    hidden = Pseudonyms(PERSON, answer(told, *facts))
    out = hidden.hide(told)
    assert "李四" not in out
    assert "结节" not in out
    assert "2026年3月3日" in out
    assert hidden.restore(out) == told


@pytest.mark.parametrize("said", ["王建国医生答复过。", "联系人：赵小敏。"])
def test_persons_by_title_or_label_do_not_leave(said: str) -> None:
    hidden = Pseudonyms(PERSON, answer(said))
    out = hidden.hide(said)
    assert "建国" not in out
    assert "小敏" not in out
    assert hidden.restore(out) == said


def test_the_same_word_has_one_mark() -> None:
    hidden = Pseudonyms(PERSON, answer("欧阳桂兰，欧阳桂兰"))
    assert hidden.hide("欧阳桂兰，欧阳桂兰") == "〔1〕，〔1〕"


@pytest.mark.slow
def test_in_a_thousand_prompts_nobody_leaves() -> None:
    with serving(faithful) as standin:
        asked = Writer(Endpoint(standin.url, "recorder", None, 30.0), Breaker(10**6))
        secrets: set[str] = set()
        seed = 0
        while standin.calls < 1000:
            seed += 1
            secrets |= _ask_of_somebody(random.Random(seed), asked)
            assert seed < 600
    sent = "\n".join(standin.bodies)
    assert standin.calls >= 1000
    assert [secret for secret in sorted(secrets) if secret in sent] == []


def _ask_of_somebody(rng: random.Random, asked: Writer) -> set[str]:
    """Questions to the archive of a made-up person whose notes name people everywhere."""

    def name() -> str:
        return rng.choice(_FAMILY) + rng.choice(_GIVEN) + rng.choice(_GIVEN)

    phone = f"1{rng.choice('3578')}{rng.randrange(10**9):09d}"
    born = f"19{rng.randrange(40, 99)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 28):02d}"
    number = f"110101{born.replace('-', '')}{rng.randrange(1000, 9999)}"
    home = f"{rng.choice('东西南北')}城区{rng.choice(_GIVEN)}民路{rng.randrange(1, 300)}号"
    me, other = name(), name()
    note = f"患者{me}，{other}陪诊，电话{phone}，身份证{number}，住{home}。脂肪肝。"
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "status": "final",
        "code": {"text": f"腹部超声（{me}）"},
        "subject": ME,
        "effectiveDateTime": "2026-03-03",
        "conclusion": note,
    }
    archive = view(
        pressure("b1", 130 + rng.randrange(30), 85, "2026-11-18T07:30:00+08:00"),
        pressure("b2", 130 + rng.randrange(30), 85, "2026-11-20T07:30:00+08:00"),
        report,
        who=patient(name=me, born=born),
    )
    assistant = Assistant(archive)
    for question in [f"{me}的血压最近一次多少", "腹部超声怎么说", "脂肪肝的报告", "血压平均多少",
                     "我的出生日期", "我叫什么名字", "我多大了"]:  # fmt: skip
        asked.reword(assistant.ask(question), archive)
    y, m, d = born.split("-")
    return {me, other, phone, number, home, born, f"{y}年{int(m)}月{int(d)}日"}


def test_a_person_without_names_or_birth_date_is_no_trouble() -> None:
    hidden = Pseudonyms(Person(ref="Patient/1"), answer("血压 138/86。"))
    assert hidden.hide("血压 138/86。") == "血压 138/86。"
