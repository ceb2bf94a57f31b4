"""The machine: Python, the data directory, the fonts."""

from __future__ import annotations

import os
import platform
import shutil
import stat
from pathlib import Path

from backend.doctor.finding import Finding, Words, same

LEAST_FREE_MB = 1024
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
CHINESE_FONTS = (
    "NotoSansCJK*",
    "NotoSerifCJK*",
    "SourceHanSans*",
    "wqy-*",
    "*simhei*",
    "PingFang*",
)


def python() -> Finding:
    """Named for the record: an older one than ``requires-python`` does not come this far."""
    text = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return Finding("python", "ok", same(text))


def data_dir(directory: Path) -> Finding:
    """Writable, private, with room; or, where it is not there yet, possible to make."""
    nearest = next(path for path in (directory, *directory.absolute().parents) if path.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        return Finding(
            "data_dir",
            "fail",
            Words(f"数据目录 {directory} 无法写入", f"Data directory {directory} is not writable"),
            Words("用 --data-dir 或 KANGBAN_DATA_DIR 另选目录，或修正权限",
                  "Choose another with --data-dir or KANGBAN_DATA_DIR, or mend its permissions"),
        )  # fmt: skip
    free_mb = shutil.disk_usage(nearest).free // 2**20
    if free_mb < LEAST_FREE_MB:
        return Finding(
            "data_dir",
            "warn",
            Words(
                f"{directory} 所在磁盘只剩 {free_mb} MB", f"{directory} has only {free_mb} MB left"
            ),
            Words(f"请至少留出 {LEAST_FREE_MB} MB", f"Make room for {LEAST_FREE_MB} MB at least"),
        )
    if directory.exists() and directory.stat().st_mode & 0o077:
        mode = f"{stat.S_IMODE(directory.stat().st_mode):04o}"
        return Finding(
            "data_dir",
            "warn",
            Words(f"{directory} 的权限是 {mode}，本机其他用户可以进入",
                  f"{directory} has mode {mode}: others on this machine may enter"),
            same(f"chmod 700 {directory}"),
        )  # fmt: skip
    if not directory.exists():
        what = Words(
            f"{directory} 尚未建立，首次启动时生成", f"{directory} is made at the first start"
        )
        return Finding("data_dir", "ok", what)
    return Finding("data_dir", "ok", same(f"{directory}, {free_mb // 1024} GB"))


def fonts() -> Finding:
    for folder in FONT_FOLDERS:
        for pattern in CHINESE_FONTS:
            if folder.is_dir() and (found := next(folder.rglob(pattern), None)):
                return Finding("fonts", "ok", same(found.name))
    return Finding(
        "fonts",
        "warn",
        Words(
            "没有中文字体，趋势图上的中文会成方框", "No Chinese font: labels on charts become boxes"
        ),
        same("apt-get install fonts-noto-cjk"),
    )
