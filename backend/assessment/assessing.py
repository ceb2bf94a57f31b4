"""The rows of a person, and the assessment for a viewer through the policy."""

from __future__ import annotations

from bson import ObjectId

from backend.access.categories import Category
from backend.access.errors import AccessDenied
from backend.access.relations import RelationKind
from backend.access.service import NOTHING, Access
from backend.archive.documents import EntryDocument
from backend.archive.entries import SHOWN
from backend.archive.entry import Entry, from_raw
from backend.archive.residents import Residents, born_on
from backend.archive.sections import EntryStatus, Section
from backend.archive.sections.profile import Sex
from backend.assessment import body_rows, lab_rows
from backend.assessment.facts import CLINIC, Facts
from backend.assessment.model import Assessment, Outcome, Row
from backend.assessment.risk_row import cardiovascular_risk
from backend.assessment.table import rows
from backend.core.container import Core
from backend.identity.viewer import Viewer
from backend.measurements import thresholds
from backend.measurements.draft import Kind
from backend.measurements.reading import Reading
from backend.measurements.readings import ReadingFilter, Readings

PURPOSE = "assessment"
CATEGORIES = (
    Category.PROFILE,
    Category.READINGS,
    Category.CONDITIONS,
    Category.REPORTS,
    Category.REPRODUCTIVE_HEALTH,
)
"""What the rows are made of, in the order in which it is said what is withheld."""

_SECTIONS = (Section.CONDITION, Section.LIFESTYLE, Section.OBSERVATION, Section.PREGNANCY)
_ONE_OF = (Kind.WEIGHT, Kind.HEIGHT, Kind.WAIST)
_MOST_PRESSURES = 500  # by doctors or at home, newest first: 30 days of 16 a day
_OTHERS = frozenset(each.value for each in RelationKind) - CLINIC
_SEX: dict[Sex, thresholds.Sex] = {Sex.MALE: "male", Sex.FEMALE: "female"}


def assess(facts: Facts) -> dict[str, Outcome]:
    """The outcome of every row by its key. Pure."""
    known = {
        "bmi": body_rows.bmi(facts),
        "waist": body_rows.waist(facts),
        "blood_pressure_clinic": body_rows.clinic_pressure(facts),
        "blood_pressure_home": body_rows.home_pressure(facts),
        "glucose": lab_rows.glucose(facts),
        "hba1c": lab_rows.hba1c(facts),
        "kidney": lab_rows.kidney(facts),
        "smoking": body_rows.smoking(facts),
    }
    for key in ("total_cholesterol", "triglycerides", "ldl", "hdl"):
        known[key] = lab_rows.lipid(facts, key)
    return known | {"cardiovascular_risk": cardiovascular_risk(facts, known)}


class Assessments:
    """The health assessment, of what the viewer may see."""

    def __init__(
        self, core: Core, access: Access, residents: Residents, readings: Readings
    ) -> None:
        self._core = core
        self._access = access
        self._residents = residents
        self._readings = readings

    async def assessment(self, viewer: Viewer, resident_id: ObjectId) -> Assessment:
        """Raises ``AccessDenied`` where nothing of it may be seen, ``ConsentMissing``."""
        granted = await self._granted(viewer, resident_id)
        facts = await self._facts(resident_id, granted)
        outcomes = assess(facts)
        return Assessment(
            resident_id=resident_id,
            at=facts.now,
            rows=tuple(Row(each, outcomes[each.key]) for each in rows() if each.needs <= granted),
            withheld=tuple(each for each in CATEGORIES if each not in granted),
            left_out=tuple(each for each in rows() if not each.needs <= granted),
        )

    async def _granted(self, viewer: Viewer, resident_id: ObjectId) -> frozenset[Category]:
        allowed = await self._access.categories(viewer, resident_id, looks_at=NOTHING)
        granted = allowed & frozenset(CATEGORIES)
        if not any(each.needs <= granted for each in rows()):
            raise AccessDenied(category=Category.READINGS.value)
        for category in sorted(granted):
            await self._access.require(viewer, resident_id, category, purpose=PURPOSE)
        return granted

    async def _facts(self, resident_id: ObjectId, granted: frozenset[Category]) -> Facts:
        now = self._core.clock.now()
        born, sex = None, None
        if Category.PROFILE in granted:
            profile = (await self._residents.load(resident_id)).profile
            born = born_on(profile)
            sex = _SEX.get(profile.sex) if profile.sex else None
        measured = Category.READINGS in granted
        return Facts(
            resident_id=resident_id,
            now=now,
            birth_date=born,
            sex=sex,
            readings=await self._measured(resident_id) if measured else (),
            entries=await self._entries(resident_id, granted),
        )

    async def _entries(self, resident_id: ObjectId, granted: frozenset[Category]) -> list[Entry]:
        query = {
            "resident_id": resident_id,
            "section": {"$in": [each.value for each in _SECTIONS]},
            "category": {"$in": sorted(granted)},
            "status": EntryStatus.ACTIVE.value,
        }
        found = EntryDocument.get_pymongo_collection().find(query, SHOWN)
        raws = await found.sort([("at", -1), ("_id", -1)]).to_list()
        key = await self._core.keyring.key(resident_id)
        return [from_raw(raw, key) for raw in raws]

    async def _measured(self, resident_id: ObjectId) -> list[Reading]:
        """The newest of each single value, and the newest pressures of each place."""
        found = []
        for kind in _ONE_OF:
            wanted = ReadingFilter(kinds=frozenset({kind}))
            found += await self._readings.rows(resident_id, wanted, limit=1)
        for recorded_as in (CLINIC, _OTHERS):
            pressures = ReadingFilter(
                kinds=frozenset({Kind.BLOOD_PRESSURE}), recorded_as=recorded_as
            )
            found += await self._readings.rows(resident_id, pressures, limit=_MOST_PRESSURES)
        return await self._readings.opened(resident_id, found)
