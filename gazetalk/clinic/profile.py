"""A person's profile: one folder that holds their calibration, journal and settings."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gazetalk.clinic.gazed import Gazed, as_json, size_json
from gazetalk.files import write_atomically
from gazetalk.tracking.accuracy import Accuracy
from gazetalk.tracking.calibration import Calibration
from gazetalk.tracking.gaze import GazeModel
from gazetalk.tracking.model_file import ModelFileError, model_from_bytes, model_to_bytes
from gazetalk.tracking.resume import Resumed

DEFAULT_NAME = "default"
_NAME = re.compile(r"[\w][\w .-]{0,63}")


class ProfileError(ValueError):
    """A profile that cannot be used: one line saying what, where and what to do."""


@dataclass(frozen=True)
class Profile:
    """Where one person's files lie. The folder is made when something is first written."""

    name: str
    folder: Path

    @property
    def model_path(self) -> Path:
        return self.folder / "calibration.npz"

    @property
    def quality_path(self) -> Path:
        return self.folder / "calibration.json"

    @property
    def check_path(self) -> Path:
        return self.folder / "check.json"

    @property
    def journal_path(self) -> Path:
        return self.folder / "journal.jsonl"

    def create(self) -> None:
        """Make the folder, for its owner only. Raises ProfileError when that is impossible."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ProfileError(
                f"{self.folder}: cannot make the profile's folder ({error.strerror}): "
                "choose another place with --data-dir"
            ) from error


def find_profile(home: Path, name: str = DEFAULT_NAME) -> Profile:
    """The profile of that name under `home`, made or not. Raises ProfileError for a bad name."""
    if not _NAME.fullmatch(name) or name.endswith((".", " ")):
        raise ProfileError(
            f"{name!r} cannot name a profile: use letters, digits, spaces, '-', '_' and '.'"
        )
    return Profile(name, home / "profiles" / name)


def list_profiles(home: Path) -> list[Profile]:
    """All profiles under `home`, by name."""
    folder = home / "profiles"
    if not folder.is_dir():
        return []
    found = sorted(
        path for path in folder.iterdir() if path.is_dir() and _NAME.fullmatch(path.name)
    )
    return [Profile(path.name, path) for path in found]


def existing_profile(home: Path, name: str) -> Profile:
    """The profile of that name. Raises ProfileError, listing what there is, when it is missing."""
    profile = find_profile(home, name)
    if not profile.folder.is_dir():
        known = ", ".join(p.name for p in list_profiles(home)) or "none yet"
        raise ProfileError(f"no profile {name!r} in {home}; there is: {known}")
    return profile


def delete_profile(profile: Profile) -> None:
    """Delete all of a profile's files, for good."""
    shutil.rmtree(profile.folder)


def save_calibration(
    profile: Profile,
    calibration: Calibration,
    measured: Accuracy | None,
    seen: Sequence[Gazed] = (),
) -> None:
    """Keep a calibration, and beside it, for people and programs, how good it is. seen: where gaze
    fell when the validation targets were looked at."""
    profile.create()
    quality = {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        **quality_json(calibration, measured),
        "screen": size_json(calibration.model.screen),
        "gazed": as_json(seen),
    }
    write_atomically(profile.model_path, model_to_bytes(calibration.model))
    write_atomically(profile.quality_path, json.dumps(quality, indent=2) + "\n")
    profile.check_path.unlink(missing_ok=True)  # it was about the one before


def save_check(profile: Profile, resumed: Resumed) -> None:
    """Keep what the last check of the calibration came to; the calibration stays as it is."""
    profile.create()
    result = {"created": datetime.now(UTC).isoformat(timespec="seconds"), **resumed.as_json()}
    write_atomically(profile.check_path, json.dumps(result, indent=2) + "\n")


def quality_json(calibration: Calibration, measured: Accuracy | None) -> dict[str, Any]:
    """A calibration's quality as JSON: the model, its targets, what validation measured."""
    return {
        "model": calibration.model.kind,
        "targets_used": calibration.used,
        "targets_asked": calibration.asked,
        "targets_left_out": list(calibration.weak),
        "samples": calibration.samples,
        "left_out": calibration.left_out.as_json(),
        "validation": None if measured is None else measured.as_json(),
    }


def check_line(profile: Profile) -> str:
    """What the last check of the calibration came to, one line for people; "" without one."""
    try:
        found = json.loads(profile.check_path.read_text(encoding="utf-8"))
        return f"checked {found['created']}: {found['words']}"
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, KeyError, TypeError):
        return f"{profile.check_path}: what the last check came to cannot be read"


def load_model(profile: Profile) -> GazeModel | None:
    """The saved gaze model, None if there is none. Raises ProfileError when it is damaged."""
    try:
        content = profile.model_path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ProfileError(f"{profile.model_path}: cannot be read ({error.strerror})") from error
    try:
        return model_from_bytes(content)
    except ModelFileError as error:
        raise ProfileError(
            f"{profile.model_path}: {error}; calibrate again with: gazetalk calibrate"
        ) from error


def load_quality(profile: Profile) -> dict[str, Any] | None:
    """What `save_calibration` wrote about quality, or None. Raises ProfileError when damaged."""
    try:
        quality = json.loads(profile.quality_path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ProfileError(f"{profile.quality_path}: cannot be read ({error})") from error
    if not isinstance(quality, dict):
        raise ProfileError(f"{profile.quality_path}: not a calibration's quality")
    return quality
