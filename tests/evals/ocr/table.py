"""Measures everything that ``docs/ocr.md`` tells and writes it there.

``python -m tests.evals.ocr.table [--first 8000] [--count 14]``: pages of seeds from ``first``
on, ``count`` of them a row. Processor seconds, so a busy machine does not change them. Only
what stands between the markers is written; a line that misses its target says so.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ocr.reader import Options
from tests.evals.ocr.measure import bare_seconds, measure

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "ocr.md"
_BARE, _ENGINES = 3, 4
_COLUMNS = {
    "item_precision": "precision", "item_recall": "recall", "item_f1": "item F1",
    "row_f1": "row F1", "kind": "kind", "dates": "dates", "patient": "patient",
    "boxes": "boxes IoU ≥ 0.5", "loinc": "LOINC", "narrative": "text", "drugs": "drugs",
    "wrong_marked": "wrong marked", "right_marked": "right marked",
    "invented": "invented", "seconds_a_page": "s/page",
}  # fmt: skip
_SHORT = ("item_f1", "row_f1", "dates", "patient", "seconds_a_page")
TARGETS = {
    ("scan", "item_f1"): 0.98, ("photo", "item_f1"): 0.96,
    ("scan", "row_f1"): 0.95, ("photo", "row_f1"): 0.92,
    ("scan", "dates"): 0.97, ("photo", "dates"): 0.97,
    ("scan", "boxes"): 0.95, ("photo", "boxes"): 0.95,
    ("scan", "loinc"): 0.95, ("photo", "loinc"): 0.95,
    ("scan", "wrong_marked"): 0.8, ("photo", "wrong_marked"): 0.8,
}  # fmt: skip
"""Issue 4, for laboratory reports."""
Figures = dict[str, float | None]


def main(arguments: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--first", type=int, default=8000)
    parser.add_argument("--count", type=int, default=14)
    chosen = parser.parse_args(arguments)
    seeds = range(chosen.first, chosen.first + chosen.count)
    sets, missed = _sets(seeds)
    text = DOCUMENT.read_text("utf-8")
    for name, lines in (
        ("sets", [*sets, "", _missed(missed)]),
        ("engines", _engines(seeds[:_ENGINES])),
        ("time", _time(seeds[:_BARE])),
    ):
        text = written(text, name, "\n".join(lines))
    DOCUMENT.write_text(text, "utf-8")
    return 0


def written(text: str, name: str, told: str) -> str:
    """The document with ``told`` between the markers of ``name``. Raises ValueError."""
    begin, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"no place for {name}")
    return f"{before}{begin}{told}{end}{after}"


def _sets(seeds: range) -> tuple[list[str], list[str]]:
    lines = _head(("set", "mode", "pages", *_COLUMNS.values()))
    missed: list[str] = []
    for name in ("lab", "foreign", "papers", "none"):
        for mode in ("scan", "photo"):
            score = measure(name, mode, seeds, Options("rapidocr", 1))
            figures = score.table()
            lines.append(_row((name, mode, len(seeds)), figures, tuple(_COLUMNS)))
            sys.stderr.write(lines[-1] + "\n" + "".join(f"  {each}\n" for each in score.wrong))
            missed += _below(name, mode, figures)
    return lines, missed


def _below(name: str, mode: str, figures: Figures) -> list[str]:
    if name not in ("lab", "foreign"):
        return []
    found = ((what, figures.get(what), target) for (of, what), target in TARGETS.items()
             if of == mode)  # fmt: skip
    return [
        f"{name} {mode} {_COLUMNS[what]} {_number(value)} (target {target})"
        for what, value, target in found
        if value is not None and value < target
    ]


def _missed(missed: list[str]) -> str:
    return "Below target in this run: " + ("; ".join(missed) if missed else "nothing") + "."


def _engines(seeds: range) -> list[str]:
    lines = _head(("engine", "mode", *(_COLUMNS[each] for each in _SHORT)))
    for engine in ("rapidocr", "tesseract"):
        for mode in ("scan", "photo"):
            figures = measure("lab", mode, seeds, Options(engine, 1)).table()
            lines.append(_row((engine, mode), figures, _SHORT))
    return lines


def _time(seeds: range) -> list[str]:
    lines = _head(("mode", "RapidOCR as it comes", "this reader", "ratio"))
    for mode in ("scan", "photo"):
        bare = bare_seconds("lab", mode, seeds, 1)
        own = measure("lab", mode, seeds, Options("rapidocr", 1)).table()["seconds_a_page"] or 0.0
        lines.append(f"| {mode} | {bare:.1f} s | {own:.1f} s | {own / bare:.2f} |")
    return lines


def _head(names: tuple[str, ...]) -> list[str]:
    return ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names)]


def _row(first: tuple[object, ...], figures: Figures, wanted: tuple[str, ...]) -> str:
    cells = [*map(str, first), *(_number(figures.get(each)) for each in wanted)]
    return "| " + " | ".join(cells) + " |"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
