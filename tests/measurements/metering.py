"""Meters for tests: registered, bound, and sending as their firmware would."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, replace
from typing import Any

from bson import ObjectId

from backend.core.clock import Clock
from backend.identity.viewer import Role, Viewer
from backend.measurements.documents import MeterDocument, ReadingDocument
from backend.measurements.meter import Meter
from backend.measurements.meter_upload import ItemAnswer, SignedUpload
from backend.services import Services
from tests.factories import a_key, a_resident, a_viewer

PATH = "/devices/v1/readings"


def a_bp(
    systolic: float = 142, diastolic: float = 88, at: str = "2026-11-21T09:58:00+08:00"
) -> dict[str, Any]:
    return {
        "kind": "blood_pressure",
        "at": at,
        "values": {
            "systolic": {"value": systolic, "unit": "mmHg"},
            "diastolic": {"value": diastolic, "unit": "mmHg"},
        },
    }


def a_body(*readings: dict[str, Any]) -> bytes:
    return json.dumps({"readings": list(readings or [a_bp()])}).encode()


@dataclass(frozen=True)
class Firmware:
    """What a real meter holds: its serial and key. It signs for itself, not with our code."""

    serial: str
    key: bytes
    clock: Clock

    def headers(
        self, counter: int, body: bytes, *, seconds: int = 0, path: str = PATH
    ) -> dict[str, str]:
        timestamp = str(int(self.clock.now().timestamp()) + seconds)
        digest = hashlib.sha256(body).hexdigest()
        text = f"POST\n{path}\n{self.serial}\n{counter}\n{timestamp}\n{digest}"
        signature = hmac.new(self.key, text.encode(), "sha256").hexdigest()
        return {
            "serial": self.serial,
            "counter": str(counter),
            "timestamp": timestamp,
            "signature": signature,
        }

    def upload(self, counter: int, body: bytes, **how: Any) -> SignedUpload:
        return SignedUpload(
            method="POST", path=PATH, body=body, **self.headers(counter, body, **how)
        )

    def with_key(self, key: bytes) -> Firmware:
        return replace(self, key=key)


@dataclass(frozen=True)
class Bound:
    """A meter and whose it is."""

    services: Services
    firmware: Firmware
    viewer: Viewer
    resident_id: ObjectId
    scanned: str

    async def send(self, counter: int, body: bytes | None = None, **how: Any) -> list[ItemAnswer]:
        upload = self.firmware.upload(counter, body or a_body(), **how)
        return await self.services.meter_uploads.take(upload)

    async def meter(self) -> Meter:
        [meter] = await self.services.meters.of(self.viewer, self.resident_id)
        return meter


def an_operator() -> Viewer:
    return a_viewer(Role.OPERATOR)


async def a_registered(services: Services, serial: str | None = None) -> tuple[Firmware, str]:
    """A meter in the shop, and what is printed on it."""
    key = secrets.token_bytes(32)
    serial = serial or f"KB-{secrets.token_hex(5)}"
    registered = await services.meter_registry.register(
        an_operator(), serial=serial, model="康伴血压计 A1", key=key.hex(), idempotency_key=a_key()
    )
    return Firmware(serial, key, services.core.clock), registered.scanned


async def a_bound(services: Services) -> Bound:
    firmware, scanned = await a_registered(services)
    viewer, resident_id = await a_resident(services)
    await services.meters.bind(viewer, resident_id, scanned)
    return Bound(services, firmware, viewer, resident_id, scanned)


async def readings() -> int:
    return await ReadingDocument.count()


async def stored_meter(serial: str) -> dict[str, Any]:
    raw = await MeterDocument.get_pymongo_collection().find_one({"serial": serial})
    assert raw is not None
    return dict(raw)
