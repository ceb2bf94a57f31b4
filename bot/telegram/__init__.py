"""Telegram: aiogram routers, webhook and polling.

``documents``, ``errors``, ``leaving`` and ``secret`` need no aiogram; everything else is imported
by who has a token and an update, so that a server without Telegram does not pay for it.
"""
