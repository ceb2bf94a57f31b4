"""Who may see what, asked of every field of the schema; a new field is asked from its first day."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import strawberry

from backend.access.categories import Category
from backend.core.clock import FixedClock
from backend.identity.viewer import Channel, Language, Viewer
from backend.services import Services
from graphql_api.archive.resident import Resident
from graphql_api.common import doors, ids
from graphql_api.common.context import Info
from graphql_api.common.scalars import global_id
from graphql_api.common.trust import PUBLIC
from graphql_api.schema import Mutation, Query, Schema, build_schema, schema_of
from graphql_api.subscriptions import Subscription
from tests.graphql_api.household import (
    CANARIES,
    Answer,
    Household,
    a_household,
    ask,
    granted,
    signed_in,
    snapshot,
)
from tests.graphql_api.walk import Case, cases

SAYS_NOTHING_OF_ANYBODY = {"measurementKinds", "consentNotices"}
"""The whole list of what is answered without a token, beside the ways to get one."""

PROVES_WHO_IS_THERE = {
    "signInWithWechat",
    "signInWithFirebase",
    "signInAsStaff",
    "signInAsInstitution",
    "signInAsDemo",
    "refreshSession",
    "beginStaffEnrolment",
    "confirmStaffEnrolment",
}
OWN_ACCOUNT = {
    "me",
    "careCircle",
    "linkSignIn",
    "signOut",
    "signOutEverywhere",
    "renameAccount",
    "changePassword",
    "registerResident",
    "people",
    "acceptedInvitations",
    "lookAtInvitation",
    "acceptInvitation",
    "circlePresets",
    "familyDoctors",
    "careTeams",
    "pointOffers",
    "slots",
    "articles",
    "article",
    "articleTopics",
    "inbox",
    "inboxChanged",
    "inboxUnread",
    "markInboxRead",
    "markWholeInboxRead",
    "notificationChoices",
    "chooseNotifications",
    "unlinkChat",
    "pushChannels",
    "pushAddresses",
    "registerPush",
    "removePush",
    "allowPushMessage",
}
"""What everybody who is signed in may do: with their own account, never with another's record."""

OPERATORS_ONLY = {
    "registeredMeters",
    "registerMeter",
    "revokeMeter",
    "rekeyMeter",
    "waitingGuardianships",
    "emergenciesToReview",
    "waitingRollbacks",
    "reviewEmergency",
    "enterDoctor",
    "doctorLeaves",
    "makeCareTeam",
    "setTeamMembers",
    "reportedAccess",
    "answerAccessReport",
    "pointRulebook",
    "allOffers",
    "pointSignals",
    "articleFigures",
    "setPointRule",
    "endPointRule",
    "startPointCampaign",
    "endPointCampaign",
    "createOffer",
    "restockOffer",
    "endOffer",
    "closePointSignal",
}
"""About machines and staff, not records: refused by role, whoever else asks."""

MERCHANTS_ONLY = {
    "merchantVouchers",
    "merchantTotals",
    "lookAtVoucher",
    "confirmVoucher",
    "clinicSchedules",
    "clinicAppointments",
    "createSchedule",
    "publishSlots",
    "importSlots",
    "withdrawSlot",
    "recordAttendance",
}
"""An institution's own vouchers, times and places, which do not say whose they are: refused by
role."""

DOCTORS_ONLY = {
    "panel",
    "panelControl",
    "contractRequests",
    "worklist",
    "worklistPage",
    "worklistChanged",
}
"""Of a doctor's own: nothing of the household's owner is there to see."""

OF_CHAT = ("tickets", "conversations", "issueChatCode")
"""Talk with the assistant, questions to the doctor and the code for a messenger, in the walk's
documents."""

THINGS_OF_CHAT = {"Ticket", "Conversation", "Answer"}

STAFF_ONLY = {"correctionRequests"}
"""Lists of what waits for the staff who recorded it: refused by role, and empty for other staff."""

DENIED = {"ACCESS_DENIED", "ROLE_REQUIRED", "ID_INVALID", "SESSION_NOT_FOUND"}
NO_TOKEN = {"TOKEN_MISSING"}


@cache
def walked() -> Schema:
    """The schema, remembering every document of the walk: each is validated once."""
    doors.REMEMBERED = 10_000
    return build_schema()


def asked(schema: Schema, house: Household, without: set[str]) -> list[Case]:
    found = [each for each in cases(schema._schema, house.samples) if each.root not in without]
    assert len(found) > 300
    return found


def complaint(case: Case, answer: Answer, allowed: set[str]) -> str | None:
    """What is wrong with the answer to somebody who may see nothing, or None."""
    if not answer.shows_nothing:
        return f"{case.coordinate} shows {answer.data} for {case.document}"
    if not answer.codes or not answer.codes <= allowed:
        return f"{case.coordinate} answers {set(answer.codes)} for {case.document}"
    return None


async def complaints(
    services: Services,
    schema: Schema,
    house: Household,
    token: str | None,
    allowed: set[str],
    without: set[str] = SAYS_NOTHING_OF_ANYBODY | PROVES_WHO_IS_THERE,
    *,
    roots_only: bool = False,
) -> list[str]:
    found = [
        complaint(case, await ask(services, schema, token, case), allowed)
        for case in asked(schema, house, without)
        if not roots_only or case.coordinate.endswith(f".{case.root}")
    ]
    return [each for each in found if each is not None]


def test_the_public_fields_are_these_and_no_others() -> None:
    assert PUBLIC - {"__typename", "__schema", "__type"} == (
        SAYS_NOTHING_OF_ANYBODY | PROVES_WHO_IS_THERE
    )


async def test_nobody_gets_anything_without_a_good_token(
    services: Services, clock: FixedClock
) -> None:
    house = await a_household(services)
    schema = walked()
    _, gone = await signed_in(services)
    await services.identity.sign_out(await _viewer(services, gone))
    assert await complaints(services, schema, house, None, NO_TOKEN) == []
    for token, code in {
        "": "TOKEN_MISSING",
        "abc.def.ghi": "TOKEN_INVALID",
        house.token + "x": "TOKEN_INVALID",
        gone: "SESSION_ENDED",
    }.items():
        assert await complaints(services, schema, house, token, {code}, roots_only=True) == []
    before = await snapshot(services)
    clock.advance(timedelta(minutes=15))
    assert await complaints(services, schema, house, house.token, {"TOKEN_EXPIRED"}) == []
    assert await snapshot(services) == before


async def test_a_stranger_gets_nothing_changes_nothing_and_is_refused_for_who_they_are(
    services: Services,
) -> None:
    house = await a_household(services)
    _, token = await signed_in(services)
    schema = walked()
    before = await snapshot(services)
    without = SAYS_NOTHING_OF_ANYBODY | PROVES_WHO_IS_THERE | OWN_ACCOUNT | OPERATORS_ONLY
    by_role = {"endDevice"} | STAFF_ONLY | MERCHANTS_ONLY
    wrong: list[str | None] = []
    codes: dict[str, set[str]] = {}
    for case in asked(schema, house, without):
        answer = await ask(services, schema, token, case)
        wrong.append(complaint(case, answer, DENIED))
        of_root = case.coordinate.split(".")[0] in ("Query", "Mutation", "Subscription")
        if of_root and case.root not in by_role:
            codes.setdefault(case.coordinate, set()).update(answer.codes)
    assert [each for each in wrong if each is not None] == []
    # Not for the question's form: else the walk would prove only that its arguments are bad.
    assert codes
    assert [each for each, found in codes.items() if "ACCESS_DENIED" not in found] == []
    assert await snapshot(services) == before


async def test_what_is_for_operators_is_refused_to_everybody_else(services: Services) -> None:
    house = await a_household(services)
    _, token = await signed_in(services)
    schema = walked()
    before = await snapshot(services)
    found = {
        (case.root, code)
        for case in cases(schema._schema, house.samples)
        if case.root in OPERATORS_ONLY
        for each in (house.token, token)
        for code in (await ask(services, schema, each, case)).codes or {"NONE"}
    }
    assert found == {(root, "OPERATOR_REQUIRED") for root in OPERATORS_ONLY}
    assert await snapshot(services) == before


async def test_who_is_granted_nothing_of_use_sees_nothing(services: Services) -> None:
    """Behind ``resident(id)`` every field has its own rule: a grant for chat opens none."""
    house = await a_household(services)
    _, token = await granted(services, house.resident_id, Category.CHAT)
    schema = walked()
    own = {"Resident.id"}
    lists = {"Resident.timeline", "Resident.search", "TimelineEntryConnection", "PageInfo"}
    before = await snapshot(services)
    without = SAYS_NOTHING_OF_ANYBODY | PROVES_WHO_IS_THERE | OWN_ACCOUNT | OPERATORS_ONLY
    without |= {"endDevice"}
    without |= {"ticketChanged"}  # stays open: talk with the doctor is chat
    refused = shown = 0
    for case in asked(schema, house, without):
        answer = await ask(services, schema, token, case)
        assert not any(each in str(answer.data) for each in CANARIES), case
        if case.coordinate in own or case.coordinate == "Query.resident":
            continue
        if case.ids & THINGS_OF_CHAT or any(each in case.document for each in OF_CHAT):
            continue  # shown by this grant, or one's own: changed by who asked alone
        assert answer.shows_nothing or case.coordinate == "Query.node", (case, answer)
        if answer.codes:
            assert answer.codes <= DENIED | {"ENTRY_NOT_FOUND", "SHARE_LINK_NOT_FOUND"}, (
                case,
                answer,
            )
            refused += 1
        else:
            kind = case.coordinate.split(".")[0]
            assert {case.coordinate, kind} & lists or "timeline" in case.document, (case, answer)
            shown += 1
    assert refused > 300
    assert shown < 20
    assert await snapshot(services) == before


async def test_the_owner_gets_something_from_the_same_operations(services: Services) -> None:
    # The other half of the proof: the walk's arguments are good, its ids real.
    house = await a_household(services)
    schema = walked()
    seen: dict[str, bool] = {}
    without = PROVES_WHO_IS_THERE | OPERATORS_ONLY | STAFF_ONLY | DOCTORS_ONLY | MERCHANTS_ONLY
    without |= {"readingRecorded", "alertChanged", "people", "acceptedInvitations"}
    without |= {"pushChannels"}  # none are set up
    for case in asked(schema, house, without):
        if case.operation == "query":
            answer = await ask(services, schema, house.token, case)
            assert answer.codes <= {"ID_INVALID"}, (case, answer)
            seen[case.root] = seen.get(case.root, False) or not answer.shows_nothing
    roots = ("me", "resident", "careCircle", "node", "measurementKinds", "consentNotices")
    roots += ("circlePresets", "familyDoctors", "careTeams", "pointOffers", "slots")
    roots += ("articles", "article", "articleTopics")
    roots += ("inbox", "inboxUnread", "notificationChoices", "pushAddresses")
    assert seen == dict.fromkeys(roots, True)


@strawberry.type
class ResidentPlus(Resident):
    @strawberry.field
    async def leak(self, info: Info) -> str:
        resident = await info.context.services.residents.load(self.key)
        return resident.profile.name or ""


@strawberry.type
class LeakyQuery(Query):
    @strawberry.field
    async def name_of(self, info: Info, resident_id: strawberry.ID) -> str:
        key = ids.resident_id(resident_id)
        return (await info.context.services.residents.load(key)).profile.name or ""

    @strawberry.field
    async def resident_plus(self, info: Info, resident_id: strawberry.ID) -> ResidentPlus:
        key = ids.resident_id(resident_id)
        await info.context.services.access.categories(info.context.viewer, key)
        return ResidentPlus(id=global_id("Resident", key), key=key)


@cache
def leaky() -> Schema:
    return schema_of(LeakyQuery, Mutation, Subscription)


async def test_a_new_field_without_a_rule_is_caught(services: Services) -> None:
    house = await a_household(services)
    _, stranger = await signed_in(services)
    schema = leaky()
    new = {"LeakyQuery.nameOf", "ResidentPlus.leak"}
    leaks = {
        each.coordinate: each for each in asked(schema, house, set()) if each.coordinate in new
    }
    assert set(leaks) == new
    open_to_all, behind_the_door = leaks["LeakyQuery.nameOf"], leaks["ResidentPlus.leak"]
    answer = await ask(services, schema, stranger, open_to_all)
    assert complaint(open_to_all, answer, DENIED) is not None
    # Without a token the outer door is shut for what nobody declared public.
    answer = await ask(services, schema, None, open_to_all)
    assert complaint(open_to_all, answer, NO_TOKEN) is None
    _, caregiver = await granted(services, house.resident_id, Category.CHAT)
    assert not (await ask(services, schema, caregiver, behind_the_door)).shows_nothing


WITHOUT_MENTAL_HEALTH = frozenset(Category) - {Category.MENTAL_HEALTH}


LISTS = (
    "timeline(first: 100) { edges { node { ... on Entry { title } } } }",
    'search(text: "抑郁", first: 100) { edges { node { ... on Entry { title } } } }',
    "entries(section: CONDITION, first: 100) { edges { node { title } } }",
)


async def test_lists_neither_show_nor_count_what_is_not_granted(services: Services) -> None:
    house = await a_household(services)
    schema = walked()
    resident = house.samples.ids["Resident"]
    _, token = await granted(services, house.resident_id, *WITHOUT_MENTAL_HEALTH)
    for field in LISTS:
        document = f'{{ resident(id: "{resident}") {{ list: {field} }} }}'
        case = Case("", "query", "resident", document)
        own = await ask(services, schema, house.token, case)
        assert "抑郁症" in str(own.data), field
        theirs = await ask(services, schema, token, case)
        assert theirs.codes == frozenset(), field
        assert "抑郁症" not in str(theirs.data), field
        titles = own.data["resident"]["list"]["edges"]
        assert len(theirs.data["resident"]["list"]["edges"]) == len(titles) - 1, field


NEEDS = (
    ("name", Category.PROFILE),
    ("profile { birthDate }", Category.PROFILE),
    ("readings { edges { node { id } } }", Category.READINGS),
    ("latestReadings(kinds: [GLUCOSE]) { id }", Category.READINGS),
    ("trend(kind: GLUCOSE) { whole { count } }", Category.READINGS),
    ("alerts { edges { node { id } } }", Category.READINGS),
    ("personalLimits { id }", Category.READINGS),
    ("meters { id }", Category.READINGS),
    ("timeline(filter: {kinds: [GLUCOSE]}) { edges { cursor } }", Category.READINGS),
    ("entries(section: MEDICATION) { edges { cursor } }", Category.MEDICATIONS),
    ("timeline(filter: {categories: [MEDICATIONS]}) { edges { cursor } }", Category.MEDICATIONS),
    ("timeline(filter: {categories: [MENTAL_HEALTH]}) { edges { cursor } }",
     Category.MENTAL_HEALTH),
)  # fmt: skip


async def test_a_category_that_is_not_granted_is_an_error_and_the_rest_is_answered(
    services: Services,
) -> None:
    house = await a_household(services)
    sensitive = {Category.MENTAL_HEALTH, Category.REPRODUCTIVE_HEALTH}
    resident = house.samples.ids["Resident"]
    for field, category in NEEDS:
        _, token = await granted(
            services, house.resident_id, *(frozenset(Category) - {category} - sensitive)
        )
        case = Case("", "query", "", f'{{ resident(id: "{resident}") {{ id asked: {field} }} }}')
        answer = await ask(services, walked(), token, case)
        assert answer.codes == {"ACCESS_DENIED"}, field
        assert answer.data == {"resident": {"id": resident, "asked": None}}, field


async def _viewer(services: Services, token: str) -> Viewer:
    return await services.identity.viewer_from_token(token, Channel.APP, Language.ZH)
