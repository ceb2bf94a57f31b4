"""Settings: what production refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from backend.core.settings import Settings, UnsafeSettings, production_faults

SAFE: dict[str, Any] = {
    "environment": "production",
    "master_key_file": Path("/run/secrets/master.key"),
    "public_url": "https://kangban.example",
    "_env_file": None,
}


def test_safe_production_settings_are_taken() -> None:
    Settings(**SAFE).check()


@pytest.mark.parametrize(
    ("unsafe", "words"),
    [
        ({"demo": True}, "KANGBAN_DEMO"),
        ({"firebase_auth_emulator_host": "127.0.0.1:9099"}, "emulator"),
        ({"token_secret": "secret"}, "KANGBAN_TOKEN_SECRET"),
        ({"token_secret": "x" * 31}, "KANGBAN_TOKEN_SECRET"),
        ({"master_key_file": None}, "KANGBAN_MASTER_KEY_FILE"),
        ({"public_url": "http://kangban.example"}, "https"),
    ],
)
def test_production_refuses_what_only_a_trial_may_have(unsafe: dict[str, Any], words: str) -> None:
    with pytest.raises(UnsafeSettings) as refusal:
        Settings(**{**SAFE, **unsafe}).check()
    assert words in refusal.value.data["faults"]


def test_the_emulator_s_own_variable_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", "127.0.0.1:9099")
    assert len(production_faults(Settings(**SAFE))) == 1


def test_settings_are_frozen() -> None:
    settings = Settings(**SAFE)
    with pytest.raises(ValueError, match="frozen"):
        settings.demo = True  # type: ignore[misc]


def test_every_setting_says_what_it_is_for() -> None:
    text = Path(__file__).resolve().parents[2].joinpath("backend/core/settings.py").read_text()
    for name in Settings.model_fields:
        assert f"    {name}:" in text
        after = text.split(f"    {name}:", 1)[1]
        body = after.split("\n    @property", 1)[0]
        assert body.find('"""') < 420, f"{name} has no documentation"
