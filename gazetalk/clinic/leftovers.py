"""What an import leaves behind when it is killed, and putting that in order at the next command.

An import fills a folder beside the profiles, moves the old profile into another, and the new one
into its place. Killed in between, the old one is whole in there and goes back; killed later, the
new one is whole in its place and the old one goes.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

FILLING, REPLACED = ".importing-", ".replaced-"  # how the folders' names begin
# Somebody may be filling one just now; that takes seconds.
OLD_S = 600.0


def mend(profiles: Path, now_s: float | None = None) -> list[str]:
    """Put the folder of all profiles in order; what was done that people should know, a line each.
    now_s: time.time(). Never raises."""
    told = []
    try:
        left = [path for path in profiles.iterdir() if path.name.startswith((FILLING, REPLACED))]
        for path in sorted(left):
            if path.name.startswith(REPLACED):
                told += _put_back(path, profiles)
            elif (time.time() if now_s is None else now_s) - path.stat().st_mtime > OLD_S:
                shutil.rmtree(path, ignore_errors=True)
    except FileNotFoundError:  # nobody has a profile, or another command was here first
        pass
    except OSError as error:
        told.append(f"{profiles}: an interrupted import cannot be cleared up ({error.strerror})")
    return told


def _put_back(replaced: Path, profiles: Path) -> list[str]:
    told = []
    for old in sorted(replaced.iterdir()):
        if not (profiles / old.name).exists():
            old.replace(profiles / old.name)
            told.append(f"an import was interrupted: profile {old.name!r} is as it was before")
    shutil.rmtree(replaced, ignore_errors=True)
    return told
