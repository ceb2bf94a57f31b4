"""The frame of the chart: ranges, target bands, grid, dates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from backend.measurements.chart.fonts import font
from backend.measurements.chart.model import Band, Bucket, Period
from backend.measurements.chart.style import EDGE_DASH, GREY, GRID, INK, Sizes, look_of
from backend.measurements.chart.words import Words

EDGE_OVER_BARS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """What every part of the drawing needs: matplotlib's axes, words, sizes, font."""

    axes: Any
    words: Words
    sizes: Sizes
    family: str | None
    period: Period

    def font(self, size: float | None = None) -> Any:
        return font(self.family, size or self.sizes.text)


def local(at: datetime) -> datetime:
    """Wall-clock time of the bucket's own offset; matplotlib draws naive times as they are."""
    return at.replace(tzinfo=None)


def y_range(
    words: Words, series: Sequence[Bucket], bands: Sequence[Band], *, whiskers: bool
) -> tuple[float, float]:
    """Around all that is drawn, the ends of the targets too."""
    values = [
        value / words.scale
        for bucket in series
        for part in ((bucket.mean, bucket.min, bucket.max) if whiskers else (bucket.mean,))
        for name, value in part.items()
        if name in words.components
    ]
    ends = [end / words.scale for b in bands for end in (b.low, b.high) if end is not None]
    low, high = min([*values, *ends]), max([*values, *ends])
    if words.bars:
        return 0.0, high * 1.18 or 1.0
    pad = max((high - low) * 0.10, abs(high) * 0.02, 0.5)
    return low - pad, high + pad


def draw_bands(canvas: Canvas, bands: Sequence[Band]) -> None:
    """Each target in the tint of the line it belongs to, its ends as lines of that colour."""
    bottom, top = canvas.axes.get_ylim()
    scale = canvas.words.scale
    for band in sorted(bands, key=_reach, reverse=True):
        look = look_of(band, canvas.words.components)
        low = bottom if band.low is None else band.low / scale
        high = top if band.high is None else band.high / scale
        canvas.axes.axhspan(low, high, facecolor=look.tint, edgecolor="none", zorder=0)
        for end in (band.low, band.high):
            if end is not None:
                canvas.axes.axhline(
                    end / scale,
                    color=look.colour,
                    linewidth=canvas.sizes.line * 0.55,
                    linestyle=EDGE_DASH,
                    zorder=EDGE_OVER_BARS if canvas.words.bars else 1,
                )


def _reach(band: Band) -> float:
    # the wider one lies below, so that both are seen
    if band.low is None or band.high is None:
        return math.inf
    return band.high - band.low


def draw_frame(canvas: Canvas, series: Sequence[Bucket]) -> None:
    axes = canvas.axes
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GREY)
    axes.grid(axis="y", color=GRID, linewidth=canvas.sizes.line * 0.3, zorder=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0, pad=canvas.sizes.text * 0.3, colors=INK)
    axes.tick_params(axis="x", length=0, pad=canvas.sizes.text * 0.7, colors=INK)
    _date_ticks(canvas, series)
    ticks = value_ticks(canvas)
    texts = [canvas.words.tick(tick) for tick in ticks]
    axes.set_yticks(ticks, texts, fontproperties=canvas.font(), color=INK)


def value_ticks(canvas: Canvas) -> list[float]:
    """Round numbers inside the range, seven at most."""
    low, high = canvas.axes.get_ylim()
    step = _nice_step((high - low) / 7)
    first = math.ceil(low / step)
    return [count * step for count in range(first, math.floor(high / step) + 1)]


def _nice_step(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least * 0.999)


def _date_ticks(canvas: Canvas, series: Sequence[Bucket]) -> None:
    """First and last date, and between them as many as stand clear of each other."""
    starts = sorted({local(bucket.start) for bucket in series})
    texts = {start: canvas.words.date(start, canvas.period) for start in starts}
    widest = max(canvas.words.ems(text) for text in texts.values())
    first, last = canvas.axes.get_xlim()
    clear = timedelta(days=(last - first) * widest * 1.15 * canvas.sizes.text / axes_width(canvas))
    chosen = _spread(starts, clear)
    names = [texts[start] for start in chosen]
    canvas.axes.set_xticks(chosen, names, fontproperties=canvas.font(), color=INK)


def _spread(starts: Sequence[datetime], clear: timedelta) -> list[datetime]:
    """The most of ``starts`` that are ``clear`` of each other and evenly spread."""
    span = starts[-1] - starts[0]
    for steps in range(int(span / clear), 0, -1):
        even = (starts[0] + span * i / steps for i in range(steps + 1))
        near = [_nearest(starts, at) for at in even]
        if all(after - before >= clear for before, after in pairwise(near)):
            return near
    return [starts[-1]]


def _nearest(starts: Sequence[datetime], at: datetime) -> datetime:
    return min(starts, key=lambda start: abs(start - at))


def axes_width(canvas: Canvas) -> float:
    """In points."""
    figure = canvas.axes.figure
    return float(canvas.axes.get_position().width * figure.get_size_inches()[0] * 72)
