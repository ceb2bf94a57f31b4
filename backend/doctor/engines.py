"""Recognition engines: each reads a line that is drawn here, in a process of its own.

Looking for a package is not enough: without ``libgl1`` RapidOCR is there and cannot be loaded.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from backend.doctor import parts
from backend.doctor.finding import Finding, Words, same

SAMPLE = "7.83 mmol/L"
_SECONDS = 60
_HOW = {
    "rapidocr": ".venv/bin/pip install rapidocr onnxruntime; apt-get install libgl1",
    "tesseract": "apt-get install tesseract-ocr tesseract-ocr-chi-sim; pip install pytesseract",
}
_WITHOUT = {
    "rapidocr": Words(
        "不能识别报告照片", "photographed reports cannot be read"
    ),
    "tesseract": Words(
        "第二识别引擎不可用", "the second engine cannot be used"
    ),
}  # fmt: skip
_TRY = """
import json, sys
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from ocr.engines import get
from ocr.errors import OcrError
try:
    page = Image.new("RGB", (640, 120), "white")
    face = ImageFont.load_default(size=48)
    ImageDraw.Draw(page).text((40, 30), sys.argv[2], font=face, fill="black")
    engine = get(sys.argv[1], 1)
    read = " ".join(token.text for token in engine.read(np.asarray(page)[:, :, ::-1].copy()))
    print(json.dumps({"read": read, **engine.version()}))
except OcrError as error:
    print(json.dumps({"missing": str(error)}))
"""


def engines(chosen: str) -> list[Finding]:
    """Both, at the same time; ``chosen`` is the one that the settings name."""
    there = (parts.rapidocr(), parts.tesseract())
    with ThreadPoolExecutor(len(there)) as pool:
        return list(pool.map(lambda found: _tried(found, chosen), there))


def _tried(found: Finding, chosen: str) -> Finding:
    return found if found.status != "ok" else reads(found.name, chosen)


def reads(name: str, chosen: str) -> Finding:
    """Whether the engine reads a line."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", _TRY, name, SAMPLE],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _fault(name, f"{_SECONDS} s")
    if done.returncode != 0 or not done.stdout.strip():
        last = (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]
        return _fault(name, last)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    if "missing" in told:
        return _fault(name, str(told["missing"]))
    if told["read"].replace(" ", "") != SAMPLE.replace(" ", ""):
        return _fault(name, f"{SAMPLE!r} → {told['read']!r}")
    versions = ", ".join(f"{key} {value}" for key, value in told.items() if key in _SHOWN)
    used = Words("，当前使用", ", in use") if name == chosen else Words("", "")
    return Finding(name, "ok", Words(versions + used.zh, versions + used.en))


_SHOWN = ("rapidocr", "onnxruntime", "tesseract", "models")


def _fault(name: str, said: str) -> Finding:
    without = _WITHOUT[name]
    words = Words(f"{without.zh}：{said}", f"{without.en}: {said}")
    return Finding(name, "warn", words, same(_HOW[name]))
