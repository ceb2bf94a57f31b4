"""The archive through GraphQL: what a resident's app does first."""

from __future__ import annotations

import httpx

from backend.access.consent.notices import current
from backend.access.consent.purpose import Purpose
from backend.services import Services
from tests.api import Api, sign_in
from tests.factories import a_key

REGISTER = """
mutation Register($input: RegisterResidentInput!) {
  registerResident(input: $input) { resident { id name } }
}
"""
ADD = """
mutation Add($input: AddEntryInput!) {
  addEntry(input: $input) {
    entry { id version precision title section category status recordedBy { relation mine }
      content { __typename ... on Condition { name { label codings { code } } onset notes } } }
  }
}
"""
TIMELINE = """
query Timeline($id: ID!, $first: Int!, $after: String, $filter: TimelineFilterInput) {
  resident(id: $id) {
    timeline(first: $first, after: $after, filter: $filter) {
      pageInfo { hasNextPage endCursor }
      edges { node { __typename ... on Entry { title } ... on Reading { kind } } }
    }
  }
}
"""


async def registered(services: Services, client: httpx.AsyncClient) -> tuple[Api, str]:
    api, _ = await sign_in(services, client)
    profile = {"names": [{"text": "张建国"}], "sex": "MALE", "birthDate": "1952-03-08"}
    accepted = [{"purpose": "HEALTH_DATA", "noticeVersion": current(Purpose.HEALTH_DATA).version}]
    register = {"idempotencyKey": a_key(), "profile": profile, "acceptedNotices": accepted}
    data = await api.ask(REGISTER, input=register)
    return api, data["registerResident"]["resident"]["id"]


def condition(resident: str, name: str = "高血压", onset: str = "2015-06") -> dict[str, object]:
    coding = {"system": "http://hl7.org/fhir/sid/icd-10", "code": "I10"}
    content = {
        "condition": {
            "name": {"text": name, "codings": [coding]},
            "onset": onset,
            "notes": ["社区医院确诊"],
        }
    }
    return {"residentId": resident, "idempotencyKey": a_key(), "content": content}


async def test_a_condition_is_added_and_comes_back(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, resident = await registered(services, client)
    entry = (await api.ask(ADD, input=condition(resident)))["addEntry"]["entry"]
    assert entry["content"] == {
        "__typename": "Condition",
        "name": {"label": "高血压", "codings": [{"code": "I10"}]},
        "onset": "2015-06",
        "notes": ["社区医院确诊"],
    }
    assert entry["precision"] == "MONTH"
    assert entry["recordedBy"] == {"relation": "self", "mine": True}
    assert (entry["version"], entry["status"], entry["category"]) == (1, "ACTIVE", "CONDITIONS")


async def test_the_timeline_pages_through_everything(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, resident = await registered(services, client)
    for year in range(2001, 2008):
        await api.ask(ADD, input=condition(resident, f"感冒{year}", str(year)))
    titles: list[str] = []
    after: str | None = None
    for _ in range(4):
        page = (await api.ask(TIMELINE, id=resident, first=3, after=after))["resident"]["timeline"]
        titles += [edge["node"]["title"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert [title[:6] for title in titles] == [f"感冒{year}" for year in range(2007, 2000, -1)]


async def test_search_finds_words_in_sealed_text(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, resident = await registered(services, client)
    await api.ask(ADD, input=condition(resident))
    search = """query S($id: ID!, $text: String!) {
      resident(id: $id) { search(text: $text) { edges { node { ... on Entry { title } } } } } }"""
    for text in ("高血压", "血压", "社区医院", "gxy", "I10"):
        found = (await api.ask(search, id=resident, text=text))["resident"]["search"]["edges"]
        assert len(found) == 1, text
    for text in ("糖尿病", "高压血", "I11"):
        found = (await api.ask(search, id=resident, text=text))["resident"]["search"]["edges"]
        assert found == [], text


async def test_bad_content_is_refused_with_its_own_code(
    services: Services, client: httpx.AsyncClient
) -> None:
    api, resident = await registered(services, client)
    assert await api.refusal(ADD, input=condition(resident, onset="2015-02-30")) == (
        "DATE_DOES_NOT_EXIST"
    )
    assert await api.refusal(ADD, input=condition(resident, onset="2031")) == "DATE_IN_FUTURE"
    assert await api.refusal(ADD, input=condition(resident, name="a\x00b")) == "TEXT_NULL_BYTE"
    page = (await api.ask(TIMELINE, id=resident, first=3))["resident"]["timeline"]
    assert page["edges"] == []


async def test_a_stranger_learns_nothing(services: Services, client: httpx.AsyncClient) -> None:
    api, resident = await registered(services, client)
    entry = (await api.ask(ADD, input=condition(resident)))["addEntry"]["entry"]
    stranger, _ = await sign_in(services, client)
    assert await stranger.refusal(TIMELINE, id=resident, first=3) == "ACCESS_DENIED"
    assert await stranger.refusal(ADD, input=condition(resident)) == "ACCESS_DENIED"
    node = "query N($id: ID!) { node(id: $id) { id } }"
    assert await stranger.refusal(node, id=entry["id"]) == "ACCESS_DENIED"
    assert await Api(client).refusal(node, id=entry["id"]) == "TOKEN_MISSING"
