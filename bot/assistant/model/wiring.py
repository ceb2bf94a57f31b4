"""The model that the settings name, if any."""

from __future__ import annotations

from backend.core.settings import Settings
from bot.assistant.model.asking import Endpoint
from bot.assistant.model.writer import Writer


def writer_of(settings: Settings) -> Writer | None:
    """None where ``KANGBAN_MODEL_URL`` is not set: the templates word every answer."""
    if settings.model_url is None:
        return None
    return Writer(
        Endpoint(
            settings.model_url, settings.model_name, settings.model_key, settings.model_seconds
        )
    )
