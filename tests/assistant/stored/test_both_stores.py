"""One engine, two stores: the archive answers as its FHIR export does."""

from __future__ import annotations

import json
from decimal import Decimal

from backend.access.categories import ALL_CATEGORIES
from backend.core.clock import SHANGHAI
from bot.assistant.engine import Assistant
from bot.assistant.fhir.bundle import BundleView
from bot.assistant.stored.archives import Archives
from bot.assistant.stored.view import StoredView
from tests.assistant.stored.conftest import Family

THINGS = (
    "血压",
    "高压",
    "空腹血糖",
    "血糖",
    "心率",
    "体重",
    "糖化血红蛋白",
    "低密度脂蛋白",
    "血肌酐",
)
WAYS = (
    "最近一次{}是多少？",
    "最近三个月{}平均多少？",
    "今年{}最高是多少？",
    "上个月{}最低多少？",
    "{}这半年变化怎么样？",
    "最近一个月{}测了几次？",
    "{}最近三次分别是多少？",
)
WORDS = (
    "我有什么病？", "我对什么药过敏？", "现在在吃什么药？", "二甲双胍怎么吃？", "我有高血压吗？",
    "打过哪些疫苗？", "我爸有什么病？", "上次体检结果怎么样？", "做过手术吗？", "最近有没有住院？",
    "血压超过140/90的有几次？", "血压控制得怎么样？", "要不要加药？", "我能停药吗？",
    "胸口疼得厉害，喘不上气", "邻居老王血压多少？", "what was my last blood pressure?",
    "上周和上个月的血压比怎么样？", "早上血压平均多少？", "我多大了？", "抽烟吗？",
    "随访计划有哪些？",
)  # fmt: skip
QUESTIONS = [way.format(thing) for thing in THINGS for way in WAYS] + list(WORDS)


async def test_the_stored_archive_answers_as_its_export_does(family: Family) -> None:
    services = family.services
    now = services.core.clock.now().astimezone(SHANGHAI)
    exported = await services.fhir_export.everything(family.father, family.father_id)
    over_bundle = Assistant(BundleView(json.loads(exported, parse_float=Decimal), now))
    archives = Archives(services.core, services.residents)
    snapshot = await archives.snapshot(family.father_id, ALL_CATEGORIES)
    over_store = Assistant(StoredView(snapshot, now), snapshot.topics)
    assert len(QUESTIONS) >= 60
    outcomes = set()
    for question in QUESTIONS:
        expected, found = over_bundle.ask(question), over_store.ask(question)
        assert found == expected, question
        outcomes.add(found.outcome)
        for citation in found.citations:
            kind = citation.resource.partition("/")[0]
            assert kind in ("Guideline", "Content", "Patient") or citation.resource in (
                snapshot.by_ref
            )
    assert len(outcomes) == 4
