"""The web app in the test's own event loop, and somebody who is signed in to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
from bson import ObjectId

from backend.identity.providers.demo import DemoName
from backend.identity.sessions import Device
from backend.identity.viewer import Role, Viewer
from backend.services import Services


@dataclass
class Api:
    """Requests as one signed-in account (or nobody)."""

    client: httpx.AsyncClient
    token: str | None = None

    def headers(self, **more: str) -> dict[str, str]:
        own = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return {**own, **more}

    async def post(self, query: str, /, **variables: Any) -> dict[str, Any]:
        """The whole GraphQL answer."""
        response = await self.client.post(
            "/graphql", json={"query": query, "variables": variables}, headers=self.headers()
        )
        answer: dict[str, Any] = response.json()
        return answer

    async def ask(self, query: str, /, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = await self.post(query, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def refusal(self, query: str, /, **variables: Any) -> str:
        """The code of the only error."""
        answer = await self.post(query, **variables)
        codes = [each["extensions"]["code"] for each in answer["errors"]]
        assert len(codes) == 1, codes
        code: str = codes[0]
        return code


async def sign_in(
    services: Services, client: httpx.AsyncClient, *roles: Role, name: str | None = None
) -> tuple[Api, Viewer]:
    """A new account through the demo provider, and a viewer for calling services directly."""
    name = name or f"demo-{ObjectId()}"
    held = frozenset(roles or {Role.RESIDENT})
    await services.identity.create_demo_account(name, held)
    tokens = await services.identity.sign_in(DemoName(name), Device())
    viewer = Viewer(account_id=tokens.account_id, roles=held, session_id=tokens.session_id)
    return Api(client, tokens.access_token), viewer
