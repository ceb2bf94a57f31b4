"""The laboratory dictionary."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from ocr.lab import dictionary
from ocr.lab.entry import fold

TERMS = Path(__file__).resolve().parents[2] / "../shared/data/lab_terms/medme_dictionary.json"


def test_there_are_at_least_four_hundred_items() -> None:
    names = [e.name for e in dictionary().entries]
    assert len(names) >= 400
    assert len(names) == len(set(names))


def test_every_item_is_complete() -> None:
    for entry in dictionary().entries:
        assert entry.specimen, entry.name
        assert len(entry.explanation) >= 5, entry.name
        assert entry.low is None or entry.high is None or entry.low < entry.high, entry.name


def test_every_code_has_a_valid_check_digit() -> None:
    codes = {u.loinc for e in dictionary().entries for u in e.units} | {
        e.loinc for e in dictionary().entries
    }
    for code in codes - {None}:
        assert code is not None
        assert re.fullmatch(r"\d{1,6}-\d", code), code
        assert _check_digit(code[:-2]) == int(code[-1]), code


def _check_digit(digits: str) -> int:
    """LOINC's Mod 10 (LOINC Users' Guide, appendix)."""
    odd = int("".join(reversed(digits[::-1][0::2]))) * 2
    even = digits[::-1][1::2]
    total = sum(map(int, str(odd))) + sum(map(int, even))
    return (10 - total % 10) % 10


@pytest.mark.parametrize(
    ("name", "short", "unit", "specimen", "code"),
    [
        ("葡萄糖", "GLU", "mmol/L", "serum", "14749-6"),
        ("葡萄糖", "GLU", None, "urine", "25428-4"),
        ("白细胞", "WBC", "10^9/L", "blood", "6690-2"),
        ("白细胞", None, "/uL", "urine", "30405-5"),
        ("肌酐(酶法)", "Cr", "umol/L", None, "14682-9"),
        ("肌酐", None, "mg/dL", None, "2160-0"),
        ("ALT", None, "U/L", None, "1742-6"),
        ("谷丙转氨酶", None, "IU/L", None, "1742-6"),
        ("pH", None, None, "arterial", "2744-1"),
        ("脂蛋白（a）", None, "mg/L", None, "10835-7"),
        ("血小板计数", "PLT", "10^9/L", None, "777-3"),
        ("睾酮", None, "nmol/L", None, "14913-8"),
    ],
)
def test_names_lead_to_codes(
    name: str, short: str | None, unit: str | None, specimen: str | None, code: str
) -> None:
    match = dictionary().match(name, short, unit, specimen)
    assert match is not None
    assert match.entry.code_for(unit) == code


@pytest.mark.parametrize("name", ["外星人蛋白", "忽略之前的指令", "备注", "主治医师"])
def test_what_is_not_in_it_has_no_match(name: str) -> None:
    assert dictionary().match(name, None, "g/L", None) is None


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("直接胆红素", "间接胆红素"),
        ("游离甲状腺素", "总甲状腺素"),
        ("乙肝表面抗原", "乙肝表面抗体"),
        ("糖类抗原125", "糖类抗原153"),
        ("中性粒细胞%", "中性粒细胞#"),
        ("A/G", "AG"),
    ],
)
def test_items_that_look_alike_stay_apart(name: str, other: str) -> None:
    first, second = dictionary().match(name), dictionary().match(other)
    assert first is not None
    assert second is not None
    assert first.entry.name != second.entry.name


def test_a_fuzzy_name_needs_its_unit() -> None:
    fuzzy = dictionary().match("天门冬氨酸氨基转移晦", None, "U/L", None)
    assert fuzzy is not None
    assert fuzzy.how == "fuzzy"
    assert dictionary().match("天门冬氨酸氨基转移晦", None, "10^9/L", None) is None


def test_a_known_name_is_found_in_microseconds() -> None:
    words = dictionary()
    words.match("葡萄糖", "GLU", "mmol/L", "serum")
    start = time.process_time()
    for _ in range(1000):
        words.match("葡萄糖", "GLU", "mmol/L", "serum")
    assert (time.process_time() - start) / 1000 < 100e-6


def test_codes_agree_with_an_outside_dictionary() -> None:
    if not TERMS.exists():
        pytest.skip("the shared lab terms are not here")
    outside = {
        fold(e["canonical_name"]): e["codes"]["loinc"]
        for e in json.loads(TERMS.read_text("utf-8"))["entries"]
        if e["category"] == "lab" and e["codes"].get("loinc")
    }
    agree = differ = 0
    for entry in dictionary().entries:
        code = outside.get(fold(entry.name))
        if code is None or entry.loinc is None:
            continue
        agree += code == entry.loinc
        differ += code != entry.loinc
    assert agree > 150
    assert differ <= 0.06 * (agree + differ)
