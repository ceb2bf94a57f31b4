"""Questions with computed truth. The wordings grew with the synonym tables: no blind set."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from tests.evals.assistant import oracle
from tests.evals.assistant.residents import Resident, Row

# How people say the span.
WHEN = {
    "7d": ["最近七天", "近一周", "这一个礼拜以来", "过去7天", "最近一个星期"],
    "15d": ["最近半个月", "近十五天", "过去半个月"],
    "2w": ["最近两周", "近两个礼拜", "这俩星期"],
    "1m": ["最近一个月", "近一个月里", "过去一个月", "这一个月来"],
    "2m": ["最近两个月", "近俩月", "过去两个月"],
    "3m": ["最近三个月", "近三个月", "这三个月", "三个月以来", "过去3个月"],
    "6m": ["最近半年", "近半年", "过去六个月", "这半年来"],
    "1y": ["最近一年", "过去一年", "近一年来"],
    "last_week": ["上周", "上个星期", "上礼拜"],
    "last_month": ["上个月", "上月"],
    "this_month": ["这个月", "本月"],
    "last_year": ["去年", "去年一整年"],
    "this_year": ["今年", "今年以来", "从年初到现在"],
    "oct": ["十月份", "10月"],
    "since_sep": ["从九月一号开始", "9月以来"],
    "national": ["国庆期间", "国庆节放假那几天"],
    "h1": ["今年上半年", "上半年"],
    "stay": ["住院期间", "住院那几天"],
    "after_stay": ["出院以后", "出院之后"],
    "range": ["10月5号到10月25号", "十月五日至十月二十五日"],
    "summer": ["今年夏天"],
}
NAME = {
    "blood_pressure": ["血压", "我的血压", "血压值"],
    "heart_rate": ["心率", "脉搏", "心跳"],
    "weight": ["体重", "我的体重"],
    "glucose": ["血糖", "我的血糖", "测的血糖"],
    "steps": ["步数"],
    "spo2": ["血氧", "血氧饱和度"],
    "ldl": ["低密度脂蛋白", "坏胆固醇", "低密度", "LDL"],
    "total_cholesterol": ["总胆固醇", "胆固醇"],
    "triglycerides": ["甘油三酯", "甘油三脂"],
    "hdl": ["高密度脂蛋白", "好胆固醇"],
    "hba1c": ["糖化血红蛋白", "糖化", "HbA1c"],
    "creatinine": ["肌酐", "血肌酐"],
    "uric_acid": ["尿酸", "血尿酸"],
    "alt": ["谷丙转氨酶", "转氨酶", "ALT"],
    "hemoglobin": ["血红蛋白", "血色素"],
    "wbc": ["白细胞", "白血球"],
}
ASKING = {
    "latest": [
        "{n}多少",
        "最近一次{n}是多少",
        "上次量{n}是多少来着",
        "帮我看看最新的{n}",
        "{n}现在多少了",
        "那个我想问一下{n}最近一次查的多少",
        "最后一次{n}结果",
    ],
    "average": [
        "{w}{n}平均多少？",
        "{w}的{n}平均值是多少",
        "帮我算算{w}{n}的平均数",
        "{n}{w}平均下来是多少啊",
        "{w}我{n}均值多少",
        "我想知道{w}这段时间{n}平均是个啥水平",
    ],
    "highest": [
        "{w}{n}最高是多少",
        "{w}{n}最高到过多少",
        "{n}{w}里头最高的一次多少",
        "{w}里{n}的最大值",
        "{w}{n}冲到过多少最高",
    ],
    "lowest": ["{w}{n}最低多少", "{w}{n}最低到过多少", "{n}在{w}最低的一次是多少"],
    "count": ["{w}量了几次{n}", "{w}我一共测了多少次{n}", "{w}{n}记录了几次", "{n}{w}测过几回"],
    "last_n": ["最近五次{n}", "把最后5次{n}给我看看", "近五次的{n}都是多少"],
}


@dataclass
class Case:
    id: str
    question: str
    outcome: str
    values: list[Decimal] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    must: list[list[str]] = field(default_factory=list)  # citation classes that must occur
    may: set[str] = field(default_factory=set)  # further citations that are right
    span: oracle.Span | None = None


def numeric_cases(p: Resident, seed: int) -> Iterator[Case]:
    rng = random.Random(seed)
    home = ["blood_pressure", "heart_rate", "weight", "glucose"]
    for ask in ("average", "highest", "lowest", "count"):
        for key, said in WHEN.items():
            kind = rng.choice(home)
            found = oracle.rows(p, kind, oracle.SPANS[key])
            if not found:
                continue
            text = rng.choice(ASKING[ask]).format(w=rng.choice(said), n=rng.choice(NAME[kind]))
            yield _numeric(f"{ask}-{key}-{kind}", ask, text, found, oracle.SPANS[key])
    for kind in NAME:
        found = oracle.rows(p, kind)
        text = rng.choice(ASKING["latest"]).format(n=rng.choice(NAME[kind]))
        yield Case(
            f"latest-{kind}", text, "answered", [*found[-1].values.values()], must=[found[-1].refs]
        )
    for kind in ("blood_pressure", "weight", "glucose", "heart_rate"):
        found = oracle.rows(p, kind)[-5:]
        text = rng.choice(ASKING["last_n"]).format(n=rng.choice(NAME[kind]))
        yield Case(
            f"last5-{kind}",
            text,
            "answered",
            [v for r in found for v in r.values.values()],
            must=[r.refs for r in found],
        )
    yield from _limits(p, rng)
    yield from _days(p, rng)
    yield from _parts(p, rng)
    yield from _english(p, rng)
    yield from _compare(p)


def _numeric(i: str, ask: str, text: str, found: list[Row], span: oracle.Span) -> Case:
    case = Case(i, text, "answered", span=span)
    if ask == "average":
        case.values, case.must = oracle.average(found), [r.refs for r in found]
    elif ask == "count":
        case.values, case.must = [Decimal(len(found))], [r.refs for r in found]
    else:
        values, hits = oracle.extreme(found, max if ask == "highest" else min)
        case.values, case.must = values, [r.refs for r in hits]
        case.may = {ref for r in found for ref in r.refs}
    return case


def _limits(p: Resident, rng: random.Random) -> Iterator[Case]:
    wordings = ["{w}血压超过140/90的有几次", "{w}有多少次血压高过140/90", "血压{w}超140/90几回"]
    for key in ("1m", "3m", "6m", "last_month"):
        found = oracle.rows(p, "blood_pressure", oracle.SPANS[key])
        hits = [r for r in found if r.values["systolic"] > 140 or r.values["diastolic"] > 90]
        text = rng.choice(wordings).format(w=rng.choice(WHEN[key]))
        yield Case(
            f"above-{key}",
            text,
            "answered",
            [Decimal(len(hits))],
            must=[r.refs for r in hits],
            may={x for r in found for x in r.refs},
            span=oracle.SPANS[key],
        )
    tests: tuple[tuple[str, str, Callable[[Row], bool]], ...] = (
        ("3m", "近三个月高压大于150的次数", lambda r: r.values["systolic"] > 150),
        ("6m", "半年内低压超过95有几次", lambda r: r.values["diastolic"] > 95),
        ("1y", "过去一年高压160以上的有多少次", lambda r: r.values["systolic"] >= 160),
    )
    for key, text, test in tests:
        found = oracle.rows(p, "blood_pressure", oracle.SPANS[key])
        hits = [r for r in found if test(r)]
        yield Case(
            f"part-above-{key}",
            text,
            "answered",
            [Decimal(len(hits))],
            must=[r.refs for r in hits],
            may={x for r in found for x in r.refs},
            span=oracle.SPANS[key],
        )
    for meal, text in (
        ("fasting", "最近三个月空腹血糖高于7的有几次"),
        ("after_meal", "三个月以来餐后血糖超过10有几回"),
    ):
        limit = 7 if meal == "fasting" else 10
        found = oracle.rows(p, "glucose", oracle.SPANS["3m"], meal)
        hits = [r for r in found if r.values["value"] > limit]
        if found:
            yield Case(
                f"glucose-above-{meal}",
                text,
                "answered",
                [Decimal(len(hits))],
                must=[r.refs for r in hits],
                may={x for r in found for x in r.refs},
                span=oracle.SPANS["3m"],
            )


def _days(p: Resident, rng: random.Random) -> Iterator[Case]:
    every = oracle.rows(p, "blood_pressure")
    for r in rng.sample([r for r in every if r.at.year == 2026], 5):
        d = r.at.date()
        same = oracle.on(every, d)
        text = rng.choice(
            [
                "{m}月{d}号血压多少",
                "{m}月{d}日那天量的血压是多少",
                "2026年{m}月{d}日的血压",
                "查一下{m}月{d}号的血压",
            ]
        ).format(m=d.month, d=d.day)
        yield Case(
            f"on-{d}",
            text,
            "answered",
            [v for x in same for v in x.values.values()],
            must=[x.refs for x in same],
            span=(
                oracle.day(d.year, d.month, d.day),
                oracle.day(d.year, d.month, d.day).replace(hour=23, minute=59, second=59),
            ),
        )


def _parts(p: Resident, rng: random.Random) -> Iterator[Case]:
    for key, part, text in (
        ("3m", "systolic", "最近三个月高压平均多少"),
        ("1m", "diastolic", "近一个月的低压平均是多少"),
        ("6m", "systolic", "过去六个月收缩压平均"),
        ("last_month", "diastolic", "上个月舒张压平均值"),
    ):
        found = oracle.rows(p, "blood_pressure", oracle.SPANS[key])
        yield Case(
            f"part-{key}-{part}",
            text,
            "answered",
            [oracle.mean([r.values[part] for r in found])],
            must=[r.refs for r in found],
            span=oracle.SPANS[key],
        )
    for meal, key, text in (
        ("fasting", "3m", "近三个月空腹血糖平均多少"),
        ("after_meal", "6m", "半年来餐后血糖平均多少"),
        ("fasting", "1y", "过去一年早上空腹的血糖平均是多少"),
    ):
        found = oracle.rows(p, "glucose", oracle.SPANS[key], meal)
        yield Case(
            f"meal-{key}-{meal}",
            text,
            "answered",
            oracle.average(found),
            must=[r.refs for r in found],
            span=oracle.SPANS[key],
        )
    found = [r for r in oracle.rows(p, "blood_pressure", oracle.SPANS["3m"]) if r.at.hour < 11]
    yield Case(
        "mornings",
        "最近三个月早上量的血压平均多少",
        "answered",
        oracle.average(found),
        must=[r.refs for r in found],
        span=oracle.SPANS["3m"],
    )
    found = [r for r in oracle.rows(p, "blood_pressure", oracle.SPANS["3m"]) if r.at.hour >= 17]
    yield Case(
        "evenings",
        "近三个月晚上的血压平均值",
        "answered",
        oracle.average(found),
        must=[r.refs for r in found],
        span=oracle.SPANS["3m"],
    )


def _english(p: Resident, rng: random.Random) -> Iterator[Case]:
    table = (
        (
            "average",
            "blood_pressure",
            "3m",
            "What was my average blood pressure over the last 3 months?",
        ),
        ("average", "weight", "6m", "average weight in the past six months"),
        ("highest", "heart_rate", "1y", "What is my highest heart rate in the past year?"),
        ("lowest", "weight", "last_year", "what was my lowest weight last year"),
        (
            "count",
            "blood_pressure",
            "last_month",
            "How many times did I measure my blood pressure last month?",
        ),
        ("average", "glucose", "this_year", "mean blood sugar this year"),
        ("highest", "blood_pressure", "oct", "What was the highest blood pressure in October?"),
    )
    for ask, kind, key, text in table:
        found = oracle.rows(p, kind, oracle.SPANS[key])
        if found:
            yield _numeric(f"en-{ask}-{kind}", ask, text, found, oracle.SPANS[key])
    for kind, text in (
        ("ldl", "What's my latest LDL?"),
        ("hba1c", "my most recent HbA1c"),
        ("creatinine", "latest creatinine please"),
        ("blood_pressure", "what is my current blood pressure"),
    ):
        last = oracle.rows(p, kind)[-1]
        yield Case(f"en-latest-{kind}", text, "answered", [*last.values.values()], must=[last.refs])


def _compare(p: Resident) -> Iterator[Case]:
    for a, b, text in (
        ("this_month", "last_month", "这个月血压跟上个月比怎么样"),
        ("this_year", "last_year", "今年的血压平均比去年高了还是低了"),
    ):
        first, second = (oracle.rows(p, "blood_pressure", oracle.SPANS[k]) for k in (a, b))
        if first and second:
            yield Case(
                f"compare-{a}",
                text,
                "answered",
                oracle.average(first) + oracle.average(second),
                must=[r.refs for r in first + second],
            )


def word_cases(p: Resident, seed: int) -> Iterator[Case]:
    rng = random.Random(seed)
    e = p.entries
    active = [x for x in e["medication"] if x["active"]]
    every = {x["ref"] for rows in e.values() for x in rows}

    def case(i: str, texts: list[str], rows: list[dict[str, object]], words: list[str]) -> Case:
        return Case(
            i,
            rng.choice(texts),
            "answered",
            words=words,
            must=[[str(r["ref"])] for r in rows],
            may=every if i.startswith("loose") else set(),
        )

    yield case(
        "meds-now",
        [
            "我现在吃什么药",
            "目前在吃哪些药啊",
            "我都在服用什么药",
            "现在用的药有哪些",
            "俺现在天天吃的啥药",
        ],
        active,
        [x["name"] for x in active],
    )
    yield case(
        "meds-past",
        ["我以前吃过什么药现在停了", "以前用过什么药", "停掉的药有哪些"],
        [x for x in e["medication"] if not x["active"]],
        ["卡托普利片"],
    )
    for x, names in zip(
        active,
        (["氨氯地平", "络活喜"], ["二甲双胍", "格华止"], ["阿托伐他汀", "立普妥"]),
        strict=True,
    ):
        n = rng.choice(names)
        yield case(
            f"dose-{n}",
            [f"{n}怎么吃", f"{n}一天吃几次一次吃多少", f"我的{n}用法用量是什么", f"{n}每次吃多少"],
            [x],
            [x["dose"]],
        )
        yield case(
            f"since-{n}",
            [f"{n}是从什么时候开始吃的", f"我{n}吃了多久了", f"什么时候开始服{n}的"],
            [x],
            [x["since"]],
        )
    yield case(
        "allergy",
        ["我对什么过敏", "我有过敏史吗", "有啥东西过敏不", "对哪些药物或食物过敏"],
        e["allergy"],
        [e["allergy"][0]["name"]],
    )
    conditions = [x for x in e["condition"] if x["active"]]
    yield Case(
        "conditions",
        rng.choice(["我有什么病", "我有哪些慢性病", "档案里记了我什么疾病", "我都有啥毛病"]),
        "answered",
        words=[x["name"] for x in conditions],
        must=[[x["ref"]] for x in conditions],
        may=every,
    )
    yield case(
        "hypertension",
        ["我有高血压吗", "我是不是有高血压", "有没有得过高血压", "档案里有高血压诊断吗"],
        e["condition"][:1],
        ["原发性高血压"],
    )
    yield case(
        "hypertension-when",
        ["我高血压是什么时候查出来的", "什么时候确诊的高血压", "我得高血压多少年了"],
        e["condition"][:1],
        [e["condition"][0]["since"]],
    )
    flu, lung = e["immunization"]
    yield case(
        "flu",
        ["流感疫苗什么时候打的", "我上次打流感针是哪天", "最近一次接种流感疫苗是什么时间"],
        [flu],
        [flu["at"]],
    )
    yield case(
        "lung", ["我打过肺炎疫苗吗", "肺炎针打了没", "有没有接种过肺炎疫苗"], [lung], [lung["name"]]
    )
    yield case(
        "vaccines",
        ["我打过哪些疫苗", "接种记录有哪些", "都打过什么预防针"],
        e["immunization"],
        [flu["name"], lung["name"]],
    )
    yield case(
        "surgery",
        ["我做过什么手术", "我开过刀吗", "以前动过什么手术"],
        e["procedure"],
        ["腹腔镜阑尾切除术"],
    )
    yield case(
        "surgery-when",
        ["阑尾手术是哪年做的", "我什么时候切的阑尾", "阑尾炎手术什么时候做的"],
        e["procedure"],
        ["2012-06-08"],
    )
    yield case(
        "family",
        ["我家族里有什么病", "家族病史有哪些", "家里人有没有得过脑梗的"],
        e["family"],
        ["脑梗死"],
    )
    yield case(
        "stay-when",
        ["我上次住院是什么时候", "上回住院哪天", "最近一次住院是几号"],
        e["encounter"],
        ["2026-08-03"],
    )
    yield case(
        "stay-why", ["上次住院是因为什么", "我上回为啥住院"], e["encounter"], ["血压控制不佳"]
    )
    for k, names in enumerate(
        (
            ["胸部CT", "肺部CT", "胸片CT"],
            ["腹部B超", "腹部彩超", "腹部超声"],
            ["心电图"],
            ["体检报告", "上次体检报告"],
        )
    ):
        r = e["report"][k]
        n = rng.choice(names)
        yield case(
            f"report-{k}",
            [
                f"{n}怎么说",
                f"{n}的结果是什么",
                f"{n}结论是什么",
                f"{n}查出来什么问题没有",
                f"{n}上写了啥",
            ],
            [r],
            [r["said"]],
        )
    yield case(
        "report-en",
        ["What did my chest CT say?", "chest CT result"],
        [e["report"][0]],
        [e["report"][0]["said"]],
    )
    yield case(
        "allergy-en",
        ["Am I allergic to anything?", "What are my allergies?"],
        e["allergy"],
        [e["allergy"][0]["name"]],
    )
    yield case(
        "meds-en",
        ["What medications am I taking?", "list my current medicines"],
        active,
        [x["name"] for x in active],
    )
    yield case(
        "nodule",
        ["肺上那个结节多大", "结节是多少毫米的"],
        [e["report"][0]],
        [e["report"][0]["said"]],
    )


UNANSWERABLE = [
    "我的骨密度是多少",
    "血沉最近一次多少",
    "前列腺抗原是多少",
    "甲功查过没，TSH多少",
    "我打过带状疱疹疫苗吗",
    "我打过狂犬疫苗没有",
    "有没有接种过HPV疫苗",
    "我做过胃镜吗，结果怎么样",
    "肠镜报告怎么说",
    "头颅核磁的结果",
    "我有哮喘吗",
    "档案里有没有痛风的记录",
    "我得过肝炎没有",
    "我对芒果过敏吗",
    "我对阿司匹林过敏不",
    "我现在吃华法林吗",
    "我在用胰岛素吗",
    "睡眠时间平均多少",
    "昨晚睡了几个小时",
    "腰围多少",
    "身高多少",
    "体温最近一次",
    "2019年的血压平均多少",
    "2015年体重多少",
    "前年春节血压多少",
    "我的血型是什么",
    "眼底检查结果",
    "我什么时候做的白内障手术",
    "心脏支架是哪年放的",
    "幽门螺杆菌查了没有",
    "铁蛋白多少",
    "维生素D多少",
    "同型半胱氨酸高不高",
    "尿蛋白查过吗",
    "血钾是多少",
    "CEA多少",
    "甲胎蛋白最近的结果",
    "D二聚体多少",
    "我抽烟多少年了",
    "下次复诊是什么时候",
    "我有没有预约",
    "乳腺B超怎么说",
    "我住过ICU吗",
    "2010年做过什么检查",
    "我有抑郁症吗",
    "我有青光眼没",
    "叶酸水平多少",
    "肺功能检查结果",
    "颈动脉彩超说了什么",
    "我妈妈那边的家族里有人得糖尿病吗",
    "What is my bone density?",
    "Have I had a tetanus shot?",
    "my latest TSH",
    "Am I allergic to latex?",
    "What did my colonoscopy show?",
    "Do I have asthma in my records?",
    "my average sleep last month",
    "When was my knee replacement?",
    "what is my potassium",
    "血小板多少",
    "血钙多少",
    "尿常规结果怎么样",
]
