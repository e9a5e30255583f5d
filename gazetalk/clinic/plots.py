"""Pictures for a report, as SVG. matplotlib is imported only when one is drawn."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

SHOWN = (
    ("words_per_minute", "Writing rate, words a minute", 1.0),
    ("error_mm", "Mean offset of gaze, mm", 1.0),
    ("data_loss", "Data loss, %", 100.0),
)
OVER = 7  # sessions that a point of the line is the median of
WITHIN_95 = 2.448  # standard deviations: the root of chi-square's 95 % point, 5.991
DOT, LINE, BAND = "#8a8a8a", "#0b4f8a", "#cfe0f0"


def draw_plots(sessions: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]] | None:
    """Titles and SVG of what there are values for; None without matplotlib."""
    try:
        import matplotlib.figure  # late: a second or two
    except ImportError:
        return None
    plots = []
    for name, title, factor in SHOWN:
        found = [(s["started"], factor * s[name]) for s in sessions if s[name] is not None]
        if len(found) > 1:
            plots.append((title, _plot(matplotlib.figure.Figure(figsize=(7, 2.4)), found)))
    return plots


def _plot(figure: Any, found: Sequence[tuple[str, float]]) -> str:
    """Each session as a dot, and the rolling median between the rolling quartiles."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from numpy import percentile

    times = [datetime.fromisoformat(started) for started, _ in found]
    values = [value for _, value in found]
    around = [values[max(0, n - OVER + 1) : n + 1] for n in range(len(values))]
    low, middle, high = ([percentile(part, q) for part in around] for q in (25, 50, 75))
    axes = figure.subplots()
    axes.fill_between(times, low, high, color=BAND, linewidth=0)
    axes.plot(times, values, ".", color=DOT, markersize=4)
    axes.plot(times, middle, color=LINE, linewidth=1.8)
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    locator = AutoDateLocator(maxticks=7)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.tick_params(labelsize=8)
    figure.tight_layout()
    return _svg(figure)


def draw_gaze(seen: Mapping[str, Any]) -> str | None:
    """Gaze against targets, as SVG: a cross for each target, a line from it to the mean of the gaze
    at it, and around that the ellipse that holds 95 % of normally scattered samples. seen: as
    `reported` tells it. None without matplotlib."""
    try:
        import matplotlib.figure
    except ImportError:
        return None
    width_mm, height_mm = seen["width_mm"], seen["height_mm"]
    figure = matplotlib.figure.Figure(figsize=(7, 0.7 + min(max(6.2 * height_mm / width_mm, 1), 8)))
    axes = figure.subplots()
    axes.plot(*zip(*_outline(width_mm, height_mm), strict=True), color=DOT, linewidth=1)
    for each in seen["targets"]:
        at = (each["x_mm"], each["y_mm"])
        mean = (at[0] + each["away_x_mm"], at[1] + each["away_y_mm"])
        axes.fill(*_ellipse(mean, each), color=BAND, alpha=0.8, linewidth=0)
        axes.plot(*zip(at, mean, strict=True), color=LINE, linewidth=1.2)
        axes.plot(*mean, ".", color=LINE, markersize=6)
        axes.plot(*at, "+", color="#111111", markersize=9, markeredgewidth=1.4)
    axes.set_aspect("equal")
    axes.invert_yaxis()
    axes.set_xlabel("mm from the left", fontsize=8)
    axes.set_ylabel("mm from the top", fontsize=8)
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
    axes.tick_params(labelsize=8)
    figure.tight_layout()
    return _svg(figure)


def _outline(width_mm: float, height_mm: float) -> list[tuple[float, float]]:
    return [(0, 0), (width_mm, 0), (width_mm, height_mm), (0, height_mm), (0, 0)]


def _ellipse(mean: tuple[float, float], each: Mapping[str, Any]) -> tuple[Any, Any]:
    """The curve of equal density that holds 95 %, from standard deviations and correlation (a
    bivariate normal's: chi-square with two degrees of freedom)."""
    from numpy import cos, linspace, pi, sin, sqrt

    angle = linspace(0, 2 * pi, 60)
    along, across, r = WITHIN_95 * cos(angle), WITHIN_95 * sin(angle), each["r"]
    x = mean[0] + each["sd_x_mm"] * along
    return x, mean[1] + each["sd_y_mm"] * (r * along + sqrt(1 - r * r) * across)


def _svg(figure: Any) -> str:
    from matplotlib import rc_context

    buffer = io.StringIO()
    with rc_context({"svg.hashsalt": "gazetalk", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return _inline(buffer.getvalue())


def _inline(svg: str) -> str:
    """What stands in a page: without the file's head, and without names of places to load from."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    return re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg).replace("xlink:href", "href")
