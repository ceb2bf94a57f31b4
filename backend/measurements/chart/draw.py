"""The trend chart as a PNG, for chat and print."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from backend.measurements.chart.axes import (
    Canvas,
    draw_bands,
    draw_frame,
    local,
    value_ticks,
    y_range,
)
from backend.measurements.chart.fonts import chinese_family
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

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 100
SMALLEST = 480
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
    """A PNG of exactly ``size`` pixels, the same bytes for the same input on one machine.

    Draws the kind's main components; a series without any of them is an empty
    chart that says so. Chinese falls back to English where no installed font
    has the characters. Works in any thread; loads matplotlib at the first
    call. ValueError for a size under 480 by 480, where the text leaves no room.
    """
    figure = make_figure(
        series,
        kind=kind,
        language=language,
        period=period,
        bands=bands,
        size=size,
        large_text=large_text,
    )
    out = BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def make_figure(
    series: Sequence[Bucket],
    *,
    kind: Kind,
    language: str,
    period: Period,
    bands: Sequence[Band],
    size: tuple[int, int],
    large_text: bool,
) -> Figure:
    """The same as matplotlib's ``Figure``, not yet drawn."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width, height = size
    if min(size) < SMALLEST:
        raise ValueError(f"a chart has at least {SMALLEST} by {SMALLEST} pixels")
    family = None if language.startswith("en") else chinese_family(chinese_characters())
    words = Words(kind, "zh" if family else "en")
    sizes = Sizes.of(width, height, large_text=large_text)
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    known = [b for b in series if any(name in b.mean for name in words.components)]
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8), facecolor=PAPER)
    canvas = Canvas(axes=axes, words=words, sizes=sizes, family=family, period=period)
    _draw_head(canvas, known)
    if known:
        _draw_body(canvas, known, bands)
    else:
        _draw_empty(canvas)
    return figure


def _draw_empty(canvas: Canvas) -> None:
    canvas.axes.set_axis_off()
    canvas.axes.figure.text(
        0.5,
        0.45,
        canvas.words.say("empty"),
        fontproperties=canvas.font(canvas.sizes.title * 1.2),
        color=INK,
        ha="center",
        va="center",
    )


def _draw_head(canvas: Canvas, series: Sequence[Bucket]) -> None:
    figure, words, sizes = canvas.axes.figure, canvas.words, canvas.sizes
    width, height = figure.get_size_inches() * 72
    x, y = sizes.text * 0.7 / width, 1 - sizes.text * 0.4 / height
    title = words.say("heading", title=words.title, unit=words.unit)
    figure.text(x, y, title, fontproperties=canvas.font(sizes.title), color=INK, va="top")
    if series:
        count = words.say("count", count=sum(bucket.count for bucket in series))
        said = f"{words.say(f'by_{canvas.period}')}  {count}"
        y -= sizes.title * 1.7 / height
        figure.text(x, y, said, fontproperties=canvas.font(), color=GREY, va="top")


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
    dates = [canvas.words.date(bucket.start, canvas.period) for bucket in series]
    # half of the first and of the last date stand beyond the axes
    beyond = max(canvas.words.ems(date) for date in dates) / 2
    left = max(max(canvas.words.ems(tick) for tick in ticks) + 1.0, beyond)
    right = max(value_width(canvas, series) + 0.7, beyond)
    bottom, top = 2.4 + ROW * legend, HEAD
    canvas.axes.set_position(
        (left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height)
    )
