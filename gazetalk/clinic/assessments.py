"""Assessments kept in a person's profile, and what a helper accepts of the last one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gazetalk import __version__
from gazetalk.clinic.profile import Profile
from gazetalk.clinic.recommend import NONE_YET, Recommendation
from gazetalk.clinic.settings import Settings, SettingsError, change_settings
from gazetalk.files import write_atomically

FORMAT, VERSION = "gazetalk-assessment", 1
FOLDER = "assessments"
ACCEPTED = ("layout", "dwell_factor")


class AssessmentError(ValueError):
    """An assessment that cannot be used: one line saying what, where and what to do."""


def new_path(profile: Profile, now: datetime | None = None) -> Path:
    """Where an assessment that begins now is kept."""
    told = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H-%M-%S")
    return profile.folder / FOLDER / f"{told}.json"


def document(
    source: str,
    parts: tuple[str, ...],
    complete: bool,
    recommendation: Recommendation,
    figures: dict[str, Any] | None,
    calibration: dict[str, Any] | None,
    problem: str = "",
    trials: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """An assessment as JSON. figures: `Figures.as_json`; calibration: `profile.quality_json`; None
    where there is none. problem: why it came to no end, in words. trials: `Trial.as_json` of each
    way of writing that was tried."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "software": __version__,
        "source": source,
        "complete": complete,
        "parts": list(parts),
        "problem": problem,
        "calibration": calibration,
        "figures": figures,
        "trials": list(trials),
        "recommendation": recommendation.as_json(),
    }


def save(path: Path, told: dict[str, Any]) -> None:
    """Write it, whole or not at all. Raises OSError."""
    write_atomically(path, json.dumps(told, indent=1) + "\n")


def list_assessments(profile: Profile) -> list[Path]:
    """Those of a profile, the oldest first."""
    return sorted((profile.folder / FOLDER).glob("*.json"))


def accept_last(profile: Profile) -> tuple[Path, Settings]:
    """Put what the last assessment recommends into the profile's settings.

    Raises AssessmentError or SettingsError; nothing is changed then.
    """
    kept = list_assessments(profile)
    if not kept:
        raise AssessmentError(
            f"profile {profile.name!r} has no assessment to accept: make one with: gazetalk assess"
        )
    path = kept[-1]
    told = read_assessment(path)
    values = told["recommendation"].get("settings")
    if told["recommendation"].get("method") == NONE_YET or not values:
        raise AssessmentError(f"{path}: recommends no method yet: there is nothing to accept")
    if not isinstance(values, dict) or not set(values) <= set(ACCEPTED):
        raise AssessmentError(f"{path}: its settings are not those of an assessment: make another")
    try:
        return path, change_settings(profile, values)
    except SettingsError as error:
        raise AssessmentError(f"{path}: {error}") from error


def read_assessment(path: Path) -> dict[str, Any]:
    """A kept assessment. Raises AssessmentError when it is none that this program can read."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise AssessmentError(f"{path}: cannot be read ({error}): make another") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise AssessmentError(f"{path}: is no assessment: make one with: gazetalk assess")
    version = told.get("version")
    if version != VERSION:
        raise AssessmentError(
            f"{path}: is of version {version!r:.20}; this program reads {VERSION}"
        )
    if not isinstance(told.get("recommendation"), dict):
        raise AssessmentError(f"{path}: holds no recommendation: make another")
    return told
