"""The readings themselves: lines with markers, whiskers, bars, and the latest value beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from backend.measurements.chart.axes import Canvas, local
from backend.measurements.chart.model import Bucket, Part, Period
from backend.measurements.chart.style import BAR, BY_ORDER, BY_PART, HOLLOW, PAPER, Look

# A line over a longer hole would tell of readings that nobody took.
LONGEST_HOLE = 4


@dataclass(frozen=True, slots=True)
class Line:
    """What is joined by one line: a component, or one part of a single component."""

    component: str
    part: Part | None
    look: Look
    buckets: Sequence[Bucket]


def lines_of(canvas: Canvas, series: Sequence[Bucket]) -> list[Line]:
    """Several components: a line each, parts as filled and hollow markers. One: a line a part."""
    ordered = sorted(series, key=lambda bucket: (bucket.start, bucket.part or ""))
    components = canvas.words.components
    if len(components) > 1:
        lines = [
            Line(name, None, look, [b for b in ordered if name in b.mean])
            for name, look in zip(components, BY_ORDER, strict=False)
        ]
    else:
        [name] = components
        parts = [None, *Part]
        lines = [
            Line(name, part, BY_PART[part] if part else BY_ORDER[0], _of(ordered, name, part))
            for part in parts
        ]
    return [line for line in lines if line.buckets]


def _of(series: Sequence[Bucket], name: str, part: Part | None) -> list[Bucket]:
    return [bucket for bucket in series if bucket.part == part and name in bucket.mean]


def draw_line(canvas: Canvas, line: Line) -> None:
    scale, sizes, look = canvas.words.scale, canvas.sizes, line.look
    if canvas.period is not Period.DAY:
        _whiskers(canvas, line)
    for run in _runs(line.buckets, canvas.period):
        canvas.axes.plot(
            [local(bucket.start) for bucket in run],
            [bucket.mean[line.component] / scale for bucket in run],
            color=look.colour,
            linestyle=look.dash,
            linewidth=sizes.line,
            zorder=3,
        )
    for hollow in (False, True):
        chosen = [b for b in line.buckets if _is_hollow(line, b) is hollow]
        if not chosen:
            continue
        canvas.axes.plot(
            [local(bucket.start) for bucket in chosen],
            [bucket.mean[line.component] / scale for bucket in chosen],
            linestyle="none",
            marker=look.marker,
            markersize=marker_size(canvas, len(line.buckets)),
            markerfacecolor=PAPER if hollow else look.colour,
            markeredgecolor=look.colour,
            markeredgewidth=sizes.line * 0.6,
            zorder=4,
        )


def marker_size(canvas: Canvas, count: int) -> float:
    """Smaller where many stand side by side."""
    return canvas.sizes.marker * min(1.0, max(0.45, 30 / max(count, 1)))


def _is_hollow(line: Line, bucket: Bucket) -> bool:
    return line.part is None and bucket.part in HOLLOW


def _whiskers(canvas: Canvas, line: Line) -> None:
    scale, name = canvas.words.scale, line.component
    spread = [bucket for bucket in line.buckets if name in bucket.min and name in bucket.max]
    if not spread:
        return
    times = [local(bucket.start) for bucket in spread]
    lows = [bucket.min[name] / scale for bucket in spread]
    highs = [bucket.max[name] / scale for bucket in spread]
    canvas.axes.vlines(
        times, lows, highs, color=line.look.colour, linewidth=canvas.sizes.line * 0.6, zorder=2
    )
    for ends in (lows, highs):
        canvas.axes.plot(
            times,
            ends,
            linestyle="none",
            marker="_",
            color=line.look.colour,
            markersize=canvas.sizes.marker,
            markeredgewidth=canvas.sizes.line * 0.6,
            zorder=2,
        )


def _runs(buckets: Sequence[Bucket], period: Period) -> Iterator[list[Bucket]]:
    run = list(buckets[:1])
    for before, after in pairwise(buckets):
        if after.start - before.start > period.length * LONGEST_HOLE:
            yield run
            run = []
        run.append(after)
    yield run


def draw_bars(canvas: Canvas, line: Line) -> None:
    scale = canvas.words.scale
    canvas.axes.bar(
        [local(bucket.start) for bucket in line.buckets],
        [bucket.mean[line.component] / scale for bucket in line.buckets],
        width=canvas.period.length.days * 0.7,
        facecolor=BAR,
        edgecolor=line.look.colour,
        linewidth=canvas.sizes.line * 0.4,
        zorder=3,
    )
