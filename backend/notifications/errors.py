"""What a client may hear from this room."""

from __future__ import annotations

from backend.core.errors import Conflict, Forbidden, Invalid, NotFound


class InboxItemNotFound(NotFound):
    code = "INBOX_ITEM_NOT_FOUND"
    zh = "没有这条消息。"
    en = "There is no such message."


class ChannelUnavailable(Invalid):
    code = "PUSH_CHANNEL_UNAVAILABLE"
    zh = "本服务没有开通“{channel}”通知渠道。"
    en = "This server does not send by {channel}."


class ChannelNotForYou(Forbidden):
    code = "PUSH_CHANNEL_NOT_FOR_YOU"
    zh = "“{channel}”通知渠道不能由您自己绑定。"
    en = "An address of {channel} cannot be registered by this account."


class PushAddressInvalid(Invalid):
    code = "PUSH_ADDRESS_INVALID"
    zh = "推送地址无效。"
    en = "This push address is not valid."


class PushAddressNotFound(NotFound):
    code = "PUSH_ADDRESS_NOT_FOUND"
    zh = "没有登记这个推送地址。"
    en = "This push address is not registered."


class ChoicesInvalid(Invalid):
    code = "NOTIFICATION_CHOICES_INVALID"
    zh = "通知设置有误：{field}。"
    en = "These notification choices are not valid: {field}."


class TopicAlwaysOn(Invalid):
    code = "TOPIC_ALWAYS_ON"
    zh = "“{topic}”关系到安全或权益，不能关闭。"
    en = "{topic} is about safety or rights and cannot be switched off."


class ChoicesChanged(Conflict):
    code = "NOTIFICATION_CHOICES_CHANGED"
    zh = "通知设置刚被改过，请刷新后重试。"
    en = "These choices were changed meanwhile; load them again."
