"""``kangban bot``: Telegram by polling, beside a running server or alone; or its webhook, set."""

from __future__ import annotations

import click

from backend.services import Services


async def poll(services: Services) -> None:
    """Until Ctrl-C. Raises ``TelegramOff``."""
    from bot.telegram.running import TelegramBot

    bot = TelegramBot(services)
    try:
        await bot.poll()
        await services.assistant.settled()
    finally:
        await bot.close()
        services.reports.close()
        await services.notifications.close()


async def set_webhook(services: Services) -> None:
    """From now on Telegram posts to this server's public address. Raises ``TelegramOff``."""
    from bot.telegram.running import TelegramBot

    bot = TelegramBot(services)
    try:
        click.echo(await bot.set_webhook())
    finally:
        await bot.close()
        await services.notifications.close()
