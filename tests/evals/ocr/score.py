"""Scores one reading against its truth, and sums them up."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ocr.kinds.fields import specimen_kind
from ocr.lab import dictionary
from tests.evals.ocr.lab import Truth


def plain(text: str | None) -> str:
    """Text for comparing: width, case, spaces and brackets aside."""
    return re.sub(r"[\s()（）*·:：\-—]", "", unicodedata.normalize("NFKC", text or "")).casefold()


def same_number(a: float | None, b: float | None) -> bool:
    """Equal, or both missing."""
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 1e-6 * max(1.0, abs(a))


def overlap(a: Any, b: Any) -> float:
    """Intersection over union of two boxes."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return float(both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both))


@dataclass
class Score:
    """Counts over a set of pages, and what went wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    specimen: str | None = None
    """Of the page that is being scored, as the dictionary calls it."""

    def add(self, truth: Truth, read: dict[str, Any], seconds: float, label: str) -> None:
        """Compares one report with its truth."""
        self.seconds.append(seconds)
        self._head(truth, read, label)
        self.specimen = specimen_kind(truth.specimen)
        self._items(truth, read, label)
        self._texts(truth, read, label)

    def _head(self, truth: Truth, read: dict[str, Any], label: str) -> None:
        self._check("kind", truth.kind == read["kind"], f"{label} kind {read['kind']}")
        for key in ("collected_at", "reported_at"):
            wanted = getattr(truth, key)
            if wanted is not None:
                self._check(
                    "dates", wanted == read[key], f"{label} {key} {wanted} read {read[key]}"
                )
        if truth.kind == "other":
            return
        for key in ("name", "sex", "age"):
            self._check(
                "patient",
                truth.patient.get(key) == read["patient"][key],
                f"{label} {key} {truth.patient.get(key)} read {read['patient'][key]}",
            )
        if truth.facility is not None:
            self._check(
                "facility",
                truth.facility == read["facility"],
                f"{label} facility {truth.facility} read {read['facility']}",
            )

    def _items(self, truth: Truth, read: dict[str, Any], label: str) -> None:
        left = list(read["items"])
        self.counts["items_true"] += len(truth.items)
        self.counts["items_read"] += len(left)
        if truth.kind == "other":
            self.counts["invented"] += len(left)
        for wanted in truth.items:
            named = [r for r in left if plain(r["name"]) == plain(wanted["name"])]
            right = [r for r in named if self._value(wanted, r)]
            best = max(right or named, key=lambda r: overlap(r["box"], wanted["box"]), default=None)
            if best is None or not right:
                self.wrong.append(
                    f"{label} item {wanted['name']}={wanted['text']} read {best and (best['text'], best['needs_review'])}"  # noqa: E501
                )
                continue
            left.remove(best)
            self._right(wanted, best, label)
        for extra in left:
            self.counts["wrong_items"] += 1
            self.counts["wrong_marked"] += bool(extra["needs_review"])
            self.wrong.append(
                f"{label} extra {extra['name']}={extra['text']} review={extra['needs_review']}"
            )

    @staticmethod
    def _value(wanted: dict[str, Any], read: dict[str, Any]) -> bool:
        if wanted["value"] is not None or read["value"] is not None:
            return same_number(wanted["value"], read["value"])
        return plain(wanted["text"]) == plain(read["text"])

    def _right(self, wanted: dict[str, Any], read: dict[str, Any], label: str) -> None:
        self.counts["items_right"] += 1
        reference = read["reference"] or {"low": None, "high": None}
        row = (
            plain(wanted["unit"]) == plain(read["unit"])
            and wanted["flag"] == read["flag"]
            and same_number(wanted["low"], reference["low"])
            and same_number(wanted["high"], reference["high"])
        )
        self.counts["rows_right"] += row
        if not row:
            self.wrong.append(
                f"{label} row {wanted['name']} {wanted['unit']} {wanted['low']}-{wanted['high']} {wanted['flag']} read {read['unit']} {reference} {read['flag']}"  # noqa: E501
            )
        self._check(
            "boxes",
            overlap(wanted["box"], read["box"]) >= 0.5,
            f"{label} box {wanted['name']} {wanted['box']} {read['box']}",
        )
        known = dictionary().match(wanted["name"], None, wanted["unit"], self.specimen)
        if known is not None and known.entry.loinc:
            self._check("loinc", read["code"] is not None, f"{label} no code {wanted['name']}")
        self.counts["reviewed_right"] += bool(read["needs_review"])

    def _texts(self, truth: Truth, read: dict[str, Any], label: str) -> None:
        for part in truth.narrative:
            good = any(
                plain(part["text"]) in plain(r["text"]) or _close(part["text"], r["text"])
                for r in read["narrative"]
                if r["section"] == part["section"]
            )
            self._check(
                "narrative",
                good,
                f"{label} narrative {part['section']}: {[(r['section'], r['text'][:40]) for r in read['narrative']]}",  # noqa: E501
            )
        for drug in truth.medications:
            named = [r for r in read["medications"] if plain(r["name"]) == plain(drug["name"])]
            for key in ("strength", "dose", "route", "frequency", "days"):
                value = named[0][key] if named else None
                self._check(
                    "drugs",
                    plain(str(value)) == plain(str(drug[key])),
                    f"{label} drug {drug['name']} {key} {drug[key]} read {value}",
                )

    def _check(self, what: str, good: bool, note: str) -> None:
        self.counts[f"{what}_asked"] += 1
        self.counts[f"{what}_good"] += good
        if not good:
            self.wrong.append(note)

    def share(self, what: str) -> float | None:
        """Right answers of one sort; None where none was asked for."""
        asked = self.counts[f"{what}_asked"]
        return self.counts[f"{what}_good"] / asked if asked else None

    def table(self) -> dict[str, float | None]:
        """All measures by name."""
        c = self.counts
        precision = c["items_right"] / c["items_read"] if c["items_read"] else None
        recall = c["items_right"] / c["items_true"] if c["items_true"] else None
        total = c["items_read"] + c["items_true"]
        return {
            "item_precision": precision,
            "item_recall": recall,
            "item_f1": 2 * c["items_right"] / total if total else None,
            "row_f1": 2 * c["rows_right"] / total if total else None,
            **{
                what: self.share(what)
                for what in (
                    "kind",
                    "dates",
                    "patient",
                    "facility",
                    "boxes",
                    "loinc",
                    "narrative",
                    "drugs",
                )
            },
            "wrong_marked": c["wrong_marked"] / c["wrong_items"] if c["wrong_items"] else None,
            "right_marked": c["reviewed_right"] / c["items_right"] if c["items_right"] else None,
            "invented": float(c["invented"]),
            "seconds_a_page": sum(self.seconds) / max(1, len(self.seconds)),
        }


def _close(a: str, b: str) -> bool:
    from rapidfuzz import fuzz

    return fuzz.partial_ratio(plain(a), plain(b)) >= 95 and len(plain(b)) <= 1.2 * len(plain(a)) + 6
