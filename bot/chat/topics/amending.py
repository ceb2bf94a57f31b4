"""What was said a moment ago put right by words: 不对，是145; 不是135是145; 高压145."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from backend.core.errors import KangbanError
from backend.measurements.draft import Draft, Kind, Quantity
from backend.measurements.normalise import normalise
from bot.chat.reply import Reply
from bot.chat.talk import Offered
from bot.chat.topics import offering
from bot.chat.turn import Turn
from bot.chat.understanding import Found, lengths, understand
from bot.chat.understanding.folding import fold
from bot.chat.understanding.tables import words

_DURATION = "duration"
_N = r"(?P<{}>\d{{1,3}}(?:\.\d{{1,2}})?)"
_INSTEAD = re.compile(rf"不是{_N.format('old')}[\s,，]*(?:而?是|应该是){_N.format('new')}\s*[。.]?")
_ALONE = re.compile(rf"(?:是|为|:)?\s*{_N.format('new')}\s*[。.]?")


async def amend(turn: Turn, text: str) -> list[Reply] | None:
    """The last offer, or the last record, with what the words change; None where they change
    nothing of it. A record is changed after a yes only."""
    plain = fold(text).strip()
    slip = words().correction.match(plain)
    sides = words().pressure
    one_side = sides.systolic.match(plain) or sides.diastolic.match(plain)
    base = _base(turn) if slip or one_side else None
    if base is None:
        return None
    body = plain[slip.end() :] if slip else plain
    changed = _changed(turn, base, plain, body)
    if changed is None:
        return [turn.reply("which_number")] if re.search(r"\d", plain) else None
    if isinstance(changed, str):
        return [turn.reply(changed)]
    turn.talk.offered.take(turn.talk.last)
    return [await offering.offered(turn, changed, ())]


def _base(turn: Turn) -> Offered | None:
    """What was offered or recorded by the message before this one."""
    last = turn.talk.last
    offered = turn.talk.offered.get(last)
    if offered is not None:
        return offered
    done = turn.talk.recorded.get(last)
    if done is None or len(done.drafts) != len(done.reading_ids):
        return None
    return Offered(resident_id=done.resident_id, drafts=done.drafts, fixes=last)


def _changed(turn: Turn, base: Offered, plain: str, body: str) -> Offered | str | None:
    """What is to be offered, the key of a question, or None."""
    instead = _INSTEAD.search(plain)
    if instead:
        drafts = _with(turn, base.drafts, float(instead["new"]), old=float(instead["old"]))
        return None if drafts is None else replace(base, drafts=drafts, sure=False)
    side = _side(body)
    alone = _ALONE.fullmatch(body)
    if alone or side:
        value = float(alone["new"]) if alone else side[1] if side else 0.0
        drafts = _with(turn, base.drafts, value, only=side[0] if side else None)
        return None if drafts is None else replace(base, drafts=drafts, sure=False)
    lasted = lengths.alone(body)
    if lasted is not None:
        drafts = _lasting(base.drafts, lasted)
        return None if drafts is None else replace(base, drafts=drafts, sure=False)
    return _said_again(turn, base, body)


def _lasting(drafts: Sequence[Draft], lasted: Quantity) -> tuple[Draft, ...] | None:
    """是6小时: of the one thing that lasted; None where there are several."""
    places = [index for index, each in enumerate(drafts) if _DURATION in each.values]
    if len(places) != 1:
        return None
    [place] = places
    values = {**drafts[place].values, _DURATION: lasted}
    again = replace(drafts[place], values=values)
    return tuple(again if index == place else each for index, each in enumerate(drafts))


def _said_again(turn: Turn, base: Offered, body: str) -> Offered | str | None:
    """不对，是145/85: the kinds that are said again, at the time said first."""
    again = understand(body, turn.now)
    if again.lacks or not again.found:
        return again.lacks[0].value if again.lacks else None
    fresh = {each.draft.kind: each for each in again.found}
    if set(fresh) - {each.kind for each in base.drafts} or again.relative:
        return None
    return replace(base, drafts=tuple(_again(each, fresh) for each in base.drafts), sure=False)


def _again(draft: Draft, fresh: dict[Kind, Found]) -> Draft:
    found = fresh.get(draft.kind)
    if found is None:
        return draft
    said = found.draft
    at = said.at if found.timed else draft.at
    return replace(said, at=at, meal=said.meal or draft.meal)


def _side(body: str) -> tuple[str, float] | None:
    table = words().pressure
    for name, pattern in (("systolic", table.systolic), ("diastolic", table.diastolic)):
        found = re.fullmatch(rf"(?:{pattern.pattern}){words().glue}*(\d{{2,3}})\s*[。.]?", body)
        if found:
            return name, float(found[1])
    return None


def _with(
    turn: Turn,
    drafts: Sequence[Draft],
    value: float,
    *,
    old: float | None = None,
    only: str | None = None,
) -> tuple[Draft, ...] | None:
    """``drafts`` with ``value`` in the one place where it makes sense; None where in several."""
    fits = [
        (index, replace(draft, values={**draft.values, name: Quantity(value, before.unit)}))
        for index, draft in enumerate(drafts)
        for name, before in draft.values.items()
        if old in (None, before.value) and only in (None, name)
    ]
    fits = [(index, each) for index, each in fits if _makes_sense(turn, each)]
    if len(fits) != 1:
        return None
    [(place, fitting)] = fits
    return tuple(fitting if index == place else each for index, each in enumerate(drafts))


def _makes_sense(turn: Turn, draft: Draft) -> bool:
    try:
        normalise(draft, now=turn.now, birth_date=None)
    except KangbanError:
        return False
    return True
