"""What operators do with rules and campaigns. Nothing here touches what was earned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from beanie import PydanticObjectId
from pymongo.errors import DuplicateKeyError

from backend.core.clock import SHANGHAI
from backend.core.container import Core
from backend.identity.operators import require_operator
from backend.identity.viewer import Viewer
from rewards.errors import PointRuleNotFound, PointRuleStartsTooSoon, PointRuleUnfit
from rewards.limits import limits
from rewards.rules.book import Books, Rulebook
from rewards.rules.documents import CampaignDocument, RuleDocument
from rewards.rules.parsing import Unfit, rule_of
from rewards.rules.rule import Campaign, Rule, Words

_LONGEST_TITLE = 60


class RuleDesk:
    """Everything here raises ``OperatorRequired`` for anybody else."""

    def __init__(self, core: Core, books: Books) -> None:
        self._core = core
        self._books = books

    async def book(self, viewer: Viewer) -> Rulebook:
        """Every rule and campaign, past and to come."""
        require_operator(viewer)
        self._books.forget()
        return await self._books.current()

    async def set(self, viewer: Viewer, raw: Mapping[str, Any]) -> Rule:
        """A new rule, or a new version of one from its ``start`` on; the same start replaces.

        ``raw`` is as a ``[[rule]]`` of the file. Raises ``PointRuleUnfit``,
        ``PointRuleStartsTooSoon``.
        """
        require_operator(viewer)
        try:
            rule = rule_of(raw)
        except Unfit as fault:
            raise PointRuleUnfit(field=fault.field, reason=fault.reason) from fault
        body = {n: str(v) if isinstance(v, date) else v for n, v in raw.items() if v is not None}
        await self._store(viewer, rule.key, rule.start, body)
        return rule

    async def end(self, viewer: Viewer, key: str, first_day_without: date) -> None:
        """Raises ``PointRuleNotFound``, ``PointRuleStartsTooSoon``."""
        require_operator(viewer)
        book = await self.book(viewer)
        if not any(each.key == key for each in book.rules):
            raise PointRuleNotFound
        await self._store(viewer, key, first_day_without, None)

    async def start_campaign(self, viewer: Viewer, campaign: Campaign) -> Campaign:
        """Raises ``PointRuleUnfit``, ``PointRuleNotFound``, ``PointRuleStartsTooSoon``."""
        require_operator(viewer)
        _check_campaign(campaign)
        self._check_ahead(campaign.start)
        book = await self.book(viewer)
        if not any(each.key == campaign.rule for each in book.rules):
            raise PointRuleNotFound
        document = CampaignDocument(
            key=campaign.key,
            rule=campaign.rule,
            factor=campaign.factor,
            start=str(campaign.start),
            end=str(campaign.end),
            zh=campaign.title.zh,
            en=campaign.title.en,
            set_by=PydanticObjectId(viewer.account_id),
            set_at=self._core.clock.now(),
        )
        try:
            await document.insert()
        except DuplicateKeyError as error:
            reason = f"the key {campaign.key} is there already"
            raise PointRuleUnfit(field="key", reason=reason) from error
        self._books.forget()
        return campaign

    async def end_campaign(self, viewer: Viewer, key: str, last_day: date) -> None:
        """Shorten it, to today at the least. Raises ``PointRuleNotFound``,
        ``PointRuleStartsTooSoon``."""
        require_operator(viewer)
        if last_day < self._today():
            raise PointRuleStartsTooSoon
        changed = await CampaignDocument.get_pymongo_collection().update_one(
            {"key": key, "end": {"$gte": str(last_day)}}, {"$set": {"end": str(last_day)}}
        )
        if changed.matched_count == 0:
            raise PointRuleNotFound
        self._books.forget()

    async def _store(
        self, viewer: Viewer, key: str, start: date, body: dict[str, Any] | None
    ) -> None:
        self._check_ahead(start)
        await RuleDocument.get_pymongo_collection().update_one(
            {"key": key, "start": str(start)},
            {
                "$set": {
                    "body": body,
                    "set_by": viewer.account_id,
                    "set_at": self._core.clock.now(),
                }
            },
            upsert=True,
        )
        self._books.forget()

    def _check_ahead(self, start: date) -> None:
        if start < self._today() + timedelta(days=limits()["operators"]["days_ahead"]):
            raise PointRuleStartsTooSoon

    def _today(self) -> date:
        return self._core.clock.now().astimezone(SHANGHAI).date()


def _check_campaign(campaign: Campaign) -> None:
    most = limits()["operators"]["largest_factor"]
    if not 2 <= campaign.factor <= most:
        raise PointRuleUnfit(field="factor", reason=f"factor is a whole number from 2 to {most}")
    if campaign.end < campaign.start:
        raise PointRuleUnfit(field="end", reason="end is before start")
    if not 1 <= len(campaign.key) <= 40:
        raise PointRuleUnfit(field="key", reason="key has 1 to 40 characters")
    _check_title(campaign.title)


def _check_title(title: Words) -> None:
    for name, text in (("zh", title.zh), ("en", title.en)):
        if not text.strip() or len(text) > _LONGEST_TITLE:
            reason = f"{name} is a text of 1 to {_LONGEST_TITLE} characters"
            raise PointRuleUnfit(field=name, reason=reason)
