"""Which kind of paper a text is, by its titles and the words it cannot do without."""

from __future__ import annotations

import re
import unicodedata

from ocr.model import Kind

_TITLES: tuple[tuple[Kind, str, float], ...] = (
    ("discharge", r"出院小结|出院记录|出院证明|出院病情|出院总结|出院志", 6),
    ("prescription", r"处方笺|处方单|处方签|门诊处方|电子处方|急诊处方|普通处方|^处方$", 6),
    (
        "checkup",
        r"体检报告|健康体检|健康检查|体检结果|体检中心|体检表|体格检查表|健康管理.{0,4}报告",
        5,
    ),
    ("ecg", r"心电图(?:检查)?报告|心电图|心电检查|动态心电", 5),
    (
        "imaging",
        r"(?:超声|彩超|B超|CT|MRI?|磁共振|X线|DR|放射|影像|内镜|胃镜|肠镜|钼靶|核医学|骨密度).{0,8}(?:报告|诊断书|检查单|检查)",
        5,
    ),
    (
        "lab_report",
        r"检验报告|化验单|检验单|检测报告|化验报告|检验结果|检验科|实验室报告|临床检验|检验中心",
        4.5,
    ),
)
_WORDS: tuple[tuple[Kind, str, float], ...] = (
    ("discharge", r"出院诊断|出院医嘱|出院带药|入院诊断|诊疗经过|住院天数|出院情况", 1.5),
    (
        "prescription",
        r"\bR[px]?\s*[:：.]|用法用量|用法[:：]|sig|每次\d|处方医[师生]|药师|调配|发药|皮试",
        1.2,
    ),
    (
        "checkup",
        r"体检(?:编号|日期|号)|总检|主检|一般检查|内科|外科|眼科|耳鼻喉|结论(?:与|及)建议|健康建议",
        0.9,
    ),
    ("ecg", r"PR间期|P-R间期|QRS|QTc?|心电轴|窦性|导联", 0.9),
    (
        "imaging",
        r"检查所见|影像所见|超声所见|影像诊断|诊断意见|超声提示|影像表现|检查部位|超声描述|放射诊断|影像学",
        1.3,
    ),
    (
        "lab_report",
        r"参考范围|参考区间|参考值|标本|检验者|采集时间|送检|审核者|检验项目|接收时间|单位",
        0.5,
    ),
)


def kind_of(lines: list[str], rows: int) -> Kind:
    """The kind of paper; ``rows`` is how many table rows were found on it."""
    plain = [unicodedata.normalize("NFKC", line).replace(" ", "") for line in lines]
    scores: dict[Kind, float] = {}
    for place, line in enumerate(plain):
        for kind, pattern, weight in _TITLES:
            if len(line) <= 40 and re.search(pattern, line, re.I):
                top = 1.0 if place < 6 else 0.25
                scores[kind] = max(scores.get(kind, 0.0), weight * top) + 0.01
    whole = "\n".join(plain)
    for kind, pattern, weight in _WORDS:
        found = set(re.findall(pattern, whole, re.I))
        scores[kind] = scores.get(kind, 0.0) + weight * min(len(found), 5)
    if rows:
        scores["lab_report"] = scores.get("lab_report", 0.0) + min(3.0, 1.5 + 0.25 * rows)
        scores["checkup"] = scores.get("checkup", 0.0) + (
            1.0 if scores.get("checkup", 0) > 2 else 0
        )
    if not scores:
        return "other"
    best = max(scores, key=lambda k: scores[k])
    return best if scores[best] >= 2.2 else "other"
