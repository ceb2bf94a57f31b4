"""An offer of readings: shown with its buttons, asked whose or in which unit, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backend.core.errors import KangbanError
from backend.measurements.draft import Draft
from backend.measurements.errors import NeedsConfirmation, PlausibilityImpossible
from backend.measurements.normalise import normalise
from bot.chat.reply import Button, Reply
from bot.chat.showing import kind_words, reading_words, unusual_words
from bot.chat.talk import Offered
from bot.chat.topics import unit_choice
from bot.chat.turn import Turn
from bot.chat.understanding import Found, Understood


async def ask_whose(turn: Turn, drafts: tuple[Draft, ...], understood: Understood) -> Reply:
    unit = unit_choice.choice(understood.found, turn.now)
    other = (unit.index, unit.unit) if unit else None
    offer = Offered(resident_id=turn.viewer.account_id, drafts=drafts, other=other)
    turn.talk.asked = token = turn.talk.offered.put(offer)
    buttons = [
        Button(await turn.who(each.resident_id), f"for:{token}:{each.resident_id}")
        for each in await turn.family()
    ]
    buttons.append(Button(turn.say("no"), f"no:{token}"))
    key = "offer_relative" if understood.relative else "offer_whose"
    return turn.reply(key, *buttons, word=understood.relative, readings=lines(turn, drafts))


async def offered(
    turn: Turn, offer: Offered, found: Sequence[Found], *, sure: bool = False
) -> Reply:
    """Shown, with buttons; where the unit is not clear, a button for each. ``sure``: what is
    unusual was said just now."""
    unit = unit_choice.choice(found, turn.now)
    if unit is not None:
        offer = replace(offer, other=(unit.index, unit.unit))
    if offer.other is not None:
        return await _which_unit(turn, offer, sure=unit is not None and unit.sure)
    unlikely = [] if sure else _unlikely(turn, offer.drafts)
    warnings = [unusual_words(turn, each, error) for each, error in unlikely]
    text = await _question(turn, offer)
    sure = sure or bool(warnings)
    turn.talk.asked = None
    turn.talk.last = token = turn.talk.offered.put(replace(offer, sure=sure))
    key = "yes_unusual" if sure else "yes_move" if offer.moves else "yes"
    no = "no_fix" if offer.fixes or offer.moves else "no"
    return Reply(
        text="\n".join([*warnings, text]),
        buttons=(
            Button(turn.say(key), f"yes:{token}"),
            Button(turn.say(no), f"no:{token}"),
        ),
    )


async def _question(turn: Turn, offer: Offered) -> str:
    who, readings = await turn.who(offer.resident_id), lines(turn, offer.drafts)
    done = turn.talk.recorded.get(offer.moves.token) if offer.moves else None
    if done is not None:
        old = await turn.who(done.resident_id)
        return turn.say("offer_move", old=old, who=who, readings=readings)
    return turn.say("offer_fix" if offer.fixes else "offer", who=who, readings=readings)


async def _which_unit(turn: Turn, offer: Offered, *, sure: bool) -> Reply:
    assert offer.other is not None
    index, unit = offer.other
    language, draft = turn.viewer.language, offer.drafts[index]
    token = turn.talk.offered.put(offer)
    other = unit_choice.both_words(language, unit_choice.in_unit(draft, unit))
    [quantity] = draft.values.values()
    as_said = unit_choice.one_words(language, quantity)
    buttons = [Button(turn.say("is_so", what=other), f"unit:{token}")]
    if not sure:
        buttons.insert(0, Button(turn.say("is_so", what=as_said), f"yes:{token}"))
    buttons.append(Button(turn.say("no"), f"no:{token}"))
    key = "which_unit_sure" if sure else "which_unit"
    who = await turn.who(offer.resident_id)
    readings = lines(turn, offer.drafts, without_unit=index)
    name = kind_words(language, draft.kind)
    return turn.reply(
        key, *buttons, who=who, name=name, readings=readings, what=as_said, other=other
    )


def impossible(turn: Turn, drafts: Sequence[Draft]) -> list[Reply]:
    replies = []
    for each in drafts:
        try:
            normalise(each, now=turn.now, birth_date=None, confirmed=True)
        except PlausibilityImpossible as error:
            replies.append(Reply(text=unusual_words(turn, each, error)))
        except KangbanError as error:
            replies.append(Reply(text=error.message(turn.viewer.language)))
    return replies


def _unlikely(turn: Turn, drafts: Sequence[Draft]) -> list[tuple[Draft, NeedsConfirmation]]:
    found = []
    for each in drafts:
        try:
            normalise(each, now=turn.now, birth_date=None)
        except NeedsConfirmation as error:
            found.append((each, error))
    return found


def lines(turn: Turn, drafts: Sequence[Draft], *, without_unit: int | None = None) -> str:
    return "\n".join(
        f"• {reading_words(turn, each, unit=index != without_unit)}"
        for index, each in enumerate(drafts)
    )
