"""``kangban demo``: what ``kangban serve --demo`` runs before it serves."""

from __future__ import annotations

import asyncio
import sys
import time
import unicodedata
from pathlib import Path

from backend.core.clock import SystemClock
from backend.core.container import build_core
from backend.core.database import store_at
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.demo.loading import Loaded, load_demo
from backend.demo.replay import ReplayClock
from backend.identity.errors import DemoUnavailable
from backend.identity.providers.demo import demo_allowed
from backend.identity.viewer import Role
from backend.logs import configure_logs
from backend.main import prepare
from backend.services import build_services
from backend.serving import mongodb, settings_for

CLINIC_FILE = "demo-clinic.json"
_ROLES = {
    Role.RESIDENT: "居民",
    Role.CAREGIVER: "照护者",
    Role.FAMILY_DOCTOR: "家庭医生",
    Role.OPERATOR: "运营员",
}
_SHOWN_OF_PANEL = 1


def run(data_dir: Path | None) -> None:
    """Load the demo beside or without a server. Raises ``DemoUnavailable`` in production."""
    settings = settings_for(data_dir)
    configure_logs(settings.log_level)
    if not demo_allowed(settings):
        raise DemoUnavailable
    with mongodb(settings) as ready:
        asyncio.run(_load(ready))


async def _load(settings: Settings) -> None:
    began = time.monotonic()
    clock = ReplayClock(SystemClock())
    uri = settings.mongodb_uri
    assert uri is not None, "the embedded server's was put in before"
    store = store_at(uri.get_secret_value(), settings.database)
    master = LocalMasterKey.from_file(settings.key_file, create=True)
    services = build_services(build_core(settings, store, master, clock))
    try:
        await prepare(services.core)
        loaded = await load_demo(services, clock, settings.data_dir / CLINIC_FILE, say=_say)
    finally:
        services.reports.close()
        await services.identity.close()
        await services.core.close()
    _say(f"演示数据：新增 {loaded.new_readings} 条测量，用时 {time.monotonic() - began:.1f} 秒")
    _say(logins_table(loaded))


def logins_table(loaded: Loaded) -> str:
    """Who can sign in, as what, by which name, and what to look at."""
    family = [each for each in loaded.household.logins if not each.name.startswith("panel-")]
    panel = [each for each in loaded.household.logins if each.name.startswith("panel-")]
    rows = [("姓名", "身份", "演示登录名", "看什么")]
    for each in (*family, *panel[:_SHOWN_OF_PANEL]):
        roles = "、".join(_ROLES[role] for role in sorted(each.roles))
        name = f"{each.name} … {panel[-1].name}" if each in panel else each.name
        rows.append((each.display_name, roles, name, each.see))
    widths = [max(_width(row[column]) for row in rows) for column in range(3)]
    lines = ["", "演示账号（GraphQL 的 signInAsDemo，没有密码；人物都是虚构的）", ""]
    lines += ["  " + "  ".join([*map(_padded, row[:3], widths), row[3]]) for row in rows]
    clinic = loaded.clinic
    lines += ["", "社区卫生服务中心的接口账号（signInAsInstitution）"]
    lines += [f"  clientId      {clinic.client_id}", f"  clientSecret  {clinic.client_secret}", ""]
    return "\n".join(lines)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    # A Chinese character takes two columns of a terminal.
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
