"""The master key, and the services that are off until they get a key."""

from __future__ import annotations

import stat
from pathlib import Path

from backend.doctor.finding import Finding, Words, same


def master_key(path: Path, data_dir: Path, *, production: bool) -> Finding:
    """There, for its owner only, and in production not beside the data it opens."""
    if production and path.absolute().is_relative_to(data_dir.absolute()):
        return Finding(
            "master_key",
            "fail",
            Words("主密钥与数据放在一起，偷走目录就能解密",
                  "The master key lies beside the data: whoever takes the directory can read it"),
            Words("把它移到别处，并设置 KANGBAN_MASTER_KEY_FILE",
                  "Move it elsewhere and set KANGBAN_MASTER_KEY_FILE"),
        )  # fmt: skip
    if not path.exists():
        what = Words(f"{path} 尚不存在，首次启动时生成", f"{path} is made at the first start")
        return Finding("master_key", "warn" if production else "ok", what)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        what = Words(
            f"{path} 的权限是 {mode:04o}，他人可读",
            f"{path} has mode {mode:04o}: others may read it",
        )
        return Finding("master_key", "fail", what, same(f"chmod 600 {path}"))
    return Finding("master_key", "ok", same(str(path)))


def optional_service(name: str, configured: bool, settings: str) -> Finding:
    """Off is no fault; how to switch it on is said all the same."""
    if configured:
        return Finding(name, "ok", Words("已启用", "on"))
    fix = Words(f"如需启用，设置 {settings}", f"To switch it on, set {settings}")
    return Finding(name, "ok", Words("未启用（可选）", "off (optional)"), fix)
