"""Signing in by phone number in a browser, with Google's own emulator at the other end."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.client.conftest import opened
from tests.client.phone import quoted
from tests.identity.firebase_emulator import PROGRAM, PROJECT, FirebaseEmulator, shared_emulator

pytestmark = pytest.mark.slow

NUMBER = "+8613800138055"
# As https://developers.google.com/recaptcha/docs/invisible has it; the person is taken as one.
_SCRIPT = b"""window.grecaptcha = {
  ready: then => then(),
  render: (place, options) => { grecaptcha.asked = options; return 0 },
  execute: () => setTimeout(() => grecaptcha.asked.callback('a person asks')),
}"""


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirebaseEmulator]:
    if not PROGRAM.exists() and not os.environ.get("CI"):
        pytest.skip("no tests/tools/firebase/node_modules: scripts/setup installs the emulator")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    with shared_emulator(shared / "firebase") as emulator:
        yield emulator


class _Script(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/javascript")
        self.end_headers()
        self.wfile.write(_SCRIPT)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def recaptcha() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Script)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _code(emulator: FirebaseEmulator) -> str:
    address = f"http://{emulator.host}/emulator/v1/projects/{PROJECT}/verificationCodes"
    codes = httpx.get(address, trust_env=False).json()["verificationCodes"]
    return str(next(each["code"] for each in reversed(codes) if each["phoneNumber"] == NUMBER))


async def test_a_phone_number_and_the_code_of_the_sms_open_a_new_account(
    mongodb_uri: str, emulator: FirebaseEmulator, recaptcha: str, tmp_path: Path
) -> None:
    settings = {
        "KANGBAN_FIREBASE_PROJECT_ID": PROJECT,
        "KANGBAN_FIREBASE_AUTH_EMULATOR_HOST": emulator.host,
        "KANGBAN_FIREBASE_WEB_API_KEY": "any",
        "KANGBAN_FIREBASE_RECAPTCHA_URL": recaptcha,
    }
    async with opened(mongodb_uri, tmp_path, settings) as household:
        phone, page = household.phone, household.phone.page
        await phone.open()
        await phone.tap("用手机号登录")
        await phone.type("手机号", "138 0013 8055")
        await phone.tap("发短信验证码")
        await phone.sees("验证码用短信发出去了")
        code = _code(emulator)
        await phone.type("短信里的六位数字", "111111" if code != "111111" else "222222")
        await phone.tap("登录")
        await phone.sees("验证码不对，请再看一看短信。")
        await phone.look("00-sign-in-by-phone")
        await page.run(
            f"document.querySelector('[aria-label={quoted('短信里的六位数字')}]').select()"
        )
        await phone.type("短信里的六位数字", code)
        await phone.tap("登录")
        await phone.sees("建立健康档案")

        sent = [body for url, body in page.requests if "sendVerificationCode" in url]
        assert ["a person asks" in each for each in sent if NUMBER in each] == [True]
        elsewhere = {url.split("?")[0] for url in phone.asked_outside()}
        google = f"http://{emulator.host}/identitytoolkit.googleapis.com/v1"
        assert elsewhere == {
            f"{recaptcha}/recaptcha/api.js", f"{google}/recaptchaParams",
            f"{google}/accounts:sendVerificationCode", f"{google}/accounts:signInWithPhoneNumber",
        }  # fmt: skip
        assert [each for each in page.complaints if "Content Security Policy" in each] == []
        account = await household.services.core.store.db["sign_ins"].find_one(
            {"provider": "firebase"}
        )
        assert account is not None
