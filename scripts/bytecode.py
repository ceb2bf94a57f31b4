"""Write the bytecode of what the server, its workers and the command line import.

Where ``PYTHONDONTWRITEBYTECODE`` is set, as in many containers, each start would compile two
thousand modules from source again, which doubles the time until a server is ready. Compiling all
that is installed instead would mostly be for modules that nobody imports.
"""

from __future__ import annotations

import compileall
import importlib
import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("backend", "bot", "content", "graphql", "mobile_contract", "ocr", "rewards")
SEMANTIC = "sentence_transformers"
# What is imported at first use only.
LATE = (
    "bot.telegram.running",
    "cv2",
    "fhir.resources.R4B.bundle",
    "firebase_admin.auth",
    "firebase_admin.messaging",
    "jieba",
    "langchain_openai",
    "matplotlib.backends.backend_agg",
    "matplotlib.font_manager",
    "onnxruntime",
    "pillow_heif",
    "pytesseract",
    "rapidocr",
    "segno",
)


def main() -> None:
    for room in ROOMS:
        compileall.compile_dir(ROOT / room, quiet=1)
    if "--packages" in sys.argv:
        sys.dont_write_bytecode = False
        sys.path[:0] = [str(ROOT), str(ROOT / "graphql")]
        from graphql_api.schema import build_schema

        build_schema(production=False)
        there = (SEMANTIC,) if importlib.util.find_spec(SEMANTIC) else ()
        for module in ("backend.asgi", "backend.cli", *LATE, *there):
            importlib.import_module(module)


if __name__ == "__main__":
    main()
