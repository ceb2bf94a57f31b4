"""Prometheus counters at ``/metrics``, where the settings want them."""

from __future__ import annotations

from typing import Any

from litestar.types import ControllerRouterHandler


def metrics() -> tuple[list[ControllerRouterHandler], list[Any]]:
    """The route that shows the counters and the middleware that counts."""
    # Here: the library is large, and the setting is off by default.
    from litestar.plugins.prometheus import PrometheusConfig, PrometheusController

    # Paths are counted by their pattern: an address holds a resident's id.
    config = PrometheusConfig(app_name="kangban", prefix="kangban", group_path=True)
    return [PrometheusController], [config.middleware]
