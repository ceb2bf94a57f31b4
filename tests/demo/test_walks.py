"""The README's first steps and the walks of docs, run as printed against the demo."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.test_readme import ENGLISH, ROOT, blocks
from tests.graphql_api.live import server
from tests.machine import memory

ACCESS = ROOT / "docs" / "access.md"
REPORTS = ROOT / "docs" / "reports.md"
A_DAY = ROOT / "docs" / "a-day.md"
pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None, reason="the steps are printed for curl, which is not here"
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A demo that runs: its address and data directory."""
    folder = (memory() or tmp_path_factory.getbasetemp()) / "walks"
    with server(folder, {"KANGBAN_DEMO": "true"}, "--demo") as address:
        yield address, folder


def steps(path: Path, address: str, folder: Path) -> str:
    """All blocks as one script, at this server's address."""
    script = "".join(each for each in blocks(path) if not each.startswith("make "))
    kangban = Path(sys.executable).with_name("kangban")
    return (
        script.replace("127.0.0.1:8000", address)
        .replace("/tmp/", f"{folder}/")
        .replace("data/demo-clinic.json", f"{folder}/demo-clinic.json")
        .replace(".venv/bin/kangban import fhir", f"{kangban} import fhir --data-dir {folder}")
    )


def walked(path: Path, address: str, folder: Path) -> str:
    ran = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", "TOKEN=\n" + steps(path, address, folder)],
        capture_output=True,
        cwd=folder,
        timeout=180,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode() + ran.stdout.decode()
    return ran.stdout.decode()


def test_the_first_steps_of_the_readme(demo: tuple[str, Path]) -> None:
    told = walked(ENGLISH, *demo)
    assert '"errors"' not in told
    assert "血压 186/112" in told
    assert '"level": "URGENT"' in told
    assert "采纳 0，合并 2，原样保留 0，拒绝 0" in told  # there already, by the way of HTTP
    assert "青光眼" in told
    assert (demo[1] / "blood-pressure.png").read_bytes().startswith(b"\x89PNG")


def test_the_walk_through_access(demo: tuple[str, Path]) -> None:
    told = walked(ACCESS, *demo)
    # What is not granted, and what is not granted any more: these two and no other.
    assert re.findall(r'"code": "([A-Z_]+)"', told) == ["ACCESS_DENIED", "ACCESS_DENIED"]
    assert "李秀英于今天" in told
    assert "查看了您的血压、血糖等测量" in told
    assert "%PDF-" in told
    for state in ("WITHDRAWN", "REVOKED", "QUEUED", "COOLING_OFF", "CANCELLED"):
        assert f'"state": "{state}"' in told


def test_the_walk_through_reports(demo: tuple[str, Path]) -> None:
    told = walked(REPORTS, *demo)
    codes = re.findall(r'"code": "([A-Z_]+)"', told)
    assert codes == ["OCR_FORMAT_UNSUPPORTED", "REPORT_PATIENT_DIFFERS"]
    assert "尿酸最近一次" not in told, "the answer is looked at for its citation only"
    assert '"title": "尿酸 441 umol/L' in told
    assert '"patientMatch": "DIFFERENT"' in told
    assert re.search(r'"resembles": \[\s*"', told)
    assert '"state": "DISCARDED"' in told
    assert "有 3 项不在报告自己的参考范围内" in told
    assert (demo[1] / "crop.png").read_bytes().startswith(b"\x89PNG")


def test_the_walk_through_a_day(demo: tuple[str, Path]) -> None:
    # Real minutes: a reminder that falls due, and an article that takes its time to read.
    told = walked(A_DAY, *demo)
    assert '"errors"' not in told
    began, evening = told.split('"lookAtVoucher"')
    assert began.index('"state": "DUE"') < began.index('"state": "TAKEN"')
    assert began.index('"urgency": "EMERGENCY"') < began.index('"reason": "血压 188/114')
    assert re.search(r'"acknowledgedAt": "2', began)
    assert '"why": "签约医生确认了这份计划"' in began
    assert '"why": "医生调整了计划：今晨血压188/114，一周后复诊"' in began
    assert re.search(r'"reason": "[^"]*管理计划现在学到这里"', began)
    assert '"passed": true' in began
    earned = re.findall(r'"title": "(今日测量|读文章，答小测验)",\s+"points": (\d),', began)
    assert {("今日测量", "1"), ("读文章，答小测验", "2")} <= set(earned)
    assert '"state": "REDEEMED"' in evening
    for line in ("该测量了", "有一条测量预警，请查看", "您的健康计划有调整，请查看原因"):
        assert f'"title": "{line}"' in evening
    assert '"value": 188.0' in evening
    assert re.search(r'"照护计划：高血压管理计划', evening)
    assert re.search(r'"kind": "RESERVE",\s+"title": "兑换",\s+"points": -20', evening)
    for line in (
        r"您于今天 \S+ 记录了您的血压、血糖等测量",
        r"女儿张敏于今天 \S+ 处理了您的血压、血糖等测量的提醒",
        r"王医生（家庭医生）于今天 \S+ 修改了您的健康计划",
        r"您于今天 \S+ 记录了您的健康文章",
        r"您于今天 \S+ 修改了您的积分",
        r"幸福里社区卫生服务中心（医疗机构）于今天 \S+ 修改了您的兑换券",
    ):
        assert re.search(f'"sentence": "{line}', evening), line
