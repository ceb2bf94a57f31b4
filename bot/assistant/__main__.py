"""``python -m bot.assistant``: the contract's ``ask`` call by itself."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.assistant.cli import run


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="kangban ask", description="Answers from one archive.")
    parser.add_argument("--archive", type=Path, required=True, help="FHIR R4 Bundle (JSON)")
    parser.add_argument("--now", help="ISO 8601; default: the clock")
    parser.add_argument("--questions", type=Path, help="JSONL of {id, question}")
    parser.add_argument("--json", action="store_true", help="print JSON (always does)")
    parser.add_argument("question", nargs="?")
    options = parser.parse_args(arguments)
    if (options.question is None) == (options.questions is None):
        parser.error("give a question or --questions")
    return run(options.archive, options.now, options.question, options.questions)


if __name__ == "__main__":
    sys.exit(main())
