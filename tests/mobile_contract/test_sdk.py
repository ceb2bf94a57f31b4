"""The TypeScript SDK's own tests, in Node, against a server that runs."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy
from bson import ObjectId
from PIL import Image

from backend.core.clock import FixedClock, SystemClock
from backend.core.container import build_core
from backend.core.database import connect
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.documents import DOCUMENTS
from backend.identity.providers.demo import DemoName
from backend.identity.sessions import Device
from backend.identity.viewer import Role, Viewer
from backend.services import Services, build_services
from graphql_api.common import ids
from mobile_contract import FOLDER
from tests.factories import a_resident
from tests.graphql_api.live import server
from tests.mobile_contract.node import needs_node

SDK = FOLDER / "sdk"
PAGE = FOLDER.parent / "docs" / "build-your-own-client.md"
_PEOPLE = 28
_EXPIRED = 7


def _node(*command: str, environment: dict[str, str] | None = None, folder: Path = SDK) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _page_played(folder: Path, endpoint: str) -> list[str]:
    """What each command of the page prints, beside its files and the SDK that was compiled."""
    text = PAGE.read_text("utf-8")
    kangban = folder / "node_modules" / "@kangban" / "sdk"
    kangban.mkdir(parents=True)
    (kangban / "package.json").write_bytes((SDK / "package.json").read_bytes())
    (kangban / "dist").symlink_to(SDK / ".test" / "src")
    (folder / "node_modules" / "ws").symlink_to(SDK / "node_modules" / "ws")
    for name, source in re.findall(
        r"^```js title=(\S+)\n(.*?)^```", text, re.DOTALL | re.MULTILINE
    ):
        (folder / name).write_text(source, "utf-8")
    commands = re.findall(r"^```sh\n(node [^\n]+)\n```", text, re.MULTILINE)
    given = {"KANGBAN": endpoint}
    return [_node(*shlex.split(each), environment=given, folder=folder) for each in commands]


async def _person(services: Services, name: str | None = None) -> dict[str, str]:
    name = name or f"demo-{ObjectId()}"
    account = await services.identity.create_demo_account(name, frozenset({Role.RESIDENT}))
    viewer = Viewer(account_id=account, roles=frozenset({Role.RESIDENT}))
    _, resident_id = await a_resident(services, viewer)
    return {
        "name": name,
        "account": ids.encode("Account", account),
        "residentId": ids.encode("Resident", resident_id),
    }


async def _expired(services: Services, past: Services) -> dict[str, str]:
    person = await _person(services)
    tokens = await past.identity.sign_in(DemoName(person["name"]), Device())
    assert tokens.refresh_token is not None
    return {
        **person,
        "accessToken": tokens.access_token,
        "refreshToken": tokens.refresh_token,
    }


def _picture(path: Path) -> str:
    """Noise, so that its file has some pieces."""
    noise = numpy.random.default_rng(7).integers(0, 255, (200, 200, 3), dtype=numpy.uint8)
    Image.fromarray(noise).save(path)
    return str(path)


async def _town(services: Services, past: Services, folder: Path) -> dict[str, Any]:
    await _person(services, "father")  # whom the page about the first client signs in
    return {
        "people": [await _person(services) for _ in range(_PEOPLE)],
        "expired": [await _expired(services, past) for _ in range(_EXPIRED)],
        "picture": _picture(folder / "noise.png"),
    }


@needs_node
async def test_the_sdk_and_the_page_about_it_keep_their_word_against_a_real_server(
    mongodb_uri: str, tmp_path: Path
) -> None:
    _node("node", "codegen.mjs")
    compiling = asyncio.to_thread(_node, "node_modules/.bin/tsc", "-p", "test/tsconfig.json")
    key_file = tmp_path / "master.key"
    key, database = LocalMasterKey.from_file(key_file, create=True), f"t{uuid4().hex[:12]}"
    settings = Settings(environment="test", data_dir=tmp_path, demo=True, _env_file=None)
    store = await connect(mongodb_uri, database)
    await store.prepare(DOCUMENTS)
    services = build_services(build_core(settings, store, key, SystemClock()))
    an_hour_ago = FixedClock(datetime.now(UTC) - timedelta(hours=1))
    past = build_services(build_core(settings, store, key, an_hour_ago))
    environment = {
        "KANGBAN_MONGODB_URI": mongodb_uri,
        "KANGBAN_DATABASE": database,
        "KANGBAN_MASTER_KEY_FILE": str(key_file),
        "KANGBAN_ENVIRONMENT": "test",
        "KANGBAN_DEMO": "true",
        "KANGBAN_BACKGROUND": "false",  # nobody has to read the pictures
    }
    _, town = await asyncio.gather(compiling, _town(services, past, tmp_path))

    def run() -> tuple[str, list[str]]:
        with server(tmp_path / "server", environment) as address:
            endpoint = f"http://{address}"
            given = {"KANGBAN_TEST_TOWN": json.dumps({**town, "endpoint": endpoint})}
            tested = _node("node", "--test", ".test/test/all.js", environment=given)
            return tested, _page_played(tmp_path / "my-client", endpoint)

    shown, page = await asyncio.to_thread(run)
    await store.client.drop_database(database)
    await store.close()
    assert "# fail 0" in shown
    assert "# skipped 0" in shown
    home, record, listen = page
    assert home == "张建国:\n"
    refused = r"refused [A-Z_]+ [^\n]*[\u4e00-\u9fff][^\n]*"
    assert re.fullmatch(rf"done RECORDED\n{refused}\nqueued 1\nleft to send: 0\n", record)
    assert listen.startswith("heard: WEIGHT 62 ")
