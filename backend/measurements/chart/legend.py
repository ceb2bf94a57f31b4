"""What the eye looks for first: the latest values beside the lines, and the key below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.measurements.chart.axes import Canvas
from backend.measurements.chart.lines import Line
from backend.measurements.chart.model import Band, Bucket, Part, Period
from backend.measurements.chart.style import BY_ORDER, HOLLOW, INK, PAPER, Look, look_of

# In heights of the text: a row's height, a handle with its gaps.
ROW = 1.65
HANDLE = 3.0
Entry = tuple[Any, str]


def value_width(canvas: Canvas, series: Sequence[Bucket]) -> float:
    """Room that the names and values beside the lines need, in heights of the text."""
    words = canvas.words
    names = [words.part(bucket.part) for bucket in series if bucket.part]
    names += [words.component(name) for name in words.components]
    names += [words.number(v / words.scale) for bucket in series for v in bucket.mean.values()]
    return max(words.ems(name) for name in names)


def draw_values(canvas: Canvas, lines: Sequence[Line]) -> None:
    """The name and latest mean of each line, right of the axes, pushed apart where they meet."""
    axes, words = canvas.axes, canvas.words
    low, high = axes.get_ylim()
    height = axes.get_position().height * axes.figure.get_size_inches()[1] * 72
    room = canvas.sizes.text * 2.5 * (high - low) / height
    wanted = sorted(
        ((line.buckets[-1].mean[line.component] / words.scale, line) for line in lines),
        key=lambda pair: pair[0],
    )
    for (value, line), y in zip(
        wanted, _apart([value for value, _ in wanted], room, low, high), strict=True
    ):
        name = words.part(line.part) if line.part else words.component(line.component)
        axes.annotate(
            "\n".join(text for text in (name, words.number(value)) if text),
            (1, y),
            xycoords=axes.get_yaxis_transform(),
            xytext=(canvas.sizes.text * 0.3, 0),
            textcoords="offset points",
            fontproperties=canvas.font(),
            color=line.look.colour,
            va="center",
            linespacing=1.0,
            annotation_clip=False,
        )


def _apart(wanted: Sequence[float], room: float, low: float, high: float) -> list[float]:
    """Rising positions at least ``room`` apart, near ``wanted`` and inside low to high."""
    placed: list[float] = []
    for value in wanted:
        floor = placed[-1] + room if placed else low + room / 2
        placed.append(max(value, floor))
    ceiling = high - room / 2
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], ceiling)
        ceiling = placed[i] - room
    return placed


def legend_rows(
    canvas: Canvas, lines: Sequence[Line], series: Sequence[Bucket], bands: Sequence[Band]
) -> list[list[Entry]]:
    """Parts by their marker and the whiskers, then targets by their tint, as rows that fit."""
    width = canvas.axes.figure.get_size_inches()[0] * 72 / canvas.sizes.text - 1
    rows: list[list[Entry]] = []
    for entries in (_marks(canvas, lines, series), _targets(canvas, bands)):
        used = width
        for entry in entries:
            wide = canvas.words.ems(entry[1]) + HANDLE
            if used + wide > width:
                rows.append([])
                used = 0.0
            rows[-1].append(entry)
            used += wide
    return rows


def draw_legend(canvas: Canvas, rows: Sequence[Sequence[Entry]]) -> None:
    """``rows`` from above, the last one just over the bottom edge."""
    height = canvas.axes.figure.get_size_inches()[1] * 72
    for i, row in enumerate(reversed(rows)):
        _draw_row(canvas, row, canvas.sizes.text * (0.9 + ROW * i) / height)


def _marks(canvas: Canvas, lines: Sequence[Line], series: Sequence[Bucket]) -> list[Entry]:
    if any(line.part for line in lines):
        marks = [
            (_mark(canvas, line.look, line.look.colour), canvas.words.part(line.part))
            for line in lines
            if line.part
        ]
    else:
        present = [part for part in Part if any(bucket.part is part for bucket in series)]
        neutral = Look(INK, BY_ORDER[0].marker, "none", PAPER)
        marks = [
            (_mark(canvas, neutral, PAPER if part in HOLLOW else INK), canvas.words.part(part))
            for part in present
        ]
    if canvas.period is not Period.DAY and not canvas.words.bars:
        marks.append(
            (_mark(canvas, Look(INK, "|", "none", PAPER), INK), canvas.words.say("whiskers"))
        )
    return marks


def _mark(canvas: Canvas, look: Look, fill: str) -> Any:
    from matplotlib.lines import Line2D

    return Line2D(
        [],
        [],
        linestyle=look.dash,
        linewidth=canvas.sizes.line,
        color=look.colour,
        marker=look.marker,
        markersize=canvas.sizes.marker * (2 if look.marker == "|" else 1),
        markerfacecolor=fill,
        markeredgecolor=look.colour,
        markeredgewidth=canvas.sizes.line * 0.6,
    )


def _targets(canvas: Canvas, bands: Sequence[Band]) -> list[Entry]:
    from matplotlib.patches import Patch

    looks = [look_of(band, canvas.words.components) for band in bands]
    return [
        (
            Patch(facecolor=look.tint, edgecolor=look.colour, linewidth=canvas.sizes.line * 0.5),
            canvas.words.band(band),
        )
        for band, look in zip(bands, looks, strict=True)
    ]


def _draw_row(canvas: Canvas, row: Sequence[Entry], y: float) -> None:
    canvas.axes.figure.legend(
        [handle for handle, _ in row],
        [text for _, text in row],
        loc="center left",
        bbox_to_anchor=(0.01, y),
        ncols=len(row),
        frameon=False,
        prop=canvas.font(canvas.sizes.text * 0.92),
        labelcolor=INK,
        handlelength=1.6,
        columnspacing=0.9,
        handletextpad=0.4,
        borderpad=0,
    )
