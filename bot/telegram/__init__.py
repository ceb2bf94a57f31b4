"""Telegram: aiogram routers, webhook and polling."""
