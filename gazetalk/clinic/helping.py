"""Help from afar: a small file with settings and calibration quality, and settings sent back.

It holds no name, no text and no calibration: only what a helper needs to say what to change.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gazetalk import __version__
from gazetalk.clinic.profile import Profile, load_quality
from gazetalk.clinic.settings import Settings, change_settings, load_settings

FORMAT, VERSION = "gazetalk-help", 1
LARGEST = 100_000  # bytes
MEASURES = ("offset", "rms_s2s", "sd")
COUNTS = ("samples_valid", "samples_total", "targets", "data_loss")


class HelpFileError(ValueError):
    """A file with settings that is refused: one line saying what, where and what to do."""


def help_content(profile: Profile) -> str:
    """What is to be sent, as JSON. Raises ProfileError and SettingsError."""
    quality = load_quality(profile)
    content = {
        "format": FORMAT,
        "version": VERSION,
        "software": __version__,
        "settings": asdict(load_settings(profile)),
        "calibration": None if quality is None else _quality(quality),
    }
    return json.dumps(content, indent=2) + "\n"


def apply_settings(profile: Profile, path: Path) -> Settings:
    """Take over the settings in a file that was sent back, and nothing else of it.

    Raises HelpFileError and SettingsError; nothing is changed then.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise HelpFileError(f"{path.name}: too large for a file of settings")
        found = json.loads(content.decode("utf-8"))
    except OSError as error:
        raise HelpFileError(f"{path.name}: cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise HelpFileError(f"{path.name}: is not valid JSON: ask for it again") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise HelpFileError(f"{path.name}: not a {FORMAT} file")
    version = found.get("version")
    if type(version) is not int or version < 1:
        raise HelpFileError(f"{path.name}: has no version that makes sense")
    if version > VERSION:
        raise HelpFileError(f"{path.name}: made by a newer gazetalk: update gazetalk")
    settings = found.get("settings")
    if not isinstance(settings, dict):
        raise HelpFileError(f"{path.name}: has no settings in it")
    return change_settings(profile, settings)


def _quality(quality: dict[str, Any]) -> dict[str, Any]:
    """The figures alone, by name: whatever else lies in the profile's file stays there."""
    sent: dict[str, Any] = {}
    for kind in ("validation", "left_out"):
        accuracy = quality.get(kind)
        if not isinstance(accuracy, dict):
            continue
        lengths = {name: accuracy.get(name) for name in MEASURES}
        sent[kind] = {
            **{
                f"{name}_mm": _number(length.get("mm")) if isinstance(length, dict) else None
                for name, length in lengths.items()
            },
            **{name: _number(accuracy.get(name)) for name in COUNTS},
        }
    return sent


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value
