"""Clients of services outside. Logged of a request is where to, never with what.

httpx logs whole addresses. Those of WeChat carry the app's secret in the query,
those of Telegram and WeCom the bot's in the path.
"""

from __future__ import annotations

import functools
import logging
import ssl

import httpx


class _HostsOnly(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_bare(each) for each in record.args)
        return True


def _bare(value: object) -> object:
    return value.copy_with(path="/…", query=None) if isinstance(value, httpx.URL) else value


_HOSTS_ONLY = _HostsOnly()


def outgoing_client(base_url: str, *, timeout_seconds: float = 5.0) -> httpx.AsyncClient:
    """A client of one service outside. Its addresses are logged without path and query."""
    logging.getLogger("httpx").addFilter(_HOSTS_ONLY)
    return httpx.AsyncClient(
        base_url=base_url, timeout=timeout_seconds, verify=_trusted_authorities()
    )


@functools.cache
def _trusted_authorities() -> ssl.SSLContext:
    """Read once a process: each client of its own would read them anew, 40 ms of work."""
    return httpx.create_ssl_context()
