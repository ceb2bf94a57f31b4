"""Displays of devices: what is read is shown, what is in doubt is refused."""

from __future__ import annotations

import random
from collections import Counter

import cv2
import numpy as np
import pytest

from ocr.engines.base import Image
from ocr.errors import FormatUnsupported
from ocr.meter.assign import assign, kind_of, main_numbers
from ocr.meter.errors import (
    MeterBlurred,
    MeterKindOther,
    MeterKindUnknown,
    MeterNoDisplay,
    MeterNotRead,
    MeterTooDark,
    MeterUnclear,
    MeterUnitUnseen,
)
from ocr.meter.find import Found, numbers_in
from ocr.meter.reader import read_meter
from ocr.meter.words import Word, fold
from tests.evals.meter.devices import DEVICES, device
from tests.evals.meter.photo import photograph
from tests.evals.meter.run import once


def number(text: str, top: float, doubt: str = "", height: float = 100) -> Found:
    left, right = 300.0, 300.0 + 70 * len(text)
    quad = np.array([[left, top], [right, top], [right, top + height], [left, top + height]])
    return Found(text, 0.9, doubt, quad, height)


def word(text: str, y: float, x: float = 200) -> Word:
    return Word(fold(text), x, y, 20)


CUFF = [number("128", 100), number("82", 250), number("71", 400)]
LABELS = [word("SYS.", 150), word("DIA.", 300), word("PUL", 450)]


def test_numbers_are_read_off_pictures_of_every_device_and_never_wrongly() -> None:
    """In short; the whole is ``python -m tests.evals.meter.run``."""
    states: Counter[str] = Counter()
    for seed in range(100, 105):
        rng = random.Random(seed)
        made = device(DEVICES[seed % len(DEVICES)], rng)
        data, _ = photograph(made, rng, hard=0.6, sides=[1000])
        pixels: Image = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), 1), dtype=np.uint8)
        try:
            read = {each.text for each in main_numbers(numbers_in(pixels))}
        except MeterNotRead:
            states["refused"] += 1
            continue
        shown = set(made.truth.values.values())
        if read - shown - set(made.truth.beside.values()):
            states["wrong"] += 1
        states["right" if read >= shown else "in part"] += 1
    assert states["wrong"] == 0
    assert states["right"] >= 3


def test_a_whole_picture_is_read_with_unit_and_places() -> None:
    outcome = once(104)
    assert outcome.state == "right", outcome


def test_order_and_labels_must_agree_on_what_is_what() -> None:
    assert {name: (found.text, unit) for name, (found, unit) in assign(
        "blood_pressure", CUFF, LABELS
    ).items()} == {
        "systolic": ("128", "mm[Hg]"), "diastolic": ("82", "mm[Hg]"), "pulse": ("71", "/min"),
    }  # fmt: skip
    assert set(assign("blood_pressure", CUFF, [])) == {"systolic", "diastolic", "pulse"}
    swapped = [word("DIA", 150), word("SYS", 300)]
    with pytest.raises(MeterUnclear):
        assign("blood_pressure", CUFF, swapped)
    # Two of three rows: without labels the pulse could be taken for a pressure.
    with pytest.raises(MeterUnclear):
        assign("blood_pressure", CUFF[1:], [])
    with pytest.raises(MeterUnclear):
        assign("blood_pressure", CUFF[1:], LABELS)
    assert set(assign("blood_pressure", CUFF[:2], LABELS[:2])) == {"systolic", "diastolic"}


@pytest.mark.parametrize(
    ("kind", "text", "words", "expected"),
    [
        ("weight", "130.8", ["斤"], "jin"),
        ("weight", "65.4", ["kg"], "kg"),
        ("weight", "65.4", [], MeterUnitUnseen),
        ("weight", "65.4", ["kg", "斤"], MeterUnitUnseen),
        ("weight", "654", ["kg"], MeterUnclear),
        ("glucose", "5.6", [], "mmol/L"),
        ("glucose", "101", ["mg/dL"], "mg/dL"),
        ("glucose", "56", [], MeterUnitUnseen),
        ("glucose", "56", ["mmol/L"], MeterUnclear),
        ("glucose", "05.6", ["mmol/L"], MeterUnclear),
        ("temperature", "36.6", [], "Cel"),
        ("temperature", "97.9", ["°F"], "[degF]"),
        ("temperature", "366", ["℃"], MeterUnclear),
    ],
)
def test_a_number_has_the_form_of_its_unit_or_is_not_proposed(
    kind: str, text: str, words: list[str], expected: str | type[MeterNotRead]
) -> None:
    seen = [word(each, 150) for each in words]
    if isinstance(expected, str):
        assert [unit for _, unit in assign(kind, [number(text, 100)], seen).values()] == [expected]
        return
    with pytest.raises(expected):
        assign(kind, [number(text, 100)], seen)


def test_a_large_number_that_is_not_clear_refuses_all_and_a_small_clock_nothing() -> None:
    clock = number("12", 600, height=40)
    assert main_numbers([*CUFF, clock]) == CUFF
    with pytest.raises(MeterUnclear):
        main_numbers([*CUFF[:2], number("7?", 400, doubt="figure")])
    with pytest.raises(MeterUnclear):
        main_numbers([number("1?8", 100, doubt="figure")])
    with pytest.raises(MeterNoDisplay):
        main_numbers([])


def test_the_device_is_told_by_its_words_and_must_be_what_was_chosen() -> None:
    assert kind_of([word("mmHg", 1)], None) == "blood_pressure"
    assert kind_of([], "weight") == "weight"
    with pytest.raises(MeterKindUnknown):
        kind_of([], None)
    with pytest.raises(MeterKindUnknown):
        kind_of([word("mmHg", 1), word("mmol/L", 1)], None)
    with pytest.raises(MeterKindOther):
        kind_of([word("mmol/L", 1)], "weight")


def test_a_photo_without_a_display_says_what_is_wrong_with_it() -> None:
    rng = np.random.default_rng(1)
    dark = rng.integers(0, 25, (300, 400, 3), dtype=np.uint8)
    made = device("weight", random.Random(3))
    soft = cv2.GaussianBlur(made.image, (0, 0), 30)
    plain = np.full((300, 400, 3), 180, np.uint8)
    cv2.rectangle(plain, (100, 100), (300, 200), (20, 20, 20), -1)
    for pixels, error in ((dark, MeterTooDark), (soft, MeterBlurred), (plain, MeterNoDisplay)):
        png = cv2.imencode(".png", pixels)[1].tobytes()
        with pytest.raises(error):
            read_meter(png, kind="weight")
    with pytest.raises(FormatUnsupported):
        read_meter(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
