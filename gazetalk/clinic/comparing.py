"""Two profiles side by side, in words and figures."""

from __future__ import annotations

from typing import Any

from gazetalk.clinic.profile import Profile, load_quality
from gazetalk.clinic.sessions import read_sessions
from gazetalk.clinic.settings import load_settings, settings_lines
from gazetalk.keyboard.said import LEARNED, SaidFile


def comparison_lines(one: Profile, other: Profile) -> list[str]:
    """A line for each thing compared. Raises the errors of whatever cannot be read."""
    rows = zip(_facts(one).items(), _facts(other).values(), strict=True)
    return [
        f"{'':24}{one.name:>28}{other.name:>28}",
        *(f"{what:24}{first:>28}{second:>28}" for (what, first), second in rows),
    ]


def _facts(profile: Profile) -> dict[str, str]:
    quality = load_quality(profile) or {}
    settings = dict(line.split("=", 1) for line in settings_lines(load_settings(profile)))
    return {
        "calibrated": str(quality.get("created", "never")),
        "error measured": _error(quality, "validation"),
        "error estimated": _error(quality, "left_out"),
        "sessions": str(len(read_sessions(profile))),
        "sentences learned": str(len(SaidFile(profile.folder / LEARNED).said)),
        **settings,
    }


def _error(quality: dict[str, Any], kind: str) -> str:
    try:
        mm, targets = float(quality[kind]["offset"]["mm"]), int(quality[kind]["targets"])
    except (KeyError, TypeError, ValueError):
        return "not measured"
    return f"{mm:.1f} mm on {targets} targets"
