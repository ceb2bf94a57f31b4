from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from backend.measurements.chart import Band, Bucket, Part, Period, draw, trend_chart
from backend.measurements.chart.draw import make_figure
from backend.measurements.chart.fonts import chinese_family
from backend.measurements.chart.style import BY_ORDER, BY_PART, GREY, INK
from backend.measurements.chart.words import Words, chinese_characters
from backend.measurements.draft import Kind, Meal
from backend.measurements.thresholds import Person, limits_for

CHINA = timezone(timedelta(hours=8))
TODAY = datetime(2026, 11, 21, tzinfo=CHINA)
FATHER = Person(birth_date=date(1952, 3, 1), sex="male", conditions=frozenset({"diabetes"}))

needs_chinese = pytest.mark.skipif(
    chinese_family(chinese_characters()) is None, reason="no font with Chinese is installed"
)


def bucket(days_ago: float, part: Part | None = None, **mean: float) -> Bucket:
    return Bucket(
        start=TODAY - timedelta(days=days_ago),
        mean=mean,
        min={name: value * 0.95 for name, value in mean.items()},
        max={name: value * 1.05 for name, value in mean.items()},
        count=3,
        part=part,
    )


def pressures(count: int = 30, step: float = 1) -> list[Bucket]:
    return [
        bucket(step * i + half, part, systolic=138 + i % 7, diastolic=84 - i % 5)
        for i in range(count)
        for half, part in ((0.7, Part.MORNING), (0.2, Part.EVENING))
    ]


def sugars() -> list[Bucket]:
    return [
        bucket(30 * i, part, glucose=value + i % 3 / 5)
        for i in range(12)
        for part, value in ((Part.FASTING, 6.8), (Part.AFTER_MEAL, 9.6), (Part.BEDTIME, 7.9))
    ]


def bands(kind: Kind, meal: Meal | None = None, part: Part | None = None) -> list[Band]:
    limits = limits_for(kind, FATHER, TODAY, meal=meal)
    return [Band.of(target, part) for target in limits.targets]


SUGAR_BANDS = [
    *bands(Kind.GLUCOSE, Meal.FASTING, Part.FASTING),
    *bands(Kind.GLUCOSE, Meal.AFTER_MEAL, Part.AFTER_MEAL),
]
CASES: list[tuple[Kind, Period, list[Bucket], list[Band]]] = [
    (Kind.BLOOD_PRESSURE, Period.DAY, pressures(), bands(Kind.BLOOD_PRESSURE)),
    (Kind.BLOOD_PRESSURE, Period.WEEK, pressures(26, 7), bands(Kind.BLOOD_PRESSURE)),
    (Kind.GLUCOSE, Period.MONTH, sugars(), SUGAR_BANDS),
    (Kind.SPO2, Period.DAY, [bucket(0, spo2=96.0)], bands(Kind.SPO2)),
    (Kind.STEPS, Period.DAY, [bucket(i, count=900.0 * i + 400) for i in range(21)], []),
    (
        Kind.SLEEP,
        Period.DAY,
        [bucket(i, duration=400.0 + i) for i in range(14)],
        bands(Kind.SLEEP),
    ),
    (Kind.WEIGHT, Period.WEEK, [bucket(7 * i, weight=70.0) for i in range(9)], []),
    (
        Kind.TEMPERATURE,
        Period.DAY,
        [bucket(i / 4, temperature=36.5 + i % 4) for i in range(9)],
        bands(Kind.TEMPERATURE),
    ),
]
IDS = [f"{kind}-{period}" for kind, period, _, _ in CASES]


def figure(
    kind: Kind,
    series: Sequence[Bucket],
    *,
    language: str = "zh-CN",
    period: Period = Period.DAY,
    bands: Sequence[Band] = (),
    size: tuple[int, int] = (1080, 960),
    large_text: bool = True,
) -> Any:
    made = make_figure(
        series,
        kind=kind,
        language=language,
        period=period,
        bands=bands,
        size=size,
        large_text=large_text,
    )
    made.canvas.draw()
    return made


def texts(figure: Any) -> list[Any]:
    """Everything written on the figure that is not empty."""
    from matplotlib.text import Text

    return [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]


def written(figure: Any) -> str:
    return "\n".join(text.get_text() for text in texts(figure))


class TestImage:
    @pytest.mark.parametrize("size", [(1080, 960), (720, 720), (1600, 900), (480, 480)])
    def test_is_a_png_of_exactly_the_size_asked_for(self, size: tuple[int, int]) -> None:
        png = trend_chart(pressures(), kind=Kind.BLOOD_PRESSURE, size=size)
        image = Image.open(BytesIO(png))
        assert (image.format, image.size) == ("PNG", size)

    def test_the_same_readings_give_the_same_bytes_in_any_order_and_thread(self) -> None:
        series = pressures()

        def draw_once(turn: int) -> bytes:
            order = series if turn % 2 else series[::-1]
            return trend_chart(order, kind=Kind.BLOOD_PRESSURE, size=(600, 540))

        with ThreadPoolExecutor(4) as pool:
            pictures = set(pool.map(draw_once, range(8)))
        assert len(pictures) == 1

    def test_other_readings_give_another_picture(self) -> None:
        size = (480, 480)
        assert trend_chart(pressures(5), kind=Kind.BLOOD_PRESSURE, size=size) != trend_chart(
            pressures(6), kind=Kind.BLOOD_PRESSURE, size=size
        )

    @pytest.mark.parametrize("size", [(479, 960), (960, 479), (0, 0)])
    def test_a_size_that_leaves_no_room_is_refused(self, size: tuple[int, int]) -> None:
        with pytest.raises(ValueError, match="at least 480 by 480"):
            trend_chart(pressures(), kind=Kind.BLOOD_PRESSURE, size=size)

    def test_the_room_is_entered_without_loading_matplotlib(self) -> None:
        code = "import sys, backend.measurements.chart; print('matplotlib' in sys.modules)"
        root = Path(__file__).parents[2]
        said = subprocess.run(
            [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
        )
        assert said.stdout.strip() == "False"


class TestWords:
    @needs_chinese
    @pytest.mark.parametrize(("kind", "period", "series", "own"), CASES, ids=IDS)
    def test_every_character_is_in_the_font_it_is_drawn_with(
        self, kind: Kind, period: Period, series: list[Bucket], own: list[Band]
    ) -> None:
        from matplotlib.font_manager import findfont, get_font

        # a missing glyph would be a warning too, and warnings are errors here
        for text in texts(figure(kind, series, period=period, bands=own)):
            font = get_font(findfont(text.get_fontproperties()))
            missing = {c for c in text.get_text() if c != "\n" and not font.get_char_index(ord(c))}
            assert missing == set()

    @needs_chinese
    def test_names_kind_unit_latest_values_and_targets_in_chinese(self) -> None:
        said = written(figure(Kind.BLOOD_PRESSURE, pressures(), bands=bands(Kind.BLOOD_PRESSURE)))
        for expected in (
            "血压（mmHg）",
            "每天平均  共 180 次",
            "高压\n138",
            "低压\n84",
            "早上",
            "晚上",
            "高压目标 90–135",
            "低压目标 85 以下",
            "10月22日",
            "11月20日",
        ):
            assert expected in said

    def test_names_them_in_english(self) -> None:
        said = written(
            figure(Kind.GLUCOSE, sugars(), period=Period.MONTH, bands=SUGAR_BANDS, language="en")
        )
        assert said.isascii() or set(said) - set("–") == {c for c in said if c.isascii()}
        for expected in ("Blood sugar (mmol/L)", "after meal target 3.9–10.0", "Nov 2026"):
            assert expected in said

    def test_without_a_chinese_font_it_is_in_english_and_never_in_boxes(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(draw, "chinese_family", lambda needed: None)
        said = written(figure(Kind.BLOOD_PRESSURE, pressures(), bands=bands(Kind.BLOOD_PRESSURE)))
        assert "Blood pressure (mmHg)" in said
        assert not any(ord(character) > 0x2E80 for character in said)

    def test_a_font_that_lacks_a_character_is_not_taken(self) -> None:
        assert chinese_family("\U0010fffd") is None

    @needs_chinese
    @pytest.mark.parametrize(
        "series", [[], [bucket(0, mean=95.0)]], ids=["none", "other components"]
    )
    def test_an_empty_series_says_so(self, series: list[Bucket]) -> None:
        said = written(figure(Kind.BLOOD_PRESSURE, series, bands=bands(Kind.BLOOD_PRESSURE)))
        assert "没有记录" in said
        assert "血压（mmHg）" in said

    @pytest.mark.parametrize("kind", Kind)
    def test_every_kind_has_a_title_in_both_languages(self, kind: Kind) -> None:
        for language in ("zh", "en"):
            words = Words(kind, language)
            assert words.title
            assert words.unit
            assert words.components

    @needs_chinese
    def test_sleep_is_shown_in_hours(self) -> None:
        series = [bucket(i, duration=390.0) for i in range(7)]
        said = written(figure(Kind.SLEEP, series, bands=bands(Kind.SLEEP)))
        assert "睡眠（小时）" in said
        assert "6.5" in said
        assert "目标 7.0–8.0" in said


class TestLegibility:
    @pytest.mark.parametrize("language", ["zh-CN", "en"])
    @pytest.mark.parametrize(
        ("size", "large_text"), [((1080, 960), True), ((600, 600), True), ((1600, 900), False)]
    )
    @pytest.mark.parametrize(("kind", "period", "series", "own"), CASES, ids=IDS)
    def test_nothing_written_leaves_the_picture(
        self,
        kind: Kind,
        period: Period,
        series: list[Bucket],
        own: list[Band],
        size: tuple[int, int],
        large_text: bool,
        language: str,
    ) -> None:
        made = figure(
            kind,
            series,
            period=period,
            bands=own,
            size=size,
            large_text=large_text,
            language=language,
        )
        for text in texts(made):
            box = text.get_window_extent()
            inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= size[0] and box.y1 <= size[1]
            assert inside, (text.get_text(), box)

    @pytest.mark.parametrize("language", ["zh-CN", "en"])
    @pytest.mark.parametrize(("kind", "period", "series", "own"), CASES, ids=IDS)
    def test_no_two_texts_overlap(
        self, kind: Kind, period: Period, series: list[Bucket], own: list[Band], language: str
    ) -> None:
        made = figure(kind, series, period=period, bands=own, language=language)
        boxes = [(text.get_text(), text.get_window_extent()) for text in texts(made)]
        for i, (one, box) in enumerate(boxes):
            for other, second in boxes[i + 1 :]:
                assert not box.overlaps(second), (one, other)

    @needs_chinese
    def test_large_text_is_at_least_a_thirtieth_of_the_width(self) -> None:
        made = figure(Kind.BLOOD_PRESSURE, pressures(), bands=bands(Kind.BLOOD_PRESSURE))
        pixels = [text.get_fontsize() * 100 / 72 for text in texts(made)]
        assert min(pixels) >= 1080 / 30

    def test_values_that_meet_are_pushed_apart(self) -> None:
        series = [
            bucket(i, part, glucose=7.0 + n / 50)
            for i in range(5)
            for n, part in enumerate((Part.FASTING, Part.AFTER_MEAL, Part.BEDTIME))
        ]
        made = figure(Kind.GLUCOSE, series)
        names = {Words(Kind.GLUCOSE, "zh").part(part) for part in Part} | {
            Words(Kind.GLUCOSE, "en").part(part) for part in Part
        }
        boxes = sorted(
            text.get_window_extent().y0
            for text in texts(made)
            if "\n" in text.get_text() and text.get_text().split("\n")[0] in names
        )
        assert len(boxes) == 3
        height = made.axes[0].texts[0].get_window_extent().height
        assert all(after - before >= height for before, after in pairwise(boxes))

    def test_colours_stand_out_from_paper_and_tint(self) -> None:
        for look in (*BY_ORDER, *BY_PART.values()):
            assert contrast(look.colour, "#FFFFFF") >= 4.5
            assert contrast(look.colour, look.tint) >= 4.0
        assert contrast(INK, "#FFFFFF") >= 15
        assert contrast(GREY, "#FFFFFF") >= 4.5

    def test_lines_differ_without_their_colour(self) -> None:
        meals = [BY_PART[Part(meal.value)] for meal in Meal]
        assert len({look.marker for look in meals}) == len(meals)
        assert len({look.marker for look in BY_ORDER}) == len(BY_ORDER)


class TestDrawing:
    def test_whiskers_run_from_lowest_to_highest_and_only_over_weeks_and_months(self) -> None:
        from matplotlib.collections import LineCollection

        series = [bucket(7 * i, weight=70.0) for i in range(4)]
        by_period = {
            period: figure(Kind.WEIGHT, series, period=period).axes[0].findobj(LineCollection)
            for period in Period
        }
        assert by_period[Period.DAY] == []
        for period in (Period.WEEK, Period.MONTH):
            [whiskers] = by_period[period]
            ends = [segment[:, 1].tolist() for segment in whiskers.get_segments()]
            assert ends == [[pytest.approx(66.5), pytest.approx(73.5)]] * 4

    def test_the_target_is_shaded_from_its_low_to_its_high(self) -> None:
        from matplotlib.patches import Rectangle

        made = figure(
            Kind.SPO2, [bucket(0, spo2=96.0)], bands=[Band(component="spo2", low=88, high=92)]
        )
        shades = [
            (patch.get_y(), patch.get_y() + patch.get_height())
            for patch in made.axes[0].patches
            if isinstance(patch, Rectangle)
        ]
        assert shades == [(88, 92)]

    def test_a_target_of_another_component_is_not_drawn(self) -> None:
        made = figure(
            Kind.SPO2, [bucket(0, spo2=96.0)], bands=[Band(component="rate", low=50, high=100)]
        )
        assert list(made.axes[0].patches) == []

    def test_morning_is_filled_and_evening_hollow(self) -> None:
        made = figure(Kind.BLOOD_PRESSURE, pressures(3))
        fills = {
            line.get_markerfacecolor()
            for line in made.axes[0].lines
            if line.get_marker() == "o" and len(line.get_xdata()) == 3
        }
        assert fills == {BY_ORDER[0].colour, "#FFFFFF"}

    def test_no_line_is_drawn_over_a_hole_in_the_readings(self) -> None:
        series = [bucket(day, weight=70.0) for day in (0, 1, 2, 10, 11)]
        runs = sorted(
            len(line.get_xdata())
            for line in figure(Kind.WEIGHT, series).axes[0].lines
            if line.get_linestyle() == "-"
        )
        assert runs == [2, 3]

    def test_a_bucket_is_drawn_at_its_own_wall_clock(self) -> None:
        late = Bucket(
            start=datetime(2026, 11, 21, 23, 0, tzinfo=CHINA),
            mean={"weight": 70.0},
            min={},
            max={},
            count=1,
        )
        [dot] = [
            line for line in figure(Kind.WEIGHT, [late]).axes[0].lines if line.get_marker() == "o"
        ]
        assert list(dot.get_xdata()) == [datetime(2026, 11, 21, 23, 0)]  # noqa: DTZ001


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two colours."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
