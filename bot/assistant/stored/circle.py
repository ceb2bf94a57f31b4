"""Who is meant: the resident whose page it is, or another of the viewer's care circle."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bson import ObjectId

from backend.access.categories import Category
from backend.access.circle.persons import masked
from backend.access.consent.errors import ConsentMissing
from backend.access.errors import AccessDenied
from backend.access.relations import HOLDERS, Relation, RelationKind
from backend.access.service import Access
from backend.archive.residents import Residents, born_on
from backend.core.clock import SHANGHAI, Clock
from backend.identity.viewer import Viewer
from bot.assistant.lexicon.kinds import read_toml
from bot.assistant.records import Person
from bot.assistant.understanding.persons import Kin, Subject, subject
from bot.assistant.understanding.text import Asked, make_plain

FAMILY = frozenset({RelationKind.SELF, RelationKind.CAREGIVER, RelationKind.GUARDIAN})
_NOBODY = Person(ref="Patient/nobody", born=date(1700, 1, 1))
"""Of an age that no word for a relative fits: whoever is named so is somebody else."""
_PRONOUN = {"她": "female", "他": "male"}
_LEAST_NAME = 2


@dataclass(frozen=True, slots=True)
class Member:
    """One of the circle, as far as the viewer may know them."""

    resident_id: ObjectId
    kinship: str | None
    names: tuple[str, ...]
    """By which a question may name them, the one they are shown by among them."""
    called: str
    sex: str | None
    born: date | None


@dataclass(frozen=True, slots=True)
class Meant:
    """``resident_id``, or the members among whom it is not clear."""

    resident_id: ObjectId | None
    among: tuple[Member, ...] = ()


class Circle:
    """Resolves persons by the viewer's own relations and rights."""

    def __init__(self, access: Access, residents: Residents, clock: Clock) -> None:
        self._access = access
        self._residents = residents
        self._clock = clock

    async def meant(self, viewer: Viewer, resident_id: ObjectId, asked: Asked) -> Meant:
        """``resident_id`` where nobody else of the circle is named.

        A word for a relative is read from where the viewer stands: on the mother's page as on
        one's own 「我妈」 is the person to whom the viewer is daughter or son.
        """
        relations = [r for r in await self._access.relations(viewer) if r.kind in FAMILY]
        here = [r for r in relations if r.resident_id == resident_id]
        others = [r for r in relations if r.resident_id != resident_id]
        if not others:
            return Meant(resident_id)
        said = _person_said(asked, self._clock.now().astimezone(SHANGHAI).date())
        members = await self._members(viewer, [*others, *here])
        chosen = _named(asked, members)
        if not chosen and said is not None and said.kin is not None:
            chosen = [m for m in members if _is_kin(m, said.kin, said.word)]
        if not chosen:
            return Meant(resident_id)
        if len(chosen) == 1:
            return Meant(chosen[0].resident_id)
        if any(m.resident_id == resident_id for m in chosen) and not _is_own(here):
            return Meant(resident_id)
        return Meant(None, tuple(chosen))

    async def of_sex(self, viewer: Viewer, pronoun: str, without: ObjectId) -> list[Member]:
        """Whom 她 or 他 may mean beside the one talked of."""
        relations = [r for r in await self._access.relations(viewer) if r.kind in FAMILY]
        others = [r for r in relations if r.resident_id != without]
        wanted = _PRONOUN[pronoun]
        return [m for m in await self._members(viewer, others) if m.sex in (wanted, None)]

    async def _members(self, viewer: Viewer, relations: Iterable[Relation]) -> list[Member]:
        rows = {each.resident_id: each for each in relations}
        found = await asyncio.gather(*(self._member(viewer, each) for each in rows.values()))
        return [each for each in found if each is not None]

    async def _member(self, viewer: Viewer, relation: Relation) -> Member | None:
        resident_id = relation.resident_id
        kinship = relation.kinship.value if relation.kinship else None
        try:
            await self._access.require(viewer, resident_id, Category.PROFILE)
        except (AccessDenied, ConsentMissing):
            return Member(resident_id, kinship, (), "", None, None)
        profile = (await self._residents.load(resident_id)).profile
        sex = profile.sex.value if profile.sex else None
        names = [n for name in profile.names for n in (name.text, *name.given) if n]
        shown = names if relation.kind in HOLDERS else [masked(each) for each in names]
        called = shown[0] if shown else ""
        known = tuple(dict.fromkeys([*names, *shown]))
        return Member(resident_id, kinship, known, called, sex, born_on(profile))


def _person_said(asked: Asked, today: date) -> Subject | None:
    found = subject(asked, _NOBODY, today, None)
    return found if found.who != "patient" else None


def _named(asked: Asked, members: list[Member]) -> list[Member]:
    """Those whose name, or given name of two characters and more, the question says."""
    text = asked.plain
    return [
        m for m in members if any(len(n) >= _LEAST_NAME and make_plain(n) in text for n in m.names)
    ]


def _is_kin(member: Member, kin: Kin, word: str) -> bool:
    """Whether the viewer may call the member so; ``word`` as it was said."""
    data = read_toml(__package__, "circle.toml")
    meant = set(kin.relation)
    if re.search(data["in_law"]["say"], word):
        meant |= {data["in_law"][each] for each in kin.relation if each in data["in_law"]}
    if not set(data.get(member.kinship or "", ())) & meant:
        return False
    return not kin.sex or member.sex in (kin.sex, None)


def _is_own(relations: list[Relation]) -> bool:
    return any(each.kind is RelationKind.SELF for each in relations)


def pronoun_in(text: str) -> str | None:
    """她 or 他 where little else is said: 「那她呢」."""
    found = re.fullmatch(r"(?:那|那么)?(她|他)(?:的)?呢?[?？。]?", text.strip())
    return found[1] if found else None
