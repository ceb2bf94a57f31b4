"""A clean page made into a phone photo, with the homography that moves its boxes."""

from __future__ import annotations

import io
import random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[np.uint8]
Matrix = NDArray[np.float64]


def photo(page: Image.Image, rng: random.Random, hard: float = 1.0) -> tuple[Image.Image, Matrix]:
    """Perspective, rotation to 6°, shadow, blur, noise, folds, JPEG 50-75, on a desk."""
    source: Array = np.asarray(page.convert("RGB"), dtype=np.uint8)
    height, width = source.shape[:2]
    source = _folds(source, rng) if rng.random() < 0.4 else source
    out_w, out_h = (2200, 2900) if height > width else (2900, 2200)
    scale = min(out_w / width, out_h / height) * rng.uniform(0.82, 0.95)
    matrix = _placement(width, height, out_w, out_h, scale, rng, hard)
    desk = _desk(out_w, out_h, rng)
    warped = cv2.warpPerspective(source, matrix, (out_w, out_h), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, (out_w, out_h))
    image = np.where(mask[:, :, None] > 127, warped, desk).astype(np.float64)
    image *= _light(out_w, out_h, rng)[:, :, None]
    tint = np.array([1.0, rng.uniform(0.95, 1.0), rng.uniform(0.86, 1.0)])
    image = image * tint * rng.uniform(0.8, 1.0)
    image = np.asarray(
        cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 1.25) * hard), dtype=np.float64
    )
    if rng.random() < 0.25:
        image = np.asarray(cv2.filter2D(image, -1, _motion(rng)), dtype=np.float64)
    image += np.random.default_rng(rng.randint(0, 2**31)).normal(0, rng.uniform(2, 7), image.shape)
    result = Image.fromarray(np.clip(image, 0, 255).astype(np.uint8))
    return jpeg(result, rng.randint(50, 75)), matrix


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    """Through JPEG and back."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")


def _placement(
    w: int, h: int, out_w: int, out_h: int, scale: float, rng: random.Random, hard: float
) -> Matrix:
    angle = np.deg2rad(rng.uniform(-6, 6) * hard)
    c, s = np.cos(angle) * scale, np.sin(angle) * scale
    corners = np.array([[-w / 2, -h / 2], [w / 2, -h / 2], [w / 2, h / 2], [-w / 2, h / 2]])
    turned = corners @ np.array([[c, s], [-s, c]])
    jitter = np.array(
        [
            [
                rng.uniform(-0.03, 0.03) * w * scale * hard,
                rng.uniform(-0.03, 0.03) * h * scale * hard,
            ]
            for _ in range(4)
        ]
    )
    target = turned + jitter + np.array([out_w / 2, out_h / 2])
    return np.asarray(
        cv2.getPerspectiveTransform(
            (corners + np.array([w / 2, h / 2])).astype(np.float32), target.astype(np.float32)
        )
    )


def _desk(w: int, h: int, rng: random.Random) -> Array:
    base = np.array([rng.randint(40, 190) for _ in range(3)])
    noise = np.random.default_rng(rng.randint(0, 2**31)).normal(0, 10, (h // 8, w // 8, 3))
    grain = cv2.resize(noise, (w, h), interpolation=cv2.INTER_CUBIC)
    return np.clip(base + grain, 0, 255).astype(np.uint8)


def _light(w: int, h: int, rng: random.Random) -> NDArray[np.float64]:
    y, x = np.mgrid[0:h:8, 0:w:8].astype(np.float64)
    angle = rng.uniform(0, 2 * np.pi)
    slope = (x / w * np.cos(angle) + y / h * np.sin(angle)) * rng.uniform(0.0, 0.35)
    light = 1.0 - np.clip(slope - slope.min(), 0, 0.45)
    if rng.random() < 0.5:
        edge = (x / w - rng.uniform(0.2, 0.8)) * np.cos(angle + 1) + (
            y / h - rng.uniform(0.2, 0.8)
        ) * np.sin(angle + 1)
        light *= 1.0 - rng.uniform(0.15, 0.4) / (1 + np.exp(-edge * rng.uniform(15, 60)))
    return np.asarray(cv2.resize(light, (w, h)))


def _motion(rng: random.Random) -> NDArray[np.float64]:
    size = rng.choice([3, 4])
    kernel = np.eye(size) if rng.random() < 0.5 else np.zeros((size, size))
    if kernel.sum() == 0:
        kernel[size // 2] = 1
    return np.asarray(kernel / kernel.sum())


def _folds(source: Array, rng: random.Random) -> Array:
    image = source.astype(np.float64)
    height, width = image.shape[:2]
    for _ in range(rng.randint(1, 2)):
        if rng.random() < 0.6:
            at = rng.uniform(0.25, 0.75) * height
            band = np.abs(np.arange(height) - at)[:, None, None]
        else:
            at = rng.uniform(0.25, 0.75) * width
            band = np.abs(np.arange(width) - at)[None, :, None]
        image *= 1 - 0.35 * np.exp(-((band / 9.0) ** 2))
    return np.clip(image, 0, 255).astype(np.uint8)


def moved(box: tuple[int, int, int, int], matrix: Matrix) -> tuple[int, int, int, int]:
    """The box around a box seen through a homography."""
    left, top, right, bottom = box
    corners = np.array(
        [[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float64
    )
    seen = cv2.perspectiveTransform(corners[None], matrix)[0]
    low, high = seen.min(axis=0), seen.max(axis=0)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])
