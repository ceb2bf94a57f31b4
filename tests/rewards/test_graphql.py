"""A day of points over GraphQL: reading, tasks, voucher, the clinic's scan, statement."""

from __future__ import annotations

import httpx

from backend.identity.viewer import Role
from backend.main import build_dispatcher
from backend.services import Services
from graphql_api.common import ids
from tests.api import Api, sign_in
from tests.factories import a_key, a_resident, a_viewer, bp
from tests.rewards.shop import give

POINTS = """
query ($id: ID!) { resident(id: $id) { points {
  balance expiring { points on }
  tasks { rule title points done progress goal streak { days goal freezesLeft } }
  statement { edges { node { kind title points balance day evidenceId } } }
  vouchers { edges { node { id state points code offer { title } } } }
} } }
"""
OFFERS = "{ pointOffers { edges { node { id title points stock } } } }"
RESERVE = """
mutation ($input: ReserveVoucherInput!) {
  reserveVoucher(input: $input) { voucher { id state code qrSvg } }
}
"""
CONFIRM = """
mutation ($input: ConfirmVoucherInput!) {
  confirmVoucher(input: $input) { voucher { state points } }
}
"""
CREATE = """
mutation ($input: CreateOfferInput!) { createOffer(input: $input) { offer { id stock } } }
"""


async def a_clinic(services: Services, client: httpx.AsyncClient) -> tuple[Api, str]:
    issued = await services.identity.institutions.create(
        a_viewer(Role.OPERATOR), display_name="幸福里社区卫生服务中心"
    )
    query = """
    mutation ($input: SignInAsInstitutionInput!) {
      signInAsInstitution(input: $input) { session { accessToken } }
    }
    """
    credentials = {"clientId": issued.client_id, "clientSecret": issued.client_secret}
    answer = await Api(client).ask(query, input=credentials)
    token = answer["signInAsInstitution"]["session"]["accessToken"]
    return Api(client, token), ids.encode("Account", issued.account_id)


async def test_from_a_reading_to_a_voucher_that_the_clinic_took(
    services: Services, client: httpx.AsyncClient
) -> None:
    operator, _ = await sign_in(services, client, Role.OPERATOR)
    clinic, account = await a_clinic(services, client)
    offer = {
        "idempotencyKey": a_key(), "accountId": account, "kind": "TCM_THERAPY",
        "titleZh": "中医推拿一次", "titleEn": "Massage", "aboutZh": "到店", "aboutEn": "Show it",
        "points": 5, "stock": 1, "limit": 1, "holdDays": 7,
        "validFrom": "2026-11-01T00:00:00+08:00", "validUntil": "2026-12-31T00:00:00+08:00",
    }  # fmt: skip
    await operator.ask(CREATE, input=offer)
    father, viewer = await sign_in(services, client)
    _, resident = await a_resident(services, viewer)
    key = ids.encode("Resident", resident)
    await give(services, resident, 10)
    reading = await services.recording.record(viewer, resident, bp(), idempotency_key=a_key())
    await build_dispatcher(services).drain()
    (shown,) = (await father.ask(OFFERS))["pointOffers"]["edges"]
    assert (shown["node"]["title"], shown["node"]["stock"]) == ("中医推拿一次", 1)
    wanted = {"residentId": key, "offerId": shown["node"]["id"], "idempotencyKey": a_key()}
    voucher = (await father.ask(RESERVE, input=wanted))["reserveVoucher"]["voucher"]
    assert voucher["qrSvg"].startswith("<svg")
    scanned = {"code": voucher["code"], "idempotencyKey": a_key()}
    taken = (await clinic.ask(CONFIRM, input=scanned))["confirmVoucher"]["voucher"]
    assert taken == {"state": "REDEEMED", "points": 5}
    again = {**scanned, "idempotencyKey": a_key()}
    assert await clinic.refusal(CONFIRM, input=again) == "VOUCHER_USED"
    log = services.core.store.db["access_log"].find({"purpose": "voucher"})
    assert [(raw["resident_id"], raw["relation"], raw["action"]) async for raw in log] == [
        (resident, "institution", "manage")
    ]
    points = (await father.ask(POINTS, id=key))["resident"]["points"]
    assert points["balance"] == 6
    moved = [each["node"] for each in points["statement"]["edges"]]
    assert (moved[0]["kind"], moved[0]["points"]) == ("RESERVE", -5)
    earned = next(each for each in moved if each["title"] == "今日测量")
    assert reading.reading_id is not None
    assert earned["evidenceId"] == ids.encode("Reading", resident, reading.reading_id)
    (mine,) = points["vouchers"]["edges"]
    assert (mine["node"]["state"], mine["node"]["code"]) == ("REDEEMED", None)
    tasks = {each["rule"]: each for each in points["tasks"]}
    assert tasks["measuring_day"]["progress"] == 1
    assert tasks["measuring_day"]["done"] is False  # that was yesterday's
    assert tasks["exercise_streak"]["streak"] == {"days": 0, "goal": 30, "freezesLeft": 1}
    assert tasks["article_quiz"]["progress"] == 0
    assert (tasks["follow_up"]["points"], tasks["follow_up"]["done"]) == (5, False)


async def test_who_is_no_institution_takes_no_voucher(
    services: Services, client: httpx.AsyncClient
) -> None:
    somebody, _ = await sign_in(services, client)
    scanned = {"code": "0000-0000-0000", "idempotencyKey": a_key()}
    assert await somebody.refusal(CONFIRM, input=scanned) == "ROLE_REQUIRED"
    clinic, _ = await a_clinic(services, client)
    assert await clinic.refusal(CONFIRM, input=scanned) == "VOUCHER_NOT_FOUND"
