"""Pictures of home devices: a body with print on it, a display, and what it shows."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tests.evals.meter.segments import Plane, Style, draw, width_of
from tests.evals.ocr.canvas import font, fonts_here

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]
DEVICES = ("blood_pressure", "glucose", "temperature", "weight", "spo2")


@dataclass(slots=True)
class Truth:
    """What a display shows: text by component, unit as in UCUM, the boxes of the numbers."""

    kind: str
    values: dict[str, str]
    unit: str
    boxes: dict[str, Box] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    """Components that may be read too."""


@dataclass(slots=True)
class Device:
    image: Pixels
    truth: Truth


def device(kind: str, rng: random.Random) -> Device:
    """One device of a kind as flat RGB pixels."""
    return {
        "blood_pressure": _blood_pressure,
        "glucose": _glucose,
        "temperature": _temperature,
        "weight": _weight,
        "spo2": _oximeter,
    }[kind](rng)


class _Face:
    """A body with a display on it; numbers are lit at the end, over everything."""

    def __init__(self, width: int, height: int, rng: random.Random, lit: bool) -> None:
        self.rng, self.width, self.height = rng, width, height
        self.style = Style.drawn(rng)
        body = rng.choice([(238, 238, 236), (222, 224, 228), (60, 62, 66), (150, 160, 172)])
        self.print = (40, 44, 50) if sum(body) > 400 else (225, 225, 225)
        self.image = Image.new("RGB", (width, height), body)
        self.draw = ImageDraw.Draw(self.image)
        self.ink: Plane = np.zeros((height, width), np.float32)
        self.face = rng.choice(fonts_here())
        self.paper, self.light = _colours(rng, lit)

    def display(self, box: tuple[int, int, int, int]) -> None:
        left, top, right, bottom = box
        frame = self.rng.choice([None, (30, 30, 34), (120, 124, 130)])
        if frame:
            self.draw.rounded_rectangle(
                (left - 26, top - 26, right + 26, bottom + 26), 18, fill=frame
            )
        self.draw.rectangle(box, fill=self.paper)

    def text(self, at: tuple[float, float], text: str, size: int, on_display: bool = True) -> None:
        colour = self.light if on_display else self.print
        self.draw.text(at, text, font=font(self.face[0], self.face[1], size), fill=colour)

    def number(self, text: str, at: tuple[float, float], height: float, blanks: int = 0) -> Box:
        return draw(self.ink, text, at, height, self.style, blanks)

    def done(self, truth: Truth) -> Device:
        base = np.asarray(self.image, np.float32)
        mixed = base + (np.array(self.light, np.float32) - base) * self.ink[:, :, None]
        return Device(np.clip(mixed, 0, 255).astype(np.uint8), truth)


def _colours(rng: random.Random, lit: bool) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    if lit:
        dark = rng.randint(5, 30)
        lights = [(255, 50, 40), (60, 255, 90), (90, 200, 255), (255, 255, 255), (255, 190, 60)]
        return (dark, dark, dark), rng.choice(lights)
    papers = [(186, 196, 178), (170, 176, 170), (205, 210, 205), (150, 190, 215), (225, 190, 120)]
    ink = rng.randint(15, 62)
    return rng.choice(papers), (ink, ink, ink + 6)


def _clock(face: _Face, left: float, top: float, height: float) -> None:
    rng = face.rng
    time = f"{rng.randint(0, 23):d}:{rng.randint(0, 59):02d}"
    width = width_of(time, face.style, height)
    face.number(time, (left + width, top), height)
    if rng.random() < 0.5:
        day = f"{rng.randint(1, 12):d}-{rng.randint(1, 28):02d}"
        face.number(day, (left + width * 2.2 + 40, top), height)


def _blood_pressure(rng: random.Random) -> Device:
    face = _Face(900, 1150, rng, lit=rng.random() < 0.15)
    low = rng.randint(48, 112)
    shown = [low + rng.randint(20, 75), low, rng.randint(45, 125)]
    truth = Truth("blood_pressure", {}, "mm[Hg]")
    layout = rng.choice(["left", "chinese", "right"])
    face.display((130, 140, 770, 880))
    heights = [185.0, 185.0, 185.0 if layout == "left" else 125.0]
    names = {
        "left": ("SYS", "DIA", "PUL"),
        "chinese": ("收缩压", "舒张压", "脉搏"),
        "right": ("SYS.", "DIA.", "PULSE"),
    }[layout]
    units = ("mmHg", "mmHg", "次/分" if layout == "chinese" else "/min")
    printed = rng.random() < 0.4
    y = 165.0
    for component, value, height, name, unit in zip(
        ("systolic", "diastolic", "pulse"), shown, heights, names, units, strict=True
    ):
        text = str(value)
        right = 640.0 if layout == "right" else 730.0
        blanks = 3 - len(text) if face.style.ghost else 0
        truth.boxes[component] = face.number(text, (right - 40, y), height, blanks)
        truth.values[component] = text
        x = (12 if printed else 150) if layout != "right" else (780 if printed else 668)
        face.text((x, y + 10), name, 34, not printed)
        face.text((x, y + 56), unit, 28, not printed)
        y += height + 35
    if rng.random() < 0.6:
        _clock(face, 180, 800, 52)
    face.text((330, 50), rng.choice(["OMRON", "yuwell 鱼跃", "九安", "Health"]), 48, False)
    face.draw.ellipse((380, 950, 520, 1090), fill=(70, 110, 190))
    return face.done(truth)


def _glucose(rng: random.Random) -> Device:
    face = _Face(760, 1150, rng, lit=rng.random() < 0.1)
    american = rng.random() < 0.2
    text = str(rng.randint(52, 390)) if american else f"{rng.uniform(2.4, 26):.1f}"
    height = rng.uniform(170, 220)
    face.display((90, 180, 670, 620))
    right = 610.0
    box = face.number(text, (right - 20, 250), height)
    unit = "mg/dL" if american else "mmol/L"
    face.text((rng.choice([150, 470]), 250 + height + 22), unit, 40)
    if rng.random() < 0.6:
        _clock(face, 130, 548, 46)
    face.text((230, 80), rng.choice(["三诺 Sinocare", "ACCU-CHEK", "血糖仪"]), 46, False)
    face.draw.rounded_rectangle((300, 800, 460, 900), 30, fill=(80, 140, 120))
    truth = Truth("glucose", {"glucose": text}, "mg/dL" if american else "mmol/L")
    truth.boxes["glucose"] = box
    return face.done(truth)


def _temperature(rng: random.Random) -> Device:
    face = _Face(1100, 700, rng, lit=rng.random() < 0.3)
    text = f"{rng.uniform(35.0, 41.5):.1f}"
    height = rng.uniform(170, 230)
    face.display((220, 180, 900, 500))
    box = face.number(text, (770, 220), height)
    face.text((800, 225), rng.choice(["℃", "°C"]), 56)
    if rng.random() < 0.5:
        face.text((250, 440), rng.choice(["体温", "Body", "MEM"]), 34)
    face.text((400, 70), rng.choice(["体温计", "Thermometer", "鱼跃 yuwell"]), 46, False)
    truth = Truth("temperature", {"temperature": text}, "Cel")
    truth.boxes["temperature"] = box
    return face.done(truth)


def _weight(rng: random.Random) -> Device:
    face = _Face(1100, 800, rng, lit=rng.random() < 0.5)
    unit, label = rng.choice([("kg", "kg"), ("kg", "KG"), ("jin", "斤")])
    kilograms = rng.uniform(38, 118)
    text = f"{kilograms * (2 if unit == 'jin' else 1):.1f}"
    height = rng.uniform(150, 200)
    face.display((230, 200, 900, 520))
    box = face.number(text, (780, 260), height)
    face.text((810, 260 + height - 60), label, 54)
    face.text((420, 80), rng.choice(["体重秤", "SCALE", "香山"]), 46, False)
    truth = Truth("weight", {"weight": text}, unit)
    truth.boxes["weight"] = box
    return face.done(truth)


def _oximeter(rng: random.Random) -> Device:
    face = _Face(1160, 800, rng, lit=rng.random() < 0.7)
    spo2, pulse = str(rng.choice([*range(84, 101), *range(94, 100)])), str(rng.randint(45, 125))
    face.display((90, 170, 1070, 600))
    truth = Truth("spo2", {"spo2": spo2}, "%", beside={"pulse": pulse})
    if rng.random() < 0.5:
        truth.boxes["spo2"] = face.number(spo2, (440, 300), 160)
        face.number(pulse, (1000, 300), 160)
        face.text((190, 205), "%SpO2", 44)
        face.text((800, 205), "PRbpm", 44)
    else:
        truth.boxes["spo2"] = face.number(spo2, (700, 190), 165)
        face.number(pulse, (700, 405), rng.choice([165.0, 125.0]))
        face.text((170, 210), "SpO2", 44)
        face.text((170, 262), "%", 44)
        face.text((170, 425), rng.choice(["PR", "脉率"]), 44)
        face.text((170, 480), "bpm", 40)
    face.text((350, 70), rng.choice(["血氧仪", "Pulse Oximeter", "yuwell"]), 46, False)
    return face.done(truth)
