"""A running plan goes on with the newer version of its pathway, when somebody says so."""

from __future__ import annotations

from dataclasses import replace

from bson import ObjectId

from backend.care.plans.changing import in_state, unchanged
from backend.care.plans.documents import Change, PlanState
from backend.care.plans.editing import noted
from backend.care.plans.errors import CarePlanChanged, CarePlanInvalid
from backend.care.plans.judging import said
from backend.care.plans.newer import Newer, newer
from backend.care.plans.plan import Plan, first_day
from backend.care.plans.programme import Words, programme
from backend.care.plans.revising import Changed
from backend.care.plans.ticking import Ticking
from backend.core.database import Raw, Session
from backend.identity.viewer import Viewer


class Renewing(Ticking):
    def newer(self, plan: Plan) -> Newer | None:
        """What is offered for a plan that the viewer was shown."""
        return newer(plan, self._book)

    async def take_over(
        self,
        viewer: Viewer,
        resident_id: ObjectId,
        plan_id: ObjectId,
        *,
        version: int,
        pathway_version: int,
        note: str | None = None,
    ) -> Plan:
        """``pathway_version``: the one that was shown; what the doctor edited is kept.

        Raises ``AccessDenied``, ``RoleRequired``, ``CarePlanNotFound``, ``CarePlanInvalid``,
        ``CarePlanNotOpen``, and ``CarePlanChanged`` also where another version is the newest.
        """
        raw, relation = await self._decided(viewer, resident_id, plan_id)
        if len(note or "") > programme().limits.text:
            raise CarePlanInvalid(field="note")
        now = self._core.clock.now()

        async def taken(plan: Plan, _: Raw, session: Session) -> Changed:
            unchanged(plan, version)
            in_state(plan, PlanState.ACTIVE, PlanState.PAUSED)
            found = newer(plan, self._book)
            if found is None or found.version != pathway_version:
                raise CarePlanChanged
            after = replace(plan, content=found.content)
            if found.judged_anew:
                after = after.with_stage(after.stage, first_day(now))
            return Changed(after, Change.NEW_VERSION, noted(_why(found), note), {})

        await self._change(viewer, relation, raw, taken)
        return await self.read(resident_id, plan_id)


def _why(found: Newer) -> Words:
    number, news = found.version, found.news
    return Words(
        zh=said("new_version", number=number, news=news.zh).zh,
        en=said("new_version", number=number, news=news.en).en,
    )
