"""Routers by topic, in the order in which they are asked."""

from __future__ import annotations

from aiogram import Router

from bot.telegram.routers import failing, files, groups, linking, odd, talking


def routers() -> list[Router]:
    """New ones: a router belongs to one dispatcher."""
    topics = (groups, odd, linking, files, talking, failing)
    return [each.router() for each in topics]
