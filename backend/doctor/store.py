"""MongoDB: the replica set that the settings name, or the ``mongod`` to embed."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

from backend.core.embedded import EmbeddedMongo, mongod_version
from backend.core.embedded.binary import require_mongod
from backend.core.errors import KangbanError
from backend.doctor.finding import Finding, Words, same

CPUINFO = Path("/proc/cpuinfo")


def mongodb(uri: str | None, data_dir: Path, *, seconds: float = 3.0) -> Finding:
    return embedded(data_dir) if uri is None else external(uri, seconds)


def embedded(data_dir: Path) -> Finding:
    """The binary, and whether it runs on this directory now."""
    try:
        binary = require_mongod()
        version = ".".join(map(str, mongod_version(binary)))
    except KangbanError as error:
        what = Words("没有可用的 mongod", "There is no mongod that runs here")
        fix = Words(error.message("zh"), error.message("en"))
        return Finding("mongodb", "fail", what, fix)
    if not has_avx(CPUINFO):
        return Finding(
            "mongodb",
            "fail",
            Words("本机处理器没有 AVX，MongoDB 5.0 起都需要它",
                  "This processor has no AVX, which MongoDB needs since 5.0"),
            Words("用 KANGBAN_MONGODB_URI 指向其他机器上的副本集",
                  "Point KANGBAN_MONGODB_URI at a replica set on another machine"),
        )  # fmt: skip
    pid = EmbeddedMongo(data_dir).pid()
    running = Words(f"，正在运行（进程 {pid}）", f", running as process {pid}") if pid else same("")
    where = f"MongoDB {version}, {binary}"
    return Finding("mongodb", "ok", Words(where + running.zh, where + running.en))


def has_avx(cpuinfo: Path) -> bool:
    """Whether the processor has what mongod is built for; True where nobody can tell."""
    if platform.machine() != "x86_64" or not cpuinfo.exists():
        return True
    flags = [line for line in cpuinfo.read_text().splitlines() if line.startswith("flags")]
    return not flags or "avx" in flags[0].split()


def external(uri: str, seconds: float) -> Finding:
    """Reached, and no standalone. The URI's password is never repeated."""
    try:
        client: MongoClient[dict[str, Any]] = MongoClient(
            uri, serverSelectionTimeoutMS=int(seconds * 1000)
        )
        with client:
            hello = client.admin.command("hello")
            version = client.admin.command("buildInfo")["version"]
    except (PyMongoError, ValueError) as error:
        what = Words("KANGBAN_MONGODB_URI 连接失败", "KANGBAN_MONGODB_URI cannot be reached")
        return Finding("mongodb", "fail", what, same(f"{type(error).__name__}: {_hosts(uri)}"))
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        return Finding(
            "mongodb",
            "fail",
            Words("KANGBAN_MONGODB_URI 是单机 MongoDB，没有事务",
                  "KANGBAN_MONGODB_URI is a standalone MongoDB, which has no transactions"),
            Words("以 --replSet 启动 mongod，并执行 rs.initiate()",
                  "Start that mongod with --replSet and run rs.initiate()"),
        )  # fmt: skip
    kind = hello.get("setName", "sharded")
    return Finding("mongodb", "ok", same(f"MongoDB {version}, {kind}, {_hosts(uri)}"))


def _hosts(uri: str) -> str:
    try:
        nodes = parse_uri(uri, connect_timeout=1)["nodelist"]
    except (PyMongoError, ValueError):
        return "mongodb://…"
    return ", ".join(f"{host}:{port}" for host, port in nodes)
