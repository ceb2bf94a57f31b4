"""An account's own choices: language, quiet hours, channels, topics."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from beanie import PydanticObjectId
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from backend.core.database import Raw
from backend.identity.viewer import Language, Viewer
from backend.notifications.catalogue import limits, topics
from backend.notifications.documents import NotificationChoices
from backend.notifications.errors import ChoicesChanged, ChoicesInvalid, TopicAlwaysOn
from backend.notifications.kinds import ChannelKey, Urgency
from backend.notifications.quiet import MINUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be different; None leaves it. Minutes of the day; ``muted`` are topic keys."""

    language: Language | None = None
    time_zone: str | None = None
    quiet: bool | None = None
    quiet_from: int | None = None
    quiet_until: int | None = None
    order: tuple[ChannelKey, ...] | None = None
    muted: tuple[str, ...] | None = None
    channels: Mapping[str, tuple[ChannelKey, ...]] = field(default_factory=dict)
    """By topic; an empty list takes the topic's own order away."""


class Choices:
    """Of every account; who chose nothing has the defaults."""

    async def of(
        self, account_id: ObjectId, language: Language = Language.ZH
    ) -> NotificationChoices:
        found = await NotificationChoices.get(account_id)
        return found or default(account_id, language)

    async def of_all(
        self, account_ids: Collection[ObjectId]
    ) -> dict[ObjectId, NotificationChoices]:
        """In one read."""
        found = NotificationChoices.find({"_id": {"$in": list(account_ids)}})
        chosen: dict[ObjectId, NotificationChoices] = {each.id: each async for each in found}
        return {each: chosen.get(each) or default(each) for each in account_ids}

    async def change(self, viewer: Viewer, change: Change, *, version: int) -> NotificationChoices:
        """Raises ``ChoicesInvalid``, ``TopicAlwaysOn``, ``ChoicesChanged``."""
        before = await self.of(viewer.account_id, viewer.language)
        if before.version != version:
            raise ChoicesChanged
        update = {**_checked(change), "version": version + 1}
        after: NotificationChoices = before.model_copy(update=update)
        if change.channels:
            after.channels = {**before.channels, **_channels(change.channels)}
            after.channels = {name: keys for name, keys in after.channels.items() if keys}
        raw = after.to_raw()
        try:
            done = await _collection().replace_one(
                {"_id": viewer.account_id, "version": version}, raw, upsert=version == 1
            )
        except DuplicateKeyError:
            raise ChoicesChanged from None
        if not done.matched_count and done.upserted_id is None:
            raise ChoicesChanged
        return after


def default(account_id: ObjectId, language: Language = Language.ZH) -> NotificationChoices:
    quiet = limits()["quiet"]
    return NotificationChoices(
        id=PydanticObjectId(account_id),
        language=language,
        time_zone=quiet["time_zone"],
        quiet_from=_minutes(quiet["from"]),
        quiet_until=_minutes(quiet["until"]),
    )


def channels_for(
    choices: NotificationChoices, topic: str, urgency: Urgency
) -> list[ChannelKey] | None:
    """In the order they are tried; None where the topic is muted."""
    if urgency is Urgency.EMERGENCY:
        return [*choices.order, *(each for each in ChannelKey if each not in choices.order)]
    if topic in choices.muted and not topics()[topic].always:
        return None
    return choices.channels.get(topic) or choices.order


def zone(name: str) -> ZoneInfo:
    """Raises ``ChoicesInvalid``."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ChoicesInvalid(field="time_zone") from None


def _checked(change: Change) -> Raw:
    update: Raw = {}
    if change.language is not None:
        update["language"] = change.language
    if change.time_zone is not None:
        update["time_zone"] = zone(change.time_zone).key
    for name in ("quiet_from", "quiet_until"):
        value = getattr(change, name)
        if value is not None:
            if not 0 <= value <= MINUTES:
                raise ChoicesInvalid(field=name)
            update[name] = value
    if change.quiet is not None:
        update["quiet"] = change.quiet
    if change.order is not None:
        update["order"] = list(dict.fromkeys(change.order))
    if change.muted is not None:
        update["muted"] = _muted(change.muted)
    return update


def _muted(keys: Collection[str]) -> list[str]:
    for each in keys:
        if each not in topics():
            raise ChoicesInvalid(field="muted")
        if topics()[each].always:
            raise TopicAlwaysOn(topic=each)
    return sorted(set(keys))


def _channels(chosen: Mapping[str, tuple[ChannelKey, ...]]) -> dict[str, list[ChannelKey]]:
    if any(each not in topics() for each in chosen):
        raise ChoicesInvalid(field="channels")
    return {name: list(dict.fromkeys(keys)) for name, keys in chosen.items()}


def _minutes(wall: str) -> int:
    hour, _, minute = wall.partition(":")
    return int(hour) * 60 + int(minute)


def _collection() -> Any:
    return NotificationChoices.get_pymongo_collection()
