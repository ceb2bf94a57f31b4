"""Who is meant: the archive's patient, a relative the family history may speak of, or another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.records import Person
from bot.assistant.understanding.text import Asked, make_plain
from bot.assistant.understanding.topics import known_word


class Kin(NamedTuple):
    """A kinship word: whom it fits, and how family history writes it."""

    sex: str
    youngest: int
    oldest: int
    relation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """``who`` is patient, relative (``kin`` says which) or other; ``word`` as it was said."""

    who: str
    word: str = ""
    kin: Kin | None = None


PATIENT = Subject("patient")
_SELF = re.compile(
    r"(?:我|俺|咱)(?!们?家?(?:的)?(?:妈|爸|爹|娘|爷|奶|姥|孩|娃|儿|女儿|闺|老|"
    r"哥|弟|姐|妹|叔|舅|姨|姑|先生|太太|同|朋|邻|领|爱人|媳|婆|崽|伢))"
    r"|自己|本人|\b(?:i|my|me|mine|i've|i'm)\b(?! (?:mom|mother|mum|dad|"
    r"father|wife|husband|son|daughter|friend|neighbou?r|colleague|brother|"
    r"sister|boss|baby|child|kid|grand\w+|uncle|aunt|cousin|parents?|partner|"
    r"ex|girlfriend|boyfriend)\b)"
)


def subject(asked: Asked, person: Person, today: date, topic_at: int | None) -> Subject:
    """The person the asked-for data belongs to.

    Of several persons named, the one said last before the data is its owner
    (「我妈让我问我的血糖」: mine); before any data, the first.
    """
    text = asked.plain
    other = _stranger(asked, person)
    if other is not None:
        return other
    said = _mentions(text)
    if not said:
        return PATIENT
    strangers = [m for m in said if m[2] is None and not _SELF.fullmatch(m[1])]
    if topic_at is None and strangers:
        return Subject("other", strangers[0][1])
    at = len(text) if topic_at is None else topic_at
    before = [m for m in said if m[0] <= at]
    chosen = before[-1] if before else said[0]
    return _resolve(chosen[1], chosen[2], person, today)


def fits(kin: Kin, person: Person, today: date) -> bool:
    """Whether a relative could call this person so; what is unknown does not speak against."""
    if kin.sex and person.sex and kin.sex != person.sex:
        return False
    age = person.age(today)
    return kin.oldest > 0 and (age is None or kin.youngest <= age <= kin.oldest)


def _resolve(word: str, kin: Kin | None, person: Person, today: date) -> Subject:
    if kin is None:
        return PATIENT if _SELF.fullmatch(word) else Subject("other", word)
    return PATIENT if fits(kin, person, today) else Subject("relative", word, kin)


def _mentions(text: str) -> list[tuple[int, str, Kin | None]]:
    found: list[tuple[int, int, str, Kin | None]] = []
    for pattern, who in _kin():
        found += [(m.start(), -len(m[0]), m[0], who) for m in pattern.finditer(text)]
    found += [(m.start(), -len(m[0]), m[0], None) for m in _others().finditer(text)]
    found += [(m.start(), -len(m[0]), m[0], None) for m in _SELF.finditer(text)]
    found.sort(key=lambda m: (m[0], m[1]))
    kept: list[tuple[int, str, Kin | None]] = []
    end = -1
    for start, length, word, kin in found:
        if start >= end:
            kept.append((start, word, kin))
            end = start - length
    return kept


def _stranger(asked: Asked, person: Person) -> Subject | None:
    """Somebody named by id, by name or by title who is not the patient."""
    data = _data()["others"]
    for pattern in data["ids"]:
        match = re.search(pattern, asked.plain)
        if match and not _is_patients_id(match[0], person):
            return Subject("other", match[0])
    name = _named(asked, data)
    if name is None or _is_patient(name, person):
        return None
    return Subject("other", name)


def _is_patients_id(word: str, person: Person) -> bool:
    return word.lower().endswith(person.ref.lower()) or person.ref.lower() in word.lower()


def _is_patient(name: str, person: Person) -> bool:
    plain = [make_plain(n) for n in person.names]
    wanted = make_plain(name)
    if any(wanted in n.split() or wanted == n for n in plain):
        return True
    # 老李, 李阿姨: the patient's surname with a title.
    bare = re.sub(r"^(?:老|小|阿)", "", re.sub(_data()["others"]["titles"] + "$", "", wanted))
    return bool(bare) and len(bare) <= 2 and any(n.startswith(bare) for n in plain)


def _named(asked: Asked, data: dict[str, str]) -> str | None:
    if asked.language == "en":
        return _named_english(asked.original)
    family, titles = data["surnames"], data["titles"]
    text = asked.plain
    match = re.search(
        (
            rf"(?:隔壁)?((?:老|小)[{family}](?=的|家|血|最|昨|体)|"
            rf"[{family}]{titles}(?!说|让|叫))"
        ),
        text,
    )
    if match:
        return match[1]
    lead = (
        r"(?:^|[^一-鿿]|把|看|查|问|要|给|替|帮|知道|是|有|和|与|跟|示|出|诉我|询|"
        r"一下|打开|病人|患者|居民|用户|叫|的)"
    )
    given = rf"(?:(?![{data['not_given']}])[一-鿿]){{1,2}}"
    for match in re.finditer(rf"{lead}(?P<n>[{family}]{given})(?={data['after']})", text):
        name, at = match["n"], match.start("n")
        if not any(name.startswith(stop) for stop in data["not_names"]) and not known_word(
            text, at
        ):
            return name
    return None


_NOT_NAMES = re.compile(
    r"^(?:What|When|How|Where|Who|Which|Is|Are|Do|Does|Did|Has|Have|Can|Could|"
    r"The|My|Show|Tell|Last|"
    r"This|Please|January|February|March|April|May|June|July|August|September|October|November|"
    r"December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Yesterday|Today|Doctor|Dr|"
    r"It|That|Let|He|She|There|Here|Mom|Mum|Dad|Mother|Father|Grandma|Grandpa|Spring|New|Parkinson|"
    r"Alzheimer|Crohn|Year|Hashimoto|Graves|Christmas|Mothers?|Valentine)$"
)


def _named_english(text: str) -> str | None:
    for match in re.finditer(r"\b([A-Z][a-z]+(?: [A-Z][a-z]+)?)(?:'s|’s)\b", text):
        if not _NOT_NAMES.match(match[1].split()[-1]):
            return match[1]
    full = re.search(
        (
            r"\b(?:for|of|about|patient|resident|does|is|named|has) (?:Mr\.? |Mrs\.? |"
            r"Ms\.? )?([A-Z][a-z]+ [A-Z][a-z]+)\b"
        ),
        text,
    )
    if full and not any(_NOT_NAMES.match(word) for word in full[1].split()):
        return full[1]
    titled = re.search(r"\b(?:Mr|Mrs|Ms)\.? ([A-Z][a-z]+)\b", text)
    return titled[1] if titled else None


@cache
def _data() -> dict[str, dict[str, str]]:
    return read_toml(__package__, "kin.toml")


@cache
def _kin() -> list[tuple[re.Pattern[str], Kin]]:
    rows: list[dict[str, object]] = read_toml(__package__, "kin.toml")["kin"]
    table = []
    for row in rows:
        words, age, relation = row["words"], row["age"], row["relation"]
        assert isinstance(words, list)
        assert isinstance(age, list)
        assert isinstance(relation, list)
        parts = [rf"\b{w}\b" if re.match(r"[a-z]", w) else w for w in words]
        parts.sort(key=len, reverse=True)
        pattern = re.compile(r"(?:我们家?|咱们?家?|俺家?|我家?)?(?:的)?(?:" + "|".join(parts) + ")")
        table.append((pattern, Kin(str(row["sex"]), age[0], age[1], tuple(relation))))
    return table


@cache
def _others() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{w})" for w in _data()["others"]["words"]))
