"""Recorded sessions as things that a person may want deleted: all of one, and nothing else."""

from __future__ import annotations

import json
import shutil
from glob import escape
from pathlib import Path

# What the writer of sessions makes; the video's ending depends on how it is packed.
FILES = ("session.json", "frames.csv", "targets.csv", "landmarks.npz")
VIDEO = "video."


class RecordingsError(ValueError):
    """A folder that is not deleted: one line saying what, where and why."""


def folder_bytes(folder: Path) -> int:
    """The size of the files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


def delete_recording(folder: Path) -> list[str]:
    """Delete a session's folder for good, and what recordings to there left when they were killed;
    what was deleted. Raises RecordingsError, deleting nothing, when it is no session or holds
    anything else."""
    left = list(folder.parent.glob(f".{escape(folder.name)}.*.part")) if folder.name else []
    if not folder.exists() and left:
        gone = left
    else:
        _check(folder)
        gone = [folder, *left]
    try:
        for each in gone:
            shutil.rmtree(each)
    except OSError as error:
        raise RecordingsError(f"{folder}: cannot be deleted ({error.strerror})") from error
    return [str(each) for each in gone]


def _check(folder: Path) -> None:
    if folder.is_symlink() or not folder.is_dir():
        raise RecordingsError(f"{folder}: is no recorded session's folder")
    try:
        found = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("format") != "gazetalk-session":
        raise RecordingsError(f"{folder}: is no recorded session's folder: delete it by hand")
    others = sorted(
        path.name
        for path in folder.iterdir()
        if not path.is_file() or not (path.name in FILES or path.name.startswith(VIDEO))
    )
    if others:
        raise RecordingsError(f"{folder}: holds {', '.join(others[:5])} too: move that away first")
