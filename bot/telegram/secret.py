"""What Telegram must send with each webhook call."""

from __future__ import annotations

import hmac

from pydantic import SecretStr

from backend.core.keys import Keyring
from bot.telegram.errors import WebhookSecretWrong

HEADER = "x-telegram-bot-api-secret-token"
PATH = "/telegram/webhook"


def secret_of(keyring: Keyring, token: SecretStr) -> str:
    """64 hexadecimal digits, of this server's key and the token: nothing more to keep.

    Source: Bot API, "setWebhook", secret_token: 1-256 characters, A-Z, a-z, 0-9, _ and -.
    """
    return keyring.blind_index("telegram_webhook", token.get_secret_value()).hex()


def check(given: str | None, secret: str) -> None:
    """In constant time. Raises ``WebhookSecretWrong``."""
    if not hmac.compare_digest((given or "").encode(), secret.encode()):
        raise WebhookSecretWrong
