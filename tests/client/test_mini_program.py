"""The built WeChat mini-program: its package, and its pages in miniprogram-simulate."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from pymongo import MongoClient

from tests.client.metering import a_thermometer
from tests.client.phone import CLIENT
from tests.graphql_api.live import server
from tests.identity.wechat_server import APP_ID, APP_SECRET, WeChatServer

pytestmark = pytest.mark.slow

OWN = "https://kangban.example"  # what scripts/setup builds in
MOST_BYTES = 2 * 1024 * 1024  # WeChat: "整个小程序单个分包/主包大小不能超过 2M"
_BUILD = CLIENT / "dist" / "test" / "mp-weixin"
_WALK = CLIENT / "test" / "walk.js"
_READ = {".js", ".json", ".wxml", ".wxss", ".wxs"}
# Written there and never asked: a language's name, and a link in an error text of Vue's.
_NAMES = {"http://www.w3.org/2000/svg", "https://vuejs.org/error-reference/"}


def _built() -> Path:
    if not (_BUILD / "app.json").is_file() or not (CLIENT / "test" / "node_modules").is_dir():
        pytest.skip("no mini-program, or no simulator: scripts/setup test makes both, with Node.js")
    return _BUILD


def _walked(environment: dict[str, str]) -> None:
    done = subprocess.run(
        ["node", str(_WALK)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,  # twenty seconds on a quiet machine
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_package_is_small_and_whole_and_names_no_server_but_its_own() -> None:
    files = [each for each in _built().rglob("*") if each.is_file()]
    assert sum(each.stat().st_size for each in files) < MOST_BYTES
    source = re.sub(
        r"^\s*//.*$", "", (CLIENT / "src" / "pages.json").read_text("utf-8"), flags=re.M
    )
    wanted = [each["path"] for each in json.loads(source)["pages"]]
    assert json.loads((_BUILD / "app.json").read_bytes())["pages"] == wanted
    for page in wanted:
        assert {(_BUILD / f"{page}{end}").is_file() for end in (".js", ".json", ".wxml")} == {True}
    named = {
        address
        for each in files
        if each.suffix in _READ
        for address in re.findall(r"(?:https?|wss?)://[\w.:-]+[\w/.-]*", each.read_text("utf-8"))
    }
    assert named - _NAMES == {OWN}
    # Nor one in character codes, as uni-app spells its own: what asks is not there.
    assert "preloadAssets" not in (_BUILD / "common" / "vendor.js").read_text("utf-8")


async def test_a_father_signs_in_by_wechat_records_by_hand_and_by_photo_asks_and_is_sent_to_120(
    mongodb_uri: str, tmp_path: Path
) -> None:
    folder, code = _built(), "a-code-of-wx-login"
    with WeChatServer() as wechat:
        wechat.user(code, f"openid-{uuid4().hex}")
        database = f"t{uuid4().hex[:12]}"
        environment = {
            "KANGBAN_ENVIRONMENT": "test",
            "KANGBAN_MONGODB_URI": mongodb_uri,
            "KANGBAN_DATABASE": database,
            "KANGBAN_WECHAT_APP_ID": APP_ID,
            "KANGBAN_WECHAT_APP_SECRET": APP_SECRET,
            "KANGBAN_WECHAT_BASE_URL": wechat.url,
        }

        path = tmp_path / "thermometer.jpg"
        shown = a_thermometer(path)
        with Image.open(path) as image:
            width, height = image.size
        photo = {"path": str(path), "width": width, "height": height, "shown": shown}

        def run() -> None:
            with server(tmp_path / "server", environment) as address:
                given = {"folder": str(folder), "own": OWN, "server": f"http://{address}"}
                _walked({"KANGBAN_MINI": json.dumps({**given, "code": code, "photo": photo})})

        try:
            await asyncio.to_thread(run)
        finally:
            with MongoClient[dict[str, object]](mongodb_uri) as mongodb:
                mongodb.drop_database(database)
        assert wechat.requests == 1
