"""The trend chart as a PNG, for chat and print."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from backend.measurements.chart.axes import (
    Canvas,
    draw_bands,
    draw_frame,
    local,
    value_ticks,
    y_range,
)
from backend.measurements.chart.fonts import chinese_family, font
from backend.measurements.chart.legend import (
    ROW,
    draw_legend,
    draw_values,
    legend_rows,
    value_width,
)
from backend.measurements.chart.lines import draw_bars, draw_line, lines_of
from backend.measurements.chart.model import Band, Bucket, Period
from backend.measurements.chart.style import GREY, INK, PAPER, Sizes
from backend.measurements.chart.words import Words, chinese_characters
from backend.measurements.draft import Kind

DPI = 100
# Title and the line below it, in heights of the text.
HEAD = 4.4


def trend_chart(
    series: Sequence[Bucket],
    *,
    kind: Kind,
    language: str = "zh-CN",
    period: Period = Period.DAY,
    bands: Sequence[Band] = (),
    size: tuple[int, int] = (1080, 960),
    large_text: bool = True,
) -> bytes:
    """A PNG of exactly ``size`` pixels, the same bytes for the same input.

    Draws the kind's main components, whole series of any length. Chinese
    falls back to English where no installed font has the characters. Works in
    any thread; loads matplotlib at the first call. ValueError for a size
    under 320 by 240.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width, height = size
    if width < 320 or height < 240:
        raise ValueError("a chart has at least 320 by 240 pixels")
    family = None if language.startswith("en") else chinese_family(chinese_characters())
    words = Words(kind, "zh" if family else "en")
    sizes = Sizes.of(width, height, large_text=large_text)
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=PAPER)
    known = [b for b in series if any(name in b.mean for name in words.components)]
    _draw_head(figure, words, sizes, family, known, period)
    if known:
        axes = figure.add_axes((0.1, 0.1, 0.8, 0.8), facecolor=PAPER)
        canvas = Canvas(axes=axes, words=words, sizes=sizes, family=family, period=period)
        _draw_body(canvas, known, bands)
    else:
        big = font(family, sizes.title * 1.2)
        figure.text(
            0.5, 0.45, words.say("empty"), fontproperties=big, color=INK, ha="center", va="center"
        )
    out = BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _draw_head(
    figure: Any,
    words: Words,
    sizes: Sizes,
    family: str | None,
    series: Sequence[Bucket],
    period: Period,
) -> None:
    width, height = figure.get_size_inches() * 72
    x, y = sizes.text * 0.7 / width, 1 - sizes.text * 0.4 / height
    title = (
        f"{words.title}（{words.unit}）"
        if words.language == "zh"
        else (f"{words.title} ({words.unit})")
    )
    big = font(family, sizes.title)
    figure.text(x, y, title, fontproperties=big, color=INK, va="top")
    if series:
        said = [
            words.say(f"by_{period}"),
            words.say("count", count=sum(bucket.count for bucket in series)),
        ]
        below = y - sizes.title * 1.7 / height
        figure.text(
            x, below, "  ".join(said), fontproperties=font(family, sizes.text), color=GREY, va="top"
        )


def _draw_body(canvas: Canvas, series: Sequence[Bucket], bands: Sequence[Band]) -> None:
    own = [band for band in bands if band.component in canvas.words.components]
    starts = [local(bucket.start) for bucket in series]
    margin = max((max(starts) - min(starts)) * 0.03, canvas.period.length * 0.6)
    canvas.axes.set_xlim(min(starts) - margin, max(starts) + margin)
    whiskers = canvas.period is not Period.DAY
    canvas.axes.set_ylim(*y_range(canvas.words, series, own, whiskers=whiskers))
    draw_bands(canvas, own)
    lines = lines_of(canvas, series)
    for line in lines:
        (draw_bars if canvas.words.bars else draw_line)(canvas, line)
    rows = legend_rows(canvas, lines, series, own)
    _make_room(canvas, series, len(rows))
    draw_frame(canvas, series)
    draw_values(canvas, lines)
    draw_legend(canvas, rows)


def _make_room(canvas: Canvas, series: Sequence[Bucket], legend: int) -> None:
    """Margins as wide as what stands in them, in heights of the text."""
    text = canvas.sizes.text
    width, height = canvas.axes.figure.get_size_inches() * 72 / text
    ticks = [canvas.words.tick(tick) for tick in value_ticks(canvas)]
    left = max(canvas.words.ems(tick) for tick in ticks) + 1.0
    right = value_width(canvas, series) + 0.7
    # half of the last date may stand beyond the axes
    right = max(right, canvas.words.ems("00月00日") / 2 + 0.2)
    bottom, top = 2.1 + ROW * legend, HEAD
    canvas.axes.set_position(
        (left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height)
    )
