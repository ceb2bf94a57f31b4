"""``python -m ocr`` and the function behind ``kangban ocr``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocr.cli import main, run
from tests.ocr import pages

pytestmark = pytest.mark.skipif(pages.font(20) is None, reason="no Chinese font on this machine")


def test_one_object_a_file_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "report.png", tmp_path / "broken.pdf"
    good.write_bytes(pages.png(pages.report()))
    bad.write_bytes(b"%PDF-1.7 broken")
    assert run([str(good), str(bad)], True) == 1
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["file"] == str(good)
    assert first["items"][0]["value"] == 7.83
    assert second == {
        "file": str(bad),
        "error": {"code": "OCR_FILE_CORRUPT", "message": "文件已损坏或不完整，请重新上传"},
    }


def test_all_good_is_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "report.png"
    good.write_bytes(pages.png(pages.report()))
    assert run([str(good)], False) == 0
    assert "葡萄糖" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--what"], ["a.png", "--engine"]])
def test_wrong_usage_is_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().out == ""


def test_an_unknown_engine_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "report.png"
    good.write_bytes(pages.png(pages.report()))
    assert main([str(good), "--json", "--engine", "magic"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "OCR_ENGINE_UNKNOWN"
