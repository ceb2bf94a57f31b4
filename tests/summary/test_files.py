"""The page as files: one A4 sheet whatever the record holds, by a link that is its asker's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import httpx
import pypdfium2
import pytest
from bson import ObjectId

from backend.access.relations import Relation, RelationKind
from backend.archive.sections import AllergyBody, PartialDate, ReportBody, named
from backend.archive.sections.allergy import Criticality
from backend.core.clock import FixedClock
from backend.core.links import LIFE
from backend.main import build_dispatcher
from backend.measurements.draft import Draft, Kind, Meal, Quantity
from backend.measurements.kinds import spec
from backend.services import Services
from backend.summary import pdf as drawing
from backend.summary.fonts import faces
from backend.summary.pdf import pdf
from backend.summary.rules import rules
from tests.api import Api, sign_in
from tests.factories import a_condition, a_key, at, glucose
from tests.summary.records import a_record, drug, lab, symptom

LINKS = "query ($id: ID!) { resident(id: $id) { doctorSummary { htmlUrl pdfUrl } } }"
_FOOTER = 40.0  # points from the bottom edge


@pytest.fixture(autouse=True)
def _with_font() -> None:
    if faces() is None:
        pytest.skip("no Chinese font on this machine")


def local(address: str) -> str:
    return address.removeprefix("http://127.0.0.1:8000")


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def links(api: Api, resident_id: ObjectId) -> tuple[str, str]:
    from graphql_api.common import ids

    data = await api.ask(LINKS, id=ids.encode("Resident", resident_id))
    found = data["resident"]["doctorSummary"]
    return local(found["htmlUrl"]), local(found["pdfUrl"])


def crowded(words: str) -> list[Draft]:
    """Every kind that has a row, all of them alarming, and more symptoms than fit."""
    found = [symptom(f"{number}{words}", "2026-11-12") for number in range(12)]
    for hour in range(4):
        when = at("2026-11-20", f"{hour + 10}:00")
        measured: dict[Kind, dict[str, tuple[float, str]]] = {
            Kind.BLOOD_PRESSURE: {"systolic": (190, "mmHg"), "diastolic": (115, "mmHg")},
            Kind.HEART_RATE: {"rate": (118, "/min")},
            Kind.WEIGHT: {"weight": (74.1 + hour / 10, "kg")},
            Kind.SPO2: {"spo2": (92, "%")},
            Kind.TEMPERATURE: {"temperature": (38.6, "Cel")},
        }
        for kind, values in measured.items():
            quantities = {name: Quantity(*value) for name, value in values.items()}
            found.append(Draft(kind=kind, at=when, values=quantities))
        found.append(glucose(17.1, when, meal=Meal.FASTING))
        found.append(glucose(18.2, when + timedelta(minutes=30), meal=Meal.AFTER_MEAL))
    return found


def places(document: pypdfium2.PdfDocument) -> Iterator[tuple[float, float]]:
    """Left and bottom edges, in points, of every text on the first page."""
    text = document[0].get_textpage()
    for index in range(text.count_rects()):
        left, bottom, _, _ = text.get_rect(index)
        yield left, bottom


def test_every_indicator_is_made_of_components_that_exist() -> None:
    for rule in rules().indicators:
        assert set(rule.components) <= set(spec(rule.kind).components), rule
        assert rule.meal is None or spec(rule.kind).meal


async def test_the_pdf_is_one_a4_page_with_text_that_can_be_read(services: Services) -> None:
    viewer, resident_id = await a_record(services)
    content = pdf(await services.summaries.summary(viewer, resident_id))
    document = pypdfium2.PdfDocument(BytesIO(content))
    assert len(document) == 1
    width, height = document[0].get_size()
    assert (round(width), round(height)) == (595, 842)
    text = document[0].get_textpage().get_text_range()
    for words in ("张建国", "青霉素", "缬沙坦胶囊", "130/80", "糖化血红蛋白", "头晕半小时"):
        assert words in text, words


async def test_the_fullest_record_still_fits_on_the_page(services: Services) -> None:
    viewer, resident_id = await a_record(services)
    long = "很长的名称" * 12
    add = services.entries.add
    for number in range(12):
        for body in (
            a_condition(f"{number}{long}", f"I{number + 11}", "2016"),
            AllergyBody(substance=named(f"{number}{long}"), criticality=Criticality.HIGH),
            drug(f"{number}{long}", "2020-01", dose=long),
            drug(f"停{number}{long}", "2020-01", end="2026-11-02"),
            lab("2026-10-21", "1234.56", f"99{number}-1", f"{number}{long}"),
            ReportBody(
                name=named(f"{number}{long}"),
                effective=PartialDate("2026-10-21"),
                conclusion=long,
            ),
        ):
            await add(viewer, resident_id, body, idempotency_key=a_key())
    await services.recording.record_batch(viewer, resident_id, crowded(long), idempotency_key=None)
    await build_dispatcher(services).drain()
    summary = await services.summaries.summary(viewer, resident_id)
    for some in (
        summary.problems,
        summary.allergies,
        summary.medications,
        summary.labs,
        summary.reports,
        summary.symptoms,
    ):
        assert some is not None
        assert some.left_out > 0
    assert summary.alerts is not None
    assert len(summary.alerts.shown) == rules().most["alerts"]
    assert summary.indicators is not None
    assert len(summary.indicators.shown) == rules().most["indicators"]
    document = pypdfium2.PdfDocument(BytesIO(pdf(summary)))
    assert len(document) == 1
    bottoms = sorted(bottom for _, bottom in places(document))
    assert bottoms[0] > 20
    assert bottoms[1] > _FOOTER  # nothing runs into the footer, which is one line
    text = document[0].get_textpage().get_text_range()
    assert "…" in text
    assert text.count("1234.56 %") == rules().most["labs"]  # a name gives way, a value never
    assert "190/115（11-20）" in text


async def test_a_machine_without_a_font_says_so_and_still_has_the_page(
    services: Services, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "faces", lambda: None)
    api, viewer = await sign_in(services, client)
    _, resident_id = await a_record(services, viewer)
    html, as_pdf = await links(api, resident_id)
    assert code(await client.get(as_pdf)) == (503, "SUMMARY_FONT_MISSING")
    assert (await client.get(html)).status_code == 200


async def test_both_files_open_by_their_link_for_ten_minutes(
    services: Services, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    api, viewer = await sign_in(services, client)
    _, resident_id = await a_record(services, viewer)
    html, as_pdf = await links(api, resident_id)
    page = await client.get(html)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "private, no-store"
    assert page.text.count("<script") == 0
    printed = await client.get(as_pdf)
    assert printed.content[:5] == b"%PDF-"
    clock.advance(LIFE)
    for address in (html, as_pdf):
        assert code(await client.get(address)) == (401, "LINK_EXPIRED")


async def test_a_link_shows_no_more_than_its_asker_may_see_when_it_is_opened(
    services: Services, client: httpx.AsyncClient
) -> None:
    _, resident_id = await a_record(services)
    daughter, viewer = await sign_in(services, client)
    await services.access.grant(
        resident_id=resident_id, account_id=viewer.account_id, kind=RelationKind.CAREGIVER
    )
    html, _ = await links(daughter, resident_id)
    assert (await client.get(html)).status_code == 200
    await Relation.find({"account_id": viewer.account_id}).update(
        {"$set": {"ended_at": services.core.clock.now()}}
    )
    assert code(await client.get(html)) == (403, "ACCESS_DENIED")


async def test_no_part_of_a_link_can_be_changed_and_nonsense_is_refused(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, viewer = await sign_in(services, client)
    _, resident_id = await a_record(services, viewer)
    html, as_pdf = await links(api, resident_id)
    for forged in (
        html.replace("page.html", "page.pdf"),
        html.replace(str(resident_id), str(ObjectId())),
        f"{as_pdf}&since=2026-11-01T00:00:00%2B08:00",
    ):
        assert code(await client.get(forged)) == (401, "LINK_INVALID")
    token = api.headers()
    base = f"/summary/{resident_id}"
    for wrong, expected in {
        f"{base}/page.doc": (404, "SUMMARY_UNKNOWN"),
        f"{base}/other.pdf": (404, "SUMMARY_UNKNOWN"),
        f"{base}/page.html?language=tlh": (404, "SUMMARY_UNKNOWN"),
        f"{base}/page.html?since=yesterday": (400, "SUMMARY_SINCE_INVALID"),
        f"{base}/page.html?since=2026-11-01T00:00:00": (400, "SUMMARY_SINCE_INVALID"),
        f"{base}/page.html?since=9999-12-31T23:59:59-12:00": (400, "SUMMARY_SINCE_INVALID"),
    }.items():
        assert code(await client.get(wrong, headers=token)) == expected, wrong
    stranger, _ = await sign_in(services, client)
    refused = await client.get(f"{base}/page.html", headers=stranger.headers())
    assert code(refused) == (403, "ACCESS_DENIED")
    assert code(await client.get(f"{base}/page.html")) == (401, "TOKEN_MISSING")
