"""The collection of meters, as the services around it use it."""

from __future__ import annotations

from pymongo import ReturnDocument

from backend.core.database import Raw
from backend.measurements.documents import MeterDocument


async def by_serial(serial: str) -> Raw | None:
    found: Raw | None = await MeterDocument.get_pymongo_collection().find_one({"serial": serial})
    return found


async def updated(query: Raw, change: Raw | list[Raw]) -> Raw | None:
    """The one meter that matches, after the change; None where none does."""
    found: Raw | None = await MeterDocument.get_pymongo_collection().find_one_and_update(
        query, change, return_document=ReturnDocument.AFTER
    )
    return found
