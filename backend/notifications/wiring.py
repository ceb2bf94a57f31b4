"""The room put together: which channels there are, the settings say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bson import ObjectId

from backend.access.circle.events import LinkEnded
from backend.access.relations import Relation
from backend.access.service import Access
from backend.core.container import Core
from backend.core.settings import Settings
from backend.notifications.addresses import Addresses
from backend.notifications.channels.base import Channel
from backend.notifications.channels.fcm import FcmChannel
from backend.notifications.channels.telegram import HttpTelegramSender, TelegramChannel
from backend.notifications.channels.wechat import WeChatChannel
from backend.notifications.channels.wecom import WeComChannel
from backend.notifications.choices import Choices
from backend.notifications.events import EventTelling
from backend.notifications.inbox import Inbox
from backend.notifications.kinds import ChannelKey
from backend.notifications.recipients import Recipients
from backend.notifications.sending import Sending
from backend.notifications.telling import Telling


@dataclass(frozen=True, slots=True)
class Notifications:
    """Everything that other rooms, GraphQL and the worker use of this one."""

    telling: Telling
    recipients: Recipients
    events: EventTelling
    inbox: Inbox
    addresses: Addresses
    choices: Choices
    sending: Sending
    channels: Mapping[ChannelKey, Channel]

    def counts(self, key: ChannelKey) -> bool:
        """Whether the channel needs leave for each message."""
        return key in self.channels and self.channels[key].capability.counted

    async def on_link_ended(self, event: LinkEnded, entry_id: ObjectId) -> None:
        """Whose grant ended keeps nothing that it told."""
        relation = await Relation.find_one(
            {"resident_id": event.resident_id, "_id": event.relation_id}
        )
        if relation is None:
            return
        account_id, resident_id = relation.account_id, event.resident_id
        running = await self.recipients.relations([resident_id])
        if all(each.account_id != account_id for each in running.get(resident_id, ())):
            await self.inbox.forget(account_id, resident_id)

    async def close(self) -> None:
        """Let go of the channels' connections."""
        for each in self.channels.values():
            await each.close()


def build_notifications(
    core: Core, access: Access, channels: Mapping[ChannelKey, Channel] | None = None
) -> Notifications:
    """``channels``: others than the settings', for tests and benchmarks."""
    known = build_channels(core.settings) if channels is None else channels
    telling, recipients = Telling(core), Recipients(core.store, core.clock)
    addresses, choices = Addresses(core, known), Choices()
    return Notifications(
        telling=telling,
        recipients=recipients,
        events=EventTelling(core, telling, recipients),
        inbox=Inbox(core, access),
        addresses=addresses,
        choices=choices,
        sending=Sending(core, known, addresses, choices),
        channels=known,
    )


def build_channels(settings: Settings) -> dict[ChannelKey, Channel]:
    found: list[Channel] = []
    if settings.firebase_project_id and settings.firebase_credentials_file:
        found.append(FcmChannel(settings.firebase_project_id, settings.firebase_credentials_file))
    app_id, secret = settings.wechat_app_id, settings.wechat_app_secret
    if app_id and secret and settings.wechat_template_id:
        base = settings.wechat_base_url
        found.append(WeChatChannel(base, app_id, secret, settings.wechat_template_id))
    if settings.telegram_token is not None:
        sender = HttpTelegramSender(settings.telegram_base_url, settings.telegram_token)
        found.append(TelegramChannel(sender))
    if settings.wecom_push:
        found.append(WeComChannel(settings.wecom_base_url))
    return {each.key: each for each in found}
