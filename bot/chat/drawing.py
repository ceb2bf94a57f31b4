"""One laboratory item over the years as a PNG, in the manner of the trends of measurements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, NamedTuple

from backend.core.clock import SHANGHAI
from backend.measurements.chart.fonts import chinese_family, font
from backend.measurements.chart.style import BY_ORDER, GREY, GRID, INK, PAPER, Look, Sizes
from backend.reports.lab_items import lab_item
from backend.reports.lab_trend import LabPoint, LabSeries, LabTrend
from bot.chat.phrases import month_of, printed_unit

_DPI = 100
_LABELLED, _NEWEST = 8, 1
_DATES = 4
_POINTS, _LETTER = 72, 0.66
"""To the inch; how wide a figure is, of its height."""
_LONG = timedelta(days=180)


def lab_chart(trend: LabTrend, size: tuple[int, int], language: str) -> bytes:
    """A PNG of ``size`` pixels: each series a line with its values, and the reference range of
    the latest report shaded. Any thread, one at a time; loads matplotlib at the first call."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width, height = size
    sizes = Sizes.of(width, height, large_text=True)
    figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.14, 0.16, 0.8, 0.66), facecolor=PAPER)
    # One line more would need a third shape to be told from the others without colour.
    shown = sorted(trend.series, key=_newest, reverse=True)[: len(BY_ORDER)]
    names = [series_name(each, trend, language) for each in shown]
    _head(figure, trend, language, names, sizes)
    for series, look in zip(shown, BY_ORDER, strict=False):
        _line(axes, series, look, sizes)
    _range(axes, shown)
    _frame(axes, shown, sizes, language)
    _numbers(axes, shown, sizes)
    out = BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def trend_name(trend: LabTrend, language: str) -> str:
    """In English by its abbreviation: the dictionary's names are Chinese."""
    return lab_item(trend.code).abbreviation if language == "en" else trend.name


def _head(figure: Any, trend: LabTrend, language: str, names: Sequence[str], sizes: Sizes) -> None:
    title = trend_name(trend, language)
    family = chinese_family("".join({*title, *"".join(names)}))
    title = title if family else trend_name(trend, "en")
    text = f"{title}  {printed_unit(trend.unit)}" if trend.unit else title
    figure.text(0.04, 0.92, text, color=INK, fontproperties=font(family, sizes.title))
    if len(names) < 2 or not family:
        return
    for place, (name, look) in enumerate(zip(names, BY_ORDER, strict=False)):
        mark = {"o": "●", "s": "■"}[look.marker]
        where, words = (0.04 + 0.48 * place, 0.86), font(family, sizes.text)
        figure.text(*where, f"{mark} {name}", color=look.colour, fontproperties=words)


def _line(axes: Any, series: LabSeries, look: Look, sizes: Sizes) -> None:
    at, values = [each.at for each in series.points], [each.value for each in series.points]
    axes.plot(
        at,
        values,
        color=look.colour,
        linestyle=look.dash,
        linewidth=sizes.line,
        marker=look.marker,
        markersize=sizes.marker,
        clip_on=False,
    )


def _numbers(axes: Any, shown: Sequence[LabSeries], sizes: Sizes) -> None:
    """Each where it lies upon no other and upon no mark: above, below or beside its point."""
    place = axes.transData.transform
    marks = [place((axes.convert_xunits(p.at), p.value)) for series in shown for p in series.points]
    half = sizes.marker * _DPI / _POINTS / 2
    taken = [_Box(x - half, y - half, x + half, y + half) for x, y in marks]
    edge = axes.figure.bbox.width
    for order, series in enumerate(shown):
        for point in reversed(series.points[-(_NEWEST if order else _LABELLED) :]):
            words = f"{point.comparator or ''}{point.value:g}"
            x, y = place((axes.convert_xunits(point.at), point.value))
            boxes = _around(x, y, len(words), sizes)
            free = [each for each in boxes if each.right <= edge and not each.on(taken)]
            if not free:
                continue  # the line is there; a number that nobody can read is none
            taken.append(free[0])
            axes.annotate(
                words,
                (free[0].left, free[0].bottom),
                xycoords="figure pixels",
                color=INK,
                fontproperties=font(None, sizes.text),
            )


class _Box(NamedTuple):
    """In pixels of the picture."""

    left: float
    bottom: float
    right: float
    top: float

    def on(self, others: Sequence[_Box]) -> bool:
        return any(
            self.left < each.right
            and each.left < self.right
            and self.bottom < each.top
            and each.bottom < self.top
            for each in others
        )


def _around(x: float, y: float, letters: int, sizes: Sizes) -> list[_Box]:
    """Places for a number, the best first."""
    pixels = sizes.text * _DPI / _POINTS
    wide, high, gap = letters * pixels * _LETTER, pixels * 0.8, sizes.marker
    corners = [
        (x - wide / 2, y + gap),
        (x - wide / 2, y - gap - high),
        (x + gap, y - high / 2),
        (x - gap - wide, y - high / 2),
        (x - wide / 2, y + gap + high),
        (x - wide / 2, y - gap - 2 * high),
    ]
    return [_Box(left, low, left + wide, low + high) for left, low in corners]


def _range(axes: Any, shown: Sequence[LabSeries]) -> None:
    points = [each for series in shown for each in series.points if _has_range(each)]
    if not points:
        return
    latest = max(points, key=lambda each: each.at)
    low, high = axes.get_ylim()
    ends = [each for each in (latest.low, latest.high) if each is not None]
    axes.set_ylim(min(low, *ends), max(high, *ends))
    low, high = axes.get_ylim()
    bottom = low if latest.low is None else latest.low
    top = high if latest.high is None else latest.high
    axes.axhspan(bottom, top, color=BY_ORDER[0].tint, zorder=0)


def _frame(axes: Any, shown: Sequence[LabSeries], sizes: Sizes, language: str) -> None:
    axes.margins(x=0.08)
    low, high = axes.get_ylim()
    axes.set_ylim(low - (high - low) * 0.05, high + (high - low) * 0.18)
    axes.grid(axis="y", color=GRID)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    dates = _spread(sorted({each.at for series in shown for each in series.points}))
    long = dates[-1] - dates[0] > _LONG
    words = [month_of(language, each.astimezone(SHANGHAI), long=long) for each in dates]
    axes.set_xticks(dates, words)
    axes.tick_params(colors=GREY, labelsize=sizes.text)
    family = chinese_family("".join(words))
    for each in axes.get_xticklabels():
        each.set_fontproperties(font(family, sizes.text))


def _spread(dates: Sequence[datetime]) -> list[datetime]:
    """The first, the last, and as many between as there is room for, not upon each other."""
    if len(dates) <= 1:
        return list(dates)
    apart = (dates[-1] - dates[0]) / _DATES
    found = [dates[0]]
    for each in dates[1:-1]:
        if each - found[-1] >= apart and dates[-1] - each >= apart:
            found.append(each)
    return [*found, dates[-1]]


def _newest(series: LabSeries) -> tuple[bool, datetime]:
    """Reports before home readings."""
    return not series.home, series.points[-1].at


def series_name(series: LabSeries, trend: LabTrend, language: str) -> str:
    parts = (series.name, series.specimen, series.method)
    if language == "en":
        parts = (*_in_english(series, trend), series.method)
    return " ".join(filter(None, parts))


def _in_english(series: LabSeries, trend: LabTrend) -> tuple[str, str | None]:
    """The method stays as the report has it."""
    item = lab_item(trend.code)
    if series.code is None:
        return item.abbreviation, "at home"
    occasion = item.occasions[series.code]
    return occasion.abbreviation, occasion.line.specimen if series.specimen else None


def _has_range(point: LabPoint) -> bool:
    return point.low is not None or point.high is not None
