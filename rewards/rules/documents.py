"""What operators set beside the rules file."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from beanie import PydanticObjectId

from backend.core.documents import ASC, Stored, index, unique


class RuleDocument(Stored):
    """A version of a rule from ``start`` on; without ``body`` the rule ends the day before."""

    key: str
    start: str
    body: dict[str, Any] | None
    set_by: PydanticObjectId
    set_at: datetime

    class Settings:
        name = "point_rules"
        indexes: ClassVar = [unique("one_rule_per_key_and_start", ("key", ASC), ("start", ASC))]


class CampaignDocument(Stored):
    key: str
    rule: str
    factor: int
    start: str
    end: str
    zh: str
    en: str
    set_by: PydanticObjectId
    set_at: datetime

    class Settings:
        name = "point_campaigns"
        indexes: ClassVar = [
            unique("one_campaign_per_key", ("key", ASC)),
            index("campaigns_by_end", ("end", ASC)),
        ]


DOCUMENTS = (RuleDocument, CampaignDocument)
