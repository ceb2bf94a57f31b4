"""Why the bot does not run, or does not listen."""

from __future__ import annotations

from backend.core.errors import Forbidden, Unavailable


class TelegramOff(Unavailable):
    code = "TELEGRAM_OFF"
    zh = "没有设置 KANGBAN_TELEGRAM_TOKEN，Telegram 机器人没有启动。"
    en = "KANGBAN_TELEGRAM_TOKEN is not set; the Telegram bot does not run."


class WebhookSecretWrong(Forbidden):
    """Whoever posts is not Telegram."""

    code = "WEBHOOK_SECRET_WRONG"
    zh = "密钥不对。"
    en = "The secret is wrong."
