"""Putting a folder in another's place, so that one of the two is whole whatever happens."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from gazetalk.clinic.leftovers import REPLACED
from gazetalk.clinic.packing import ArchiveError


def make(folder: Path) -> list[Path]:
    """Make a folder for its owner only; those that were made for it, the innermost first. Raises
    ArchiveError."""
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        unmake(made)
        raise ArchiveError(f"{folder}: cannot be made ({error.strerror or error})") from error
    return made


def unmake(folders: list[Path]) -> None:
    """Take away those folders that are empty still."""
    with suppress(OSError):
        for each in folders:
            each.rmdir()


def swap(beside: Path, folder: Path) -> None:
    """Put the new folder in the place of the old one, which is only gone once that is done. What
    is left when the program is killed here is put in order by `leftovers`."""
    old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=REPLACED))
    kept = old / folder.name
    try:
        if folder.exists():
            folder.replace(kept)
        beside.replace(folder)
    except BaseException:
        if kept.exists():
            kept.replace(folder)  # should that fail too, the old one stays where it is
        with suppress(OSError):
            old.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)
