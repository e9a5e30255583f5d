"""Where things lie: data shipped with the program, and the user's own."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def shipped(name: str) -> Path:
    """The shipped folder `calibration` or `voices`, in an installed package or a checkout."""
    package = Path(__file__).resolve().parent
    for folder in (package / "shipped" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"gazetalk's own folder {name!r} is missing: install gazetalk again")


def data_home(data_dir: Path | None = None) -> Path:
    """The folder of all user data: `data_dir`, else GAZETALK_HOME, else the platform's place."""
    if data_dir is not None:
        return data_dir
    moved = os.environ.get("GAZETALK_HOME")
    return Path(moved) if moved else platformdirs.user_data_path("gazetalk", appauthor=False)
