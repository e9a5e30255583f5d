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
    from matplotlib import rc_context
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
    buffer = io.StringIO()
    with rc_context({"svg.hashsalt": "gazetalk", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return _inline(buffer.getvalue())


def _inline(svg: str) -> str:
    """What stands in a page: without the file's head, and without names of places to load from."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    return re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg).replace("xlink:href", "href")
