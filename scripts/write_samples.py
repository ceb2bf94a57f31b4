"""Play mobile_contract/samples/story.toml on the demo and write what it was answered.

    scripts/write_samples.py

A demo of its own in a mongod of its own, on a clock that stands still. Ids, tokens, cursors and
signatures are made anew each time, so each is replaced by one that names the sample where it
appeared first and counts up there: what did not change is written as before.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import tempfile
import tomllib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx

from backend.access.relations import RelationKind
from backend.core.clock import FixedClock
from backend.core.container import build_core
from backend.core.database import connect
from backend.core.embedded import EmbeddedMongo
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.demo.household import household
from backend.demo.loading import load_demo
from backend.demo.people import Household
from backend.demo.replay import ReplayClock
from backend.documents import DOCUMENTS
from backend.identity.providers.demo import DemoName
from backend.identity.sessions import Device
from backend.identity.viewer import Channel, Language
from backend.main import build_app
from backend.services import Services, build_services
from graphql_api.common import ids
from mobile_contract import FOLDER, operation

SAMPLES = FOLDER / "samples"
_NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
_PAST = timedelta(days=35)
_SECRETS = re.compile(r"^(accessToken|refreshToken|endCursor|cursor|startCursor)$")
_SIGNED = re.compile(r"\?[^ ]+$")
_HEX_ID = re.compile(r"\b[0-9a-f]{24}\b")


@dataclass
class Stable:
    """The same words for the same ids in each run: they count up as a sample shows them first."""

    sample: str = ""
    known: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def of(self, sample: str, value: Any) -> Any:
        self.sample, self.counts = sample, Counter()
        return self.tree(value)

    def tree(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self.tree(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self.tree(each, name) for each in value]
        return self.text(value, name) if isinstance(value, str) else value

    def text(self, value: str, name: str) -> str:
        if _SECRETS.match(name):
            return self._counted(value, name)
        if value.startswith(("/", "http")):
            value = _SIGNED.sub("?signature", value)
        try:
            kind, parts = ids.decode_any(value)
        except ids.IdInvalid:
            return _HEX_ID.sub(lambda found: self._id(found[0]), value)
        shown = f"{kind}:{'.'.join(self._id(str(part)) for part in parts)}"
        return base64.urlsafe_b64encode(shown.encode()).rstrip(b"=").decode()

    def _id(self, hex_id: str) -> str:
        if hex_id not in self.known:
            self.counts["id"] += 1
            place = hashlib.sha256(self.sample.encode()).hexdigest()[:20]
            self.known[hex_id] = f"{place}{self.counts['id']:04x}"
        return self.known[hex_id]

    def _counted(self, value: str, name: str) -> str:
        if value not in self.known:
            self.counts[name] += 1
            self.known[value] = f"{self.sample}-{name}-{self.counts[name]}"
        return self.known[value]


@dataclass
class Stage:
    """The demo, who is signed in, and what was answered so far."""

    client: httpx.AsyncClient
    services: Services
    answers: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    async def token(self, login: str) -> str:
        if login not in self.tokens:
            signed_in = await self.services.identity.sign_in(DemoName(login), Device())
            self.tokens[login] = signed_in.access_token
        return self.tokens[login]

    async def record_of(self, login: str) -> str:
        identity = self.services.identity
        viewer = await identity.viewer_from_token(await self.token(login), Channel.APP, Language.ZH)
        relations = await self.services.access.relations(viewer)
        (own,) = [each for each in relations if each.kind is RelationKind.SELF]
        return ids.encode("Resident", own.resident_id)

    async def filled(self, value: Any) -> Any:
        """With what ``$…`` stands for in its place."""
        if isinstance(value, dict):
            return {key: await self.filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [await self.filled(each) for each in value]
        if not (isinstance(value, str) and value.startswith("$")):
            return value
        name, *path = value[1:].split(".")
        if not path:
            return await self.record_of(name)
        found = self.answers[name]
        for step in path:
            found = found[int(step) if step.isdecimal() else step]
        return found

    async def play(self, sample: dict[str, Any]) -> dict[str, Any]:
        login, name = sample.get("as"), sample["operation"]
        variables = await self.filled(sample.get("variables", {}))
        headers = {"authorization": f"Bearer {await self.token(login)}"} if login else {}
        body = {"query": operation(name), "variables": variables}
        answer = (await self.client.post("/graphql", json=body, headers=headers)).json()
        self.answers[sample.get("name", name)] = answer.get("data")
        return {"operation": name, "as": login, "variables": variables, "answer": answer}


def _plan(anchor: date) -> Household:
    """The household with some weeks of its past, without the photo and most of the panel."""
    whole = household(anchor, panel_size=3)
    since = anchor - _PAST
    residents = tuple(replace(each, first_day=since, papers=()) for each in whole.residents)
    return replace(whole, residents=residents)


@asynccontextmanager
async def _stage(folder: Path, uri: str) -> AsyncIterator[Stage]:
    settings = Settings(environment="test", data_dir=folder, demo=True, _env_file=None)
    clock = ReplayClock(FixedClock(_NOW))
    store = await connect(uri, "samples")
    await store.prepare(DOCUMENTS)
    key = LocalMasterKey.from_file(folder / "master.key", create=True)
    services = build_services(build_core(settings, store, key, clock))
    await load_demo(services, clock, folder / "clinic.json", plan=_plan, say=print)
    transport = httpx.ASGITransport(app=cast(Any, build_app(services)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield Stage(client, services)
    await services.core.changes.close()
    await store.close()


async def _write(folder: Path, uri: str) -> None:
    story = tomllib.loads((SAMPLES / "story.toml").read_text("utf-8"))["sample"]
    stable, written = Stable(), set()
    async with _stage(folder, uri) as stage:
        for sample in story:
            name = sample.get("name", sample["operation"])
            shown = stable.of(name, await stage.play(sample))
            errors = [each["extensions"]["code"] for each in shown["answer"].get("errors", [])]
            print(f"{name:40} {' '.join(errors) or 'ok'}")
            text = json.dumps(shown, ensure_ascii=False, indent=2)
            (SAMPLES / f"{name}.json").write_text(text + "\n", "utf-8")
            written.add(f"{name}.json")
    for path in SAMPLES.glob("*.json"):
        if path.name not in written:
            path.unlink()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, EmbeddedMongo(Path(folder) / "mongod") as uri:
        asyncio.run(_write(Path(folder), uri))


if __name__ == "__main__":
    main()
