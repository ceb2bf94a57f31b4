"""``kangban ask``: JSON by the contract, one object a line, errors with a code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.assistant.__main__ import main
from bot.assistant.cli import run
from tests.assistant.archives import patient, pressure

KEYS = {
    "id", "question", "answer", "outcome", "urgency", "facts", "window", "citations", "escalation",
}  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    rows = [patient(), pressure("a", 142, 88, "2026-11-20T07:30:00+08:00")]
    bundle = {"resourceType": "Bundle", "type": "collection"}
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle | {"entry": [{"resource": r} for r in rows]}))
    return path


def test_one_question_prints_one_object(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(archive, "2026-11-21T10:00:00+08:00", "最近三个月血压平均多少？", None) == 0
    row = json.loads(capsys.readouterr().out)
    assert set(row) == KEYS
    assert row["window"] == {
        "start": "2026-08-21T00:00:00+08:00",
        "end": "2026-11-21T10:00:00+08:00",
    }
    assert row["facts"][0] == {"label": "收缩压平均值", "value": 142, "unit": "mmHg"}


def test_a_file_is_answered_in_its_order(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"id": "b", "question": "血压"}\n\n{"id": 7, "question": "我胸口疼"}\n')
    assert run(archive, "2026-11-21T10:00:00", None, file) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(r["id"], r["outcome"]) for r in rows] == [("b", "answered"), (7, "emergency")]


@pytest.mark.parametrize("content", ["not json", '{"resourceType": "Patient"}', "[]"])
def test_what_is_no_bundle_is_refused_with_its_code(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    assert run(path, None, "血压", None) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "ASSISTANT_ARCHIVE_UNREADABLE"


def test_a_broken_questions_line_is_named(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"id": 1}\n')
    assert run(archive, None, None, file) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "ASSISTANT_QUESTIONS_UNREADABLE"
    assert "1" in error["message"]


def test_a_time_that_is_none_is_refused(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(archive, "tomorrow", "血压", None) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "ASSISTANT_NOW_UNREADABLE"


def test_wrong_usage_exits_with_2(archive: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--archive", str(archive)])
    assert caught.value.code == 2
