"""What the channels' answers make of an item. Pure."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from backend.core.database import Raw
from backend.notifications.catalogue import limits
from backend.notifications.channels.base import Answer, Result
from backend.notifications.kinds import ChannelKey, PushState, Urgency
from backend.notifications.planning import Send, ended

_AGAIN = {Result.LATER, Result.MISCONFIGURED}


def together(answers: Sequence[Answer], *, replaces: bool) -> Answer:
    """One answer of several devices: one that got it is enough."""
    for wanted in (Result.SENT, Result.LATER, Result.MISCONFIGURED, Result.UNKNOWN):
        found = [each for each in answers if each.result is wanted]
        if found:
            answer = found[0]
            unknown = wanted is Result.UNKNOWN and replaces
            return Answer(Result.LATER, code=answer.code) if unknown else answer
    return answers[0]


def after(send: Send, answers: Mapping[ChannelKey, Answer], now: datetime) -> Raw:
    """The fields of ``push`` that change, as a ``$set``."""
    push = send.item.push.model_copy(deep=True)
    attempts = push.attempts + 1
    again: list[Answer] = []
    history = [each.model_dump() for each in push.history]
    for key, answer in answers.items():
        history.append({"channel": key, "at": now, "result": answer.result.value})
        if answer.result is Result.SENT:
            push.sent.append(key)
        elif answer.result in _AGAIN and attempts < limits()["sending"]["attempts"]:
            again.append(answer)
        else:
            push.given_up.append(key)
    changed: Raw = {
        "sent": push.sent,
        "given_up": push.given_up,
        "sending": [],
        "attempts": attempts if again else 0,
        "history": history,
        "leased_by": None,
    }
    if send.item.urgency is not Urgency.EMERGENCY and push.sent:
        return changed | _settled(PushState.SENT, now)
    if again:
        return changed | {"available_at": now + _wait(again, attempts)}
    if send.item.urgency is Urgency.EMERGENCY and set(answers) <= {*push.sent, *push.given_up}:
        item = send.item.model_copy(update={"push": push})
        if push.sent:
            return changed | _settled(ended(item), now)
    # The next channel, at once; where there is none, the next look says so.
    return changed | {"available_at": now}


def _settled(state: PushState, now: datetime) -> Raw:
    return {"state": state, "available_at": None, "settled_at": now}


def _wait(answers: Sequence[Answer], attempts: int) -> timedelta:
    numbers = limits()["sending"]
    ceiling = numbers["first_backoff_seconds"] * 2 ** (attempts - 1)
    ceiling = min(ceiling, numbers["longest_backoff_seconds"])
    own = timedelta(seconds=random.uniform(ceiling / 2, ceiling))
    return max([own, *(each.after for each in answers if each.after)])
