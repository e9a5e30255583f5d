"""A profile as one file: to keep, or to go on with on another machine.

The file is a zip archive of the profile's own plain files and a manifest. Who reads one trusts
nothing in it: only known names are taken, no path is ever built from what it says, sizes are
limited as declared and as read, and every file must be read by the part of the program that it is
for, in a folder beside the profiles, before that folder becomes one. Export tries every file in the
same way, so that whatever it writes can be taken again.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from gazetalk.clinic.consent import FILE as CONSENTS
from gazetalk.clinic.contents import kind_of, most_of, staying, travelling
from gazetalk.clinic.leftovers import FILLING
from gazetalk.clinic.locking import OVERHEAD, is_locked, lock, unlock
from gazetalk.clinic.packing import (
    BROKEN,
    MOST_ARCHIVE,
    MOST_FILES,
    MOST_MANIFEST,
    ArchiveError,
    pack,
    said,
    unpack,
)
from gazetalk.clinic.profile import Profile, ProfileError, find_profile
from gazetalk.clinic.swapping import make, swap, unmake
from gazetalk.files import write_atomically


@dataclass(frozen=True)
class Exported:
    """What became of a profile's files: the names of those in the archive, and, a line each, what
    was left out although it was wanted, and why."""

    files: tuple[str, ...]
    left_out: tuple[str, ...]


def export_profile(
    profile: Profile,
    path: Path,
    with_text: bool = True,
    asked: Collection[str] = (),
    password: str | None = None,
) -> Exported:
    """Write the profile's files into a new archive. with_text: also those that hold what the
    person wrote or said. asked: names of what only travels when asked for (`contents.Kind.only`).
    password: who takes it needs it. What could not be taken again, because it is damaged or an
    older version's, is left out. Raises ArchiveError, leaving nothing."""
    if path.exists():
        raise ArchiveError(f"{path}: is there already: name another file")
    try:
        exported, content = _exported(profile, with_text, asked)
        write_atomically(path, content if password is None else lock(content, password))
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written ({error.strerror or error})") from error
    return exported


def _exported(profile: Profile, with_text: bool, asked: Collection[str]) -> tuple[Exported, bytes]:
    kinds = {name: kind_of(name) for name in travelling(profile)}
    unasked = [name for name, kind in kinds.items() if kind.only and kind.only not in asked]
    wanted = [n for n, k in kinds.items() if n not in unasked and (with_text or not k.text)]
    size = sum((profile.folder / name).stat().st_size for name in wanted)
    if size > MOST_ARCHIVE - MOST_MANIFEST or len(wanted) >= MOST_FILES:
        raise ArchiveError(
            f"{profile.folder}: holds more than an archive can (recordings, most likely): "
            "--without-text leaves them out"
        )
    found = {name: (profile.folder / name).read_bytes() for name in wanted}
    with tempfile.TemporaryDirectory() as folder:
        trial = Profile(profile.name, Path(folder))
        faults = {name: _fault(trial, name, content) for name, content in found.items()}
    files = {name: content for name, content in found.items() if not faults[name]}
    left_out = [f"{name} ({fault})" for name, fault in faults.items() if fault]
    left_out += [
        f"{name} (travels only in an export --with-{kinds[name].only})" for name in unasked
    ]
    left_out += [f"{name} (does not travel in this file)" for name in staying(profile.folder)]
    return Exported(tuple(files), tuple(left_out)), pack(profile.name, files)


def import_profile(
    home: Path,
    path: Path,
    name: str | None = None,
    replace: bool = False,
    password: Callable[[], str] | None = None,
) -> tuple[Profile, tuple[str, ...]]:
    """Make a profile of an archive, under its own name or another; the profile and the files it
    has. replace: one of that name gives way. password: asks for it where there is one. Raises
    ArchiveError, and then nothing is changed."""
    own_name, files = _read(path, password)
    try:
        profile = find_profile(home, name or own_name)
    except ProfileError as error:
        raise ArchiveError(f"{path}: {error}: give a name after the file") from error
    if profile.folder.exists() and not replace:
        raise ArchiveError(
            f"there is a profile {profile.name!r} already: give another name after the file, or "
            "--replace"
        )
    lost = _lost(profile, files)
    if lost:
        raise ArchiveError(
            f"{profile.folder}: holds {', '.join(lost)}, which the archive has not and which would "
            "be lost: move it away first, or give another name after the file"
        )
    made = make(profile.folder.parent)
    try:
        beside = Path(tempfile.mkdtemp(dir=profile.folder.parent, prefix=FILLING))
    except OSError as error:
        unmake(made)
        raise ArchiveError(f"{home}: cannot be written ({error.strerror or error})") from error
    try:
        _fill(Profile(profile.name, beside), files, path)
        if (profile.folder / CONSENTS).is_file():  # a person's word holds where they gave it
            shutil.copy2(profile.folder / CONSENTS, beside / CONSENTS)
        swap(beside, profile.folder)
    except OSError as error:
        raise ArchiveError(f"{home}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        unmake(made)
    return profile, tuple(files)


def _read(path: Path, password: Callable[[], str] | None) -> tuple[str, dict[str, bytes]]:
    try:
        if not path.is_file() or path.stat().st_size > MOST_ARCHIVE + OVERHEAD:
            raise ArchiveError("not a profile to import (no file, or larger than any profile)")
        content = path.read_bytes()
        if is_locked(content):
            if password is None:
                raise ArchiveError("it needs a password")
            content = unlock(content, password())
        return unpack(content, most_of)
    except ArchiveError as error:
        raise ArchiveError(f"{path}: {error}") from error
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read ({error.strerror or error})") from error


def copy_profile(home: Path, source: Profile, name: str) -> tuple[Profile, Exported]:
    """The same under another name, notes too. Raises ArchiveError, and then nothing is changed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profile.zip"
        exported = export_profile(source, path, asked=("notes",))
        return import_profile(home, path, name)[0], exported


def _fill(profile: Profile, files: Mapping[str, bytes], path: Path) -> None:
    """Write the files where the profile is to be made, each checked there."""
    for file, content in files.items():
        fault = _fault(profile, file, content)
        if fault:
            raise ArchiveError(f"{path}: its {file} cannot be used ({fault})")


def _fault(profile: Profile, file: str, content: bytes) -> str:
    """Put a file in a profile that is being made; why it cannot be used there, "" if it can.
    Raises OSError."""
    kind, path = kind_of(file), profile.folder / file
    if len(content) > kind.most:
        return "larger than it can be"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_atomically(path, content)
    try:
        kind.check(profile, path)
    except BROKEN as error:
        return said(error).replace(f"{path}: ", "")[:200]
    return ""


def _lost(profile: Profile, files: Collection[str]) -> list[str]:
    """What a profile holds that cannot be made again and is not among the files."""
    dear = [name for name in travelling(profile) if kind_of(name).dear and name not in files]
    others = [name for name in staying(profile.folder) if name != CONSENTS]
    return sorted({name.split("/")[0] for name in (*dear, *others)})
