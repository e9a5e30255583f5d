"""What a person's sessions come to: figures with definitions, in words, and as one HTML page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from gazetalk import __version__
from gazetalk.clinic.notes import read_notes
from gazetalk.clinic.profile import Profile, load_quality
from gazetalk.clinic.reported import assessment_told, calibration_told
from gazetalk.clinic.sessions import SessionFigures, as_row, read_sessions
from gazetalk.clinic.settings import load_settings, settings_lines

TEMPLATE = "report.html.j2"
# Fewer sessions show no trend that could be told from chance.
LEAST_FOR_TREND = 6
RESAMPLES, SEED = 2000, 7
SHARE = 0.95  # of resampled differences lie within the interval that is told
LISTED = 40  # sessions listed one by one, the newest
RECORDINGS = ("session", "video")


@dataclass(frozen=True)
class Measure:
    """Something measured once a session. better: "more", "less" or "" where neither is."""

    name: str
    unit: str
    digits: int
    of: Callable[[SessionFigures], float | None]
    better: str
    definition: str


def _corrections(session: SessionFigures) -> float | None:
    return 100 * session.corrections / session.characters if session.characters else None


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


MEASURES = (
    Measure(
        *("writing rate", "words a minute", 1, lambda s: s.words_per_minute, "more"),
        "five characters a word, over the time from change to change of the text; pauses of more "
        "than 20 s are left out",
    ),
    Measure(
        *("corrections", "per 100 characters", 1, _corrections, "less"),
        "characters or words erased, changes undone, texts cleared",
    ),
    Measure(
        *("mean offset", "mm", 1, lambda s: s.error_mm, "less"),
        "mean distance of gaze from the points looked at, when that session calibrated or checked "
        "the calibration",
    ),
    Measure(
        *("data loss", "%", 1, lambda s: _percent(s.data_loss), "less"),
        "share of camera pictures without a gaze point while awake; blinks are among them",
    ),
    Measure(
        *("drift", "mm", 1, lambda s: s.drift_mm, "less"),
        "the largest offset that was corrected at the session's end",
    ),
    Measure(
        *("use", "minutes", 1, lambda s: s.use_s / 60, ""),
        "time awake with the keyboard in sight, rest left out",
    ),
    Measure(
        *("characters", "", 0, lambda s: float(s.characters), ""),
        "that went into the text, spaces too",
    ),
)


@dataclass(frozen=True)
class Trend:
    """A measure over all sessions. quartiles: of its n values; None without any. change: of the
    median from the first half of the sessions to the second, with its interval; None while there
    are too few. verdict: "better", "worse", "changed", "no clear change" or "too few to tell"."""

    measure: Measure
    n: int
    quartiles: tuple[float, float, float] | None
    latest: float | None
    change: tuple[float, float, float] | None
    verdict: str


def trend(measure: Measure, sessions: Sequence[SessionFigures]) -> Trend:
    """Median, quartiles and change; the interval is that of resampled halves (percentile bootstrap:
    Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13)."""
    found = [value for value in map(measure.of, sessions) if value is not None]
    if not found:
        return Trend(measure, 0, None, None, None, "not measured")
    values = np.array(found)
    low, middle, high = np.percentile(values, [25, 50, 75]).tolist()
    if len(values) < LEAST_FOR_TREND:
        quartiles = (low, middle, high)
        return Trend(measure, len(values), quartiles, found[-1], None, "too few to tell")
    change = _change(values)
    return Trend(
        measure, len(values), (low, middle, high), found[-1], change, _verdict(measure, change)
    )


def _change(values: np.ndarray) -> tuple[float, float, float]:
    half = len(values) // 2
    first, last = values[:half], values[-half:]
    rng = np.random.default_rng(SEED)
    drawn = [rng.choice(part, (RESAMPLES, half)) for part in (first, last)]
    differences = np.median(drawn[1], axis=1) - np.median(drawn[0], axis=1)
    outside = 100 * (1 - SHARE) / 2
    low, high = np.percentile(differences, [outside, 100 - outside])
    return float(np.median(last) - np.median(first)), float(low), float(high)


def _verdict(measure: Measure, change: tuple[float, float, float]) -> str:
    _, low, high = change
    if low <= 0 <= high:
        return "no clear change"
    if not measure.better:
        return "changed"
    return "better" if (low > 0) == (measure.better == "more") else "worse"


def report_of(
    profile: Profile,
    name: bool = False,
    recordings: bool = False,
    now: datetime | None = None,
    notes: bool = False,
) -> dict[str, Any]:
    """All that a report tells, as JSON has it. name: tell the person's. recordings: count sessions
    that were replayed as well. notes: a helper's too. Raises ProfileError, SessionsError,
    SettingsError and NotesError."""
    everything = read_sessions(profile)
    sessions = [s for s in everything if recordings or s.source not in RECORDINGS]
    trends = [trend(measure, sessions) for measure in MEASURES]
    return {
        "name": profile.name if name else None,
        "made": (now or datetime.now(UTC)).isoformat(timespec="minutes"),
        "software": f"gazetalk {__version__}",
        "sessions": [as_row(session) for session in sessions],
        "left_out": len(everything) - len(sessions),
        "trends": [_as_json(found) for found in trends],
        "summary": summary(sessions, trends),
        "methods": _methods(sessions),
        "changes": _changes(sessions),
        "calibration": calibration_told(load_quality(profile)),
        "assessment": assessment_told(profile),
        "notes": [note.line for note in read_notes(profile)] if notes else [],
        "settings": settings_lines(load_settings(profile)),
    }


def _as_json(found: Trend) -> dict[str, Any]:
    measure = found.measure
    return {
        "name": measure.name,
        "unit": measure.unit,
        "digits": measure.digits,
        "definition": measure.definition,
        "n": found.n,
        "quartiles": found.quartiles,
        "latest": found.latest,
        "change": found.change,
        "verdict": found.verdict,
    }


def summary(sessions: Sequence[SessionFigures], trends: Sequence[Trend]) -> list[str]:
    """What the family should know, a sentence each."""
    if not sessions:
        return ["There are no sessions yet."]
    days = len({session.started[:10] for session in sessions})
    minutes = sum(session.use_s for session in sessions) / 60
    spoken = sum(session.spoken for session in sessions)
    said = [
        f"gazetalk was used {_times(len(sessions))} on {days} "
        f"{'day' if days == 1 else 'days'}, {_hours(minutes)} in all; {spoken} texts were spoken."
    ]
    by_name = {found.measure.name: found for found in trends}
    rate, offset = by_name["writing rate"], by_name["mean offset"]
    if rate.quartiles:
        low, middle, high = rate.quartiles
        said.append(
            f"Writing goes at about {middle:.1f} words a minute (half of the sessions between "
            f"{low:.1f} and {high:.1f}): {_in_words(rate.verdict)}."
        )
    if offset.quartiles:
        said.append(
            f"The eyes are followed to within about {offset.quartiles[1]:.0f} mm on the screen: "
            f"{_in_words(offset.verdict)}."
        )
    bells, faults = (sum(getattr(s, what) for s in sessions) for what in ("bells", "faults"))
    if bells:
        said.append(f"The bell was rung {_times(bells)}.")
    if faults:
        said.append(f"Something failed {_times(faults)}; the text was kept.")
    return said


def _in_words(verdict: str) -> str:
    return {
        "better": "it has become better",
        "worse": "it has become worse, which is worth looking into",
        "no clear change": "there is no clear change",
        "too few to tell": "there are too few sessions to tell a change",
    }[verdict]


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _hours(minutes: float) -> str:
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"


def _methods(sessions: Sequence[SessionFigures]) -> list[dict[str, Any]]:
    """The layouts that were used, side by side, the most used first."""
    layouts = {s.layout: [t for t in sessions if t.layout == s.layout] for s in sessions}
    rows = []
    for layout, used in sorted(layouts.items(), key=lambda item: (-len(item[1]), item[0])):
        rate, corrections = (trend(measure, used) for measure in MEASURES[:2])
        rows.append(
            {
                "layout": layout,
                "sessions": len(used),
                "minutes": sum(session.use_s for session in used) / 60,
                "words_per_minute": rate.quartiles,
                "rated": rate.n,
                "corrections": corrections.quartiles,
            }
        )
    return rows


def _changes(sessions: Sequence[SessionFigures]) -> list[dict[str, str]]:
    """When another layout or version was used than the time before."""
    changes = []
    for before, after in pairwise(sessions):
        for what in ("layout", "software"):
            was, now = getattr(before, what), getattr(after, what)
            if was != now:
                changes.append({"day": after.started[:10], "what": what, "was": was, "now": now})
    return changes


def as_html(
    report: dict[str, Any],
    plots: Sequence[tuple[str, str]] | None,
    gaze: Mapping[str, str] | None = None,
) -> str:
    """The page, whole in itself: no script, and nothing to be loaded from anywhere.

    plots: titles and SVG; None when they cannot be drawn here. gaze: SVG of gaze against targets,
    by "calibration" and "assessment".
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # late: only reports need it
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    safe = None if plots is None else [(title, Markup(svg)) for title, svg in plots]
    seen = {name: Markup(svg) for name, svg in (gaze or {}).items()}
    listed = report["sessions"][-LISTED:]
    return environment.get_template(TEMPLATE).render(**report, plots=safe, gaze=seen, listed=listed)
