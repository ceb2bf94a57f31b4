"""Metrics: only where they are switched on, and never with anybody's id in them."""

from __future__ import annotations

import httpx
from bson import ObjectId

from backend.main import build_app
from backend.services import Services


async def test_metrics_are_off_unless_asked_for(client: httpx.AsyncClient) -> None:
    assert (await client.get("/metrics")).status_code == 404


async def test_metrics_count_paths_by_their_pattern(services: Services) -> None:
    object.__setattr__(services.core.settings, "metrics", True)
    resident = str(ObjectId())
    transport = httpx.ASGITransport(app=build_app(services))
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        await client.get(f"/fhir/{resident}/$everything")
        text = (await client.get("/metrics")).text
    assert "kangban_requests_total" in text
    assert resident not in text
