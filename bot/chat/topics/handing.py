"""What was just offered or recorded is somebody else's: 是我爸的; 记错人了，是我妈的; 我的."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from bson import ObjectId

from bot.chat.reply import Button, Reply
from bot.chat.talk import Moves, Offered
from bot.chat.topics import moving, offering, whose
from bot.chat.turn import Turn
from bot.chat.understanding.folding import fold
from bot.chat.understanding.tables import words

_LONGEST = 60
"""Characters; who says only whose it is says it in fewer."""


@dataclass(frozen=True, slots=True)
class _Said:
    """``who`` is None where only the slip was said. ``person``: 记错人 in so many words;
    ``clearly``: no mere name, so that it may be about what is recorded."""

    who: str | None
    person: bool
    clearly: bool
    where: bool = False
    """记给, 记到: into whose record, in so many words."""


async def hand(turn: Turn, text: str) -> list[Reply] | None:
    """The offer shown last, or the record just made, for whom the words name: offered again,
    nothing is written. None where they name nobody, or are about nothing.

    Raises ``AccessDenied`` and ``ConsentMissing`` where a record cannot go to that person.
    """
    said = _understood(text)
    if said is None:
        return None
    about = _about(turn, said)
    if about is None:
        return [turn.reply("nothing_to_move")] if said.person else None
    somebody = None if said.who is None else await _named(turn, said.who)
    if somebody is None:
        return [await _whose(turn, about)] if _is_asked(said, about) else None
    if about.moves is not None:
        return await moving.offer(turn, replace(about, resident_id=somebody))
    turn.talk.taken()
    return [await offering.offered(turn, replace(about, resident_id=somebody, sure=False), ())]


def slip(text: str) -> bool:
    """Whether all of ``text`` says that something was recorded for the wrong person."""
    said = _understood(text)
    return said is not None and (said.person or said.where)


def _is_asked(said: _Said, about: Offered) -> bool:
    """Whether it has to be asked whose it is: nobody was named, or nobody who is here (我老公)."""
    if said.who is None or said.person:
        return True
    return about.moves is not None and bool(words().relatives.search(said.who))


def _understood(text: str) -> _Said | None:
    if len(text) > _LONGEST:
        return None
    plain, patterns = fold(text.replace("’", "'")).strip(), _patterns()
    if words().switch.match(plain):
        return None
    alone = _fullmatch(plain, patterns["only_wrong"], patterns["only_wrong_en"])
    if alone is not None:
        return _Said(None, bool(alone["person"]), clearly=True)
    said = _fullmatch(plain, patterns["handed_en"], patterns["handed"])
    if said is None:
        return None
    of = bool(said["of"]) and not patterns["not_clear"].fullmatch(said["of"])
    return _Said(
        said["who"],
        bool(said["person"]),
        clearly=bool(said["wrong"]) or of,
        where=of and bool(patterns["where"].search(said["of"])),
    )


def _fullmatch(plain: str, *patterns: re.Pattern[str]) -> re.Match[str] | None:
    return next((hit for each in patterns if (hit := each.fullmatch(plain))), None)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    raw = tomllib.loads(files(__package__).joinpath("handing.toml").read_text("utf-8"))
    return {name: re.compile(_filled(each, raw)) for name, each in raw.items() if name != "source"}


def _filled(pattern: str, raw: dict[str, str]) -> str:
    """With the other entries in place of their names in braces."""
    for name in ("not_theirs", "person", "that", "person_en", "not_mine_en"):
        pattern = pattern.replace(f"{{{name}}}", raw[name])
    return pattern


def _about(turn: Turn, said: _Said) -> Offered | None:
    """What was shown last: an offer, or a record as an offer to move it. Who says 记错人 may mean
    the newest record, though something else was said since."""
    asked = turn.talk.offered.get(turn.talk.asked)
    if asked is not None:
        return asked
    last, kept = turn.talk.last, turn.talk.recorded
    offer = turn.talk.offered.get(last)
    if offer is not None and offer.fixes is None:
        return offer
    if offer is not None:  # 改成 was asked: it is moved as it was put right
        done, token = kept.get(offer.fixes), offer.fixes
    else:
        done, token = kept.get(last), last
    if done is None and said.person:
        done, token = kept.get(turn.talk.newest), turn.talk.newest
    if done is None or token is None or not said.clearly:
        return None
    drafts = offer.drafts if offer is not None else done.drafts
    return Offered(
        resident_id=done.resident_id,
        drafts=drafts,
        moves=Moves(token, tuple(range(len(done.reading_ids)))),
    )


async def _named(turn: Turn, word: str) -> ObjectId | None:
    if not _patterns()["oneself"].fullmatch(word):
        return await whose.named(turn, word)
    return whose.own_of(await turn.family())


async def _whose(turn: Turn, about: Offered) -> Reply:
    """A button for each person it may have been."""
    others = [each for each in await turn.family() if each.resident_id != about.resident_id]
    recorded = about.moves is not None
    if not others:
        return turn.reply("nobody_else" if recorded else "nobody_else_offered")
    if not recorded:
        turn.talk.taken()
    turn.talk.asked = token = turn.talk.offered.put(about)
    buttons = [
        Button(await turn.who(each.resident_id), f"for:{token}:{each.resident_id}")
        for each in others
    ]
    buttons.append(Button(turn.say("no_fix" if recorded else "no"), f"no:{token}"))
    readings = offering.lines(turn, about.drafts)
    return turn.reply("move_whose" if recorded else "offer_whose", *buttons, readings=readings)
