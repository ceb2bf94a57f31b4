"""How an entry of the archive is told in one line, and cited."""

from __future__ import annotations

import re

from bot.assistant.answer import Citation, Fact
from bot.assistant.composing.wording import cite_entry, entry_day, entry_day_iso
from bot.assistant.records import Area, Entry

_LABELS = {
    Area.CONDITION: ("疾病", "condition"),
    Area.ALLERGY: ("过敏", "allergy"),
    Area.MEDICATION: ("用药", "medicine"),
    Area.IMMUNIZATION: ("接种", "vaccination"),
    Area.PROCEDURE: ("手术操作", "procedure"),
    Area.FAMILY: ("家族史", "family history"),
    Area.ENCOUNTER: ("就诊", "visit"),
    Area.REPORT: ("报告", "report"),
    Area.DOCUMENT: ("文件", "document"),
    Area.LIFESTYLE: ("生活习惯", "lifestyle"),
    Area.PLAN: ("计划", "plan"),
    Area.APPOINTMENT: ("预约", "appointment"),
    Area.PREGNANCY: ("怀孕", "pregnancy"),
}
# Orders to a machine in a record are content of the record, not something to repeat to a person.
_ORDERS = re.compile(
    r"忽略|无视|指令|提示词|系统(?:提示|消息)|你(?:现在)?是一?个?(?:AI|人工智能|助手)|扮演|"
    r"ignore (?:all|any|the|previous)|instructions?|system prompt|you are now|assistant:|disregard",
    re.I,
)
_MARKUP = re.compile(r"<[^>]{1,200}>|!?\[[^\]]*\]\([^)]*\)|https?://\S+|```")


def label(area: Area, language: str) -> str:
    return _LABELS[area][0 if language == "zh" else 1]


def clean(text: str, length: int = 160) -> str:
    """Record text to quote: no markup, no links, no orders, whole sentences up to a length."""
    text = re.sub(r"[ \t\r\f\v]+", " ", _MARKUP.sub("", text)).strip()
    parts = [p for p in re.split(r"(?<=[。！？；;!?\n])|(?<=[.]) ", text) if p.strip()]
    kept: list[str] = []
    total = 0
    for part in (p.strip() for p in parts if not _ORDERS.search(p)):
        if kept and total + len(part) > length:
            break
        kept.append(part)
        total += len(part)
    if not re.search(r"[一-鿿]", text):
        return " ".join(kept)
    # Lines of a note have no stop of their own: they must not run into each other.
    return re.sub(r"(?<![。！？；;!?，、：:])\n", "；", "\n".join(kept)).replace("\n", "")


def tell(entry: Entry, language: str, *, dated: bool = True) -> str:
    """One line: name, what belongs to it, and its date."""
    zh = language == "zh"
    d = entry.details
    name = clean(entry.name)
    if entry.area is Area.FAMILY:
        said = d.get("conditions") or clean(entry.text)
        return f"{name}：{said}" if zh else f"{name}: {said}"
    more = {
        Area.ALLERGY: d.get("reaction", ""),
        Area.MEDICATION: d.get("dose", ""),
        Area.IMMUNIZATION: "",
        Area.ENCOUNTER: d.get("reason", "") or d.get("department", ""),
        Area.LIFESTYLE: clean(entry.text),
        Area.PLAN: clean(entry.text, 80),
    }.get(entry.area, "")
    if entry.area is Area.MEDICATION and not entry.active:
        more = (
            "，".join(filter(None, (more, "已停用")))
            if zh
            else ", ".join(filter(None, (more, "stopped")))
        )
    line = name
    if more and more != name:
        line += f"（{more}）" if zh else f" ({more})"
    at = entry_day(entry, language)
    if dated and at:
        goes_on = entry.active and entry.area in (Area.CONDITION, Area.MEDICATION)
        line += f"，{at}{'起' if goes_on else ''}" if zh else f", {at}"
    return line


def facts(entry: Entry, language: str, *, dated: bool = True) -> list[Fact]:
    """The entry's name as a fact, what belongs to it, and its date."""
    zh = language == "zh"
    d = entry.details
    name = clean(entry.name)
    if entry.area is Area.FAMILY:
        said = d.get("conditions") or clean(entry.text)
        return [Fact(name, said)]
    found = [Fact(label(entry.area, language), name)]
    if entry.area is Area.MEDICATION and d.get("dose"):
        found.append(Fact("用法用量" if zh else "dose", d["dose"]))
    if entry.area is Area.MEDICATION and not entry.active:
        found.append(Fact("状态", "已停用") if zh else Fact("status", "stopped"))
    if entry.area is Area.ALLERGY and d.get("reaction"):
        found.append(Fact("反应" if zh else "reaction", d["reaction"]))
    if entry.area is Area.ENCOUNTER and d.get("reason"):
        found.append(Fact("原因" if zh else "reason", d["reason"]))
    if entry.area in (Area.LIFESTYLE, Area.PLAN) and entry.text:
        found.append(Fact("内容" if zh else "content", clean(entry.text, 80)))
    if dated and entry.start is not None:
        found.append(Fact("日期" if zh else "date", entry_day_iso(entry)))
    return found


def citation(entry: Entry, language: str) -> Citation:
    return cite_entry(entry, language, tell(entry, language))
