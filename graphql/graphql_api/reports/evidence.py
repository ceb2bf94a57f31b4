"""Where an entry or a reading came from."""

from __future__ import annotations

from bson import ObjectId

from graphql_api.common.context import Info
from graphql_api.reports.parts import PaperEvidence, evidence_for_part


async def evidence(info: Info, resident_id: ObjectId, part_id: ObjectId) -> PaperEvidence | None:
    """Of an entry or a reading, where it was read from a report."""
    found = await info.context.load.paper.load((resident_id, part_id))
    return evidence_for_part(*found) if found else None
