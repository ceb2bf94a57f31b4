"""``kangban ocr FILE... --json``: one JSON object a file on standard output."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from ocr.contract import to_json
from ocr.errors import OcrError
from ocr.model import ParsedReport
from ocr.reader import Options, read_report


def run(files: list[str], as_json: bool, engine: str = "rapidocr") -> int:
    """Reads each file in order; 0 where all could be read, 1 where any could not."""
    failed = False
    options = Options(engine=engine, threads=_threads())
    for file in files:
        try:
            report = read_report(Path(file), options)
        except OcrError as error:
            failed = True
            _say(as_json, _failure(file, error), error.message("zh"))
        else:
            _say(as_json, to_json(report, file), _plain(report))
    return 1 if failed else 0


def _threads() -> int:
    return min(2, os.cpu_count() or 1)


def _failure(file: str, error: OcrError) -> dict[str, Any]:
    return {"file": file, "error": {"code": error.code, "message": error.message("zh")}}


def _say(as_json: bool, value: dict[str, Any], text: str) -> None:
    print(json.dumps(value, ensure_ascii=False) if as_json else text)
    sys.stdout.flush()


def _plain(report: ParsedReport) -> str:
    lines = [f"{report.kind}  {report.patient.name or ''}  {report.reported_at or ''}".rstrip()]
    for item in report.items:
        mark = {"high": "↑", "low": "↓", "abnormal": "!"}.get(item.flag or "", "")
        reference = item.reference.text if item.reference else ""
        review = "?" if item.needs_review else ""
        lines.append(f"  {item.name}\t{item.text}{mark}\t{item.unit or ''}\t{reference}\t{review}")
    lines.extend(f"  [{part.section}] {part.text}" for part in report.narrative)
    lines.extend(f"  {drug.text}" for drug in report.medications)
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """``python -m ocr FILE... [--json] [--engine NAME]``"""
    engine = "rapidocr"
    if "--engine" in arguments:
        at = arguments.index("--engine")
        if at + 1 >= len(arguments):
            return 2
        engine = arguments[at + 1]
        arguments = arguments[:at] + arguments[at + 2 :]
    files = [a for a in arguments if a != "--json"]
    if not files or any(f.startswith("--") for f in files):
        print(
            "usage: python -m ocr FILE... [--json] [--engine rapidocr|tesseract]", file=sys.stderr
        )
        return 2
    return run(files, "--json" in arguments, engine)
