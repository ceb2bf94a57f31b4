"""A flat device made into a photo: tilted to 10°, turned to 6°, glare, blur, noise, JPEG."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.evals.meter.devices import Device, Pixels

Matrix = NDArray[np.float64]
Floats = NDArray[np.float64]


def photograph(
    device: Device, rng: random.Random, hard: float = 1.0, sides: Sequence[int] = (1200, 1600, 2400)
) -> tuple[bytes, Matrix]:
    """JPEG bytes and the homography from the device's pixels; ``hard`` 0 is a clean picture."""
    height, width = device.image.shape[:2]
    side = rng.choice(sides)
    out = (round(side * 0.75), side) if height > width else (side, round(side * 0.75))
    matrix = _placed((width, height), out, rng, hard)
    desk = np.full((out[1], out[0], 3), [rng.randint(50, 200) for _ in range(3)], np.float64)
    seen = cv2.warpPerspective(device.image, matrix, out, flags=cv2.INTER_AREA).astype(np.float64)
    mask = cv2.warpPerspective(np.ones((height, width), np.uint8), matrix, out)
    image = np.where(mask[:, :, None] > 0, seen, desk)
    if hard:
        image = _lit(image, rng, hard, side / 1200)
    ok = io.BytesIO()
    pixels: Pixels = np.clip(image, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(ok, "JPEG", quality=rng.randint(60, 92))
    return ok.getvalue(), matrix


def _placed(size: tuple[int, int], out: tuple[int, int], rng: random.Random, hard: float) -> Matrix:
    """As a pinhole camera four widths away sees the device."""
    w, h = size
    tilt, pan, roll = (np.deg2rad(rng.uniform(-d, d) * hard) for d in (10, 10, 6))
    turn = cv2.Rodrigues(np.array([tilt, 0, 0]))[0] @ cv2.Rodrigues(np.array([0, pan, 0]))[0]
    turn = cv2.Rodrigues(np.array([0, 0, roll]))[0] @ turn
    corners = np.array(
        [[-w / 2, -h / 2, 0], [w / 2, -h / 2, 0], [w / 2, h / 2, 0], [-w / 2, h / 2, 0]]
    )
    away = 2.5 * max(w, h)
    placed = corners @ turn.T
    flat = placed[:, :2] * (away / (away + placed[:, 2:]))
    scale = min(out[0] / np.ptp(flat[:, 0]), out[1] / np.ptp(flat[:, 1])) * rng.uniform(0.62, 0.97)
    target = flat * scale + np.array(out) / 2
    return np.asarray(
        cv2.getPerspectiveTransform(
            (corners[:, :2] + np.array([w / 2, h / 2])).astype(np.float32),
            target.astype(np.float32),
        )
    )


def _lit(image: Floats, rng: random.Random, hard: float, scale: float) -> Floats:
    h, w = image.shape[:2]
    y, x = np.mgrid[0:h, 0:w]
    slope = (x / w - 0.5) * rng.uniform(-0.35, 0.35) + (y / h - 0.5) * rng.uniform(-0.35, 0.35)
    image = image * (1 + slope * hard)[:, :, None] * rng.uniform(0.55, 1.05)
    if rng.random() < 0.35 * hard:
        image = image + _glare(x, y, w, h, rng)[:, :, None]
    image = np.asarray(
        cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.6) * hard * scale), np.float64
    )
    if rng.random() < 0.12 * hard:
        image = np.asarray(
            cv2.GaussianBlur(image, (0, 0), rng.uniform(2.0, 6.0) * scale), np.float64
        )
    noise = np.random.default_rng(rng.randint(0, 2**31)).normal(0, rng.uniform(1, 8), image.shape)
    return np.asarray(image + noise * hard)


def _glare(x: Floats, y: Floats, w: int, h: int, rng: random.Random) -> Floats:
    cx, cy = rng.uniform(0.2, 0.8) * w, rng.uniform(0.15, 0.75) * h
    a = rng.uniform(0, np.pi)
    along = (x - cx) * np.cos(a) + (y - cy) * np.sin(a)
    across = -(x - cx) * np.sin(a) + (y - cy) * np.cos(a)
    size, thin = rng.uniform(0.05, 0.25) * w, rng.uniform(0.02, 0.09) * w
    return np.asarray(rng.uniform(60, 260) * np.exp(-((along / size) ** 2) - (across / thin) ** 2))
