"""A profile as one file: to keep, or to go on with on another machine.

The file is a zip archive of the profile's own plain files and a manifest. Who reads one trusts
nothing in it: only known names are taken, no path is ever built from what it says, sizes are
limited as declared and as read, and every file must be read by the part of the program that it is
for, in a folder beside the profiles, before that folder becomes one.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gazetalk import __version__
from gazetalk.clinic.drifting import FILE as DRIFT
from gazetalk.clinic.drifting import drift_line
from gazetalk.clinic.pacing import FILE as PACE
from gazetalk.clinic.pacing import load_pace
from gazetalk.clinic.profile import Profile, ProfileError, find_profile, load_model, load_quality
from gazetalk.clinic.sessions import FILE as SESSIONS
from gazetalk.clinic.sessions import read_sessions
from gazetalk.clinic.settings import FILE as SETTINGS
from gazetalk.clinic.settings import load_settings
from gazetalk.files import write_atomically
from gazetalk.keyboard.quick_talk import load_phrases
from gazetalk.keyboard.said import LEARNED, SaidFile

FORMAT, VERSION = "gazetalk-profile", 1
MANIFEST = "manifest.json"
PHRASES = "phrases.toml"
_MB = 1 << 20
MOST_MANIFEST = 64 << 10
MOST_ARCHIVE = 64 * _MB  # bytes; more cannot be in one, whatever is packed how
MOST_MODEL = 64 * _MB  # of a calibration's numbers, unpacked


class ArchiveError(ProfileError):
    """An archive that cannot be made or taken: one line saying what, where and what to do."""


@dataclass(frozen=True)
class Kind:
    """A file of a profile that travels. most: bytes. check: reads it in a profile, raising
    ValueError when that cannot be. text: it holds what the person wrote."""

    most: int
    check: Callable[[Profile], object]
    text: bool = False


def _check_model(profile: Profile) -> None:
    with zipfile.ZipFile(profile.model_path) as arrays:
        if sum(info.file_size for info in arrays.infolist()) > MOST_MODEL:
            raise ValueError("it unpacks to more than any calibration holds")
    load_model(profile)


def _check_pace(profile: Profile) -> None:
    _, problem = load_pace(profile)
    if problem:
        raise ValueError(problem)


def _check_journal(profile: Profile) -> None:
    for line in profile.journal_path.read_bytes().splitlines():
        record = _json(line)
        if not isinstance(record.get("text", ""), str):
            raise ValueError("not a journal")


KINDS: Mapping[str, Kind] = {
    "calibration.npz": Kind(16 * _MB, _check_model),
    "calibration.json": Kind(_MB, load_quality),
    "check.json": Kind(_MB, lambda profile: _json(profile.check_path.read_bytes())),
    SETTINGS: Kind(_MB, load_settings),
    DRIFT: Kind(_MB, drift_line),
    PACE: Kind(_MB, _check_pace),
    SESSIONS: Kind(32 * _MB, read_sessions),
    PHRASES: Kind(_MB, lambda profile: load_phrases(profile.folder / PHRASES), text=True),
    "journal.jsonl": Kind(8 * _MB, _check_journal, text=True),
    LEARNED: Kind(32 * _MB, lambda profile: SaidFile(profile.folder / LEARNED), text=True),
}


def export_profile(profile: Profile, path: Path, with_text: bool = True) -> tuple[str, ...]:
    """Write the profile's files into a new archive; their names. with_text: also those that hold
    what the person wrote and their phrases. Raises ArchiveError, leaving nothing."""
    if path.exists():
        raise ArchiveError(f"{path}: is there already: name another file")
    try:
        files = {
            name: (profile.folder / name).read_bytes()
            for name, kind in KINDS.items()
            if (with_text or not kind.text) and (profile.folder / name).is_file()
        }
        write_atomically(path, pack(profile.name, files))
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written ({error.strerror or error})") from error
    return tuple(files)


def pack(name: str, files: Mapping[str, bytes]) -> bytes:
    """An archive with these files, by their names."""
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "software": f"gazetalk {__version__}",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "profile": name,
        "files": {
            name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        },
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, json.dumps(manifest, indent=2) + "\n")
        for file, content in files.items():
            archive.writestr(file, content)
    return buffer.getvalue()


def import_profile(
    home: Path, path: Path, name: str | None = None, replace: bool = False
) -> tuple[Profile, tuple[str, ...]]:
    """Make a profile of an archive, under its own name or another; the profile and the files it
    has. replace: one of that name gives way. Raises ArchiveError, and then nothing is changed."""
    own_name, files = unpack(path)
    try:
        profile = find_profile(home, name or own_name)
    except ProfileError as error:
        raise ArchiveError(f"{path}: {error}: give a name after the file") from error
    if profile.folder.exists() and not replace:
        raise ArchiveError(
            f"there is a profile {profile.name!r} already: give another name after the file, or "
            "--replace"
        )
    try:
        profile.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = Path(tempfile.mkdtemp(dir=profile.folder.parent, prefix=".importing-"))
    except OSError as error:
        raise ArchiveError(f"{home}: cannot be written ({error.strerror or error})") from error
    try:
        _fill(Profile(profile.name, beside), files, path)
        _swap(beside, profile.folder)
    except OSError as error:
        raise ArchiveError(f"{home}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return profile, tuple(files)


def copy_profile(home: Path, source: Profile, name: str) -> Profile:
    """The same under another name. Raises ArchiveError, and then nothing is changed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profile.zip"
        export_profile(source, path)
        return import_profile(home, path, name)[0]


def unpack(path: Path) -> tuple[str, dict[str, bytes]]:
    """The profile's name and its files' contents, as the manifest says they are, but not yet read
    by what they are for. Raises ArchiveError."""
    try:
        if not path.is_file() or path.stat().st_size > MOST_ARCHIVE:
            raise ValueError("no file, or larger than any profile")
        with zipfile.ZipFile(path) as archive:
            contents = _contents(archive)
        return _as_promised(contents)
    except _BROKEN as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise ArchiveError(
            f"{path}: not a profile to import ({reason}): export it again"
        ) from error


# What zipfile and its unpackers raise on bytes that are no archive.
_BROKEN = (
    *(OSError, ValueError, KeyError, RuntimeError, NotImplementedError, EOFError, MemoryError),
    *(zipfile.BadZipFile, zlib.error, RecursionError, OverflowError),
)


def _contents(archive: zipfile.ZipFile) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    for info in archive.infolist():
        name = info.filename
        if name != MANIFEST and name not in KINDS:
            raise ValueError(f"{name[:40]!r} does not belong in one")
        if name in contents:
            raise ValueError(f"{name} is there twice")
        if stat.S_ISLNK(info.external_attr >> 16) or info.flag_bits & 1:
            raise ValueError(f"{name} is a link or locked")
        most = MOST_MANIFEST if name == MANIFEST else KINDS[name].most
        with archive.open(info) as file:
            content = file.read(most + 1) if info.file_size <= most else b""
        if info.file_size > most or len(content) > most:
            raise ValueError(f"{name} is larger than it can be")
        contents[name] = content
    return contents


def _as_promised(contents: dict[str, bytes]) -> tuple[str, dict[str, bytes]]:
    """The name and the files, if they are those that the manifest lists."""
    if MANIFEST not in contents:
        raise ValueError(f"it has no {MANIFEST}")
    manifest = _json(contents.pop(MANIFEST))
    version, name, listed = (manifest.get(key) for key in ("version", "profile", "files"))
    if manifest.get("format") != FORMAT or type(version) is not int or version < 1:
        raise ValueError(f"its {MANIFEST} is not one of a profile")
    if version > VERSION:
        raise ValueError(f"made by a newer gazetalk, format {version}: update gazetalk")
    if not isinstance(name, str) or not isinstance(listed, dict) or set(listed) != set(contents):
        raise ValueError(f"its {MANIFEST} lists other files")
    for file, content in contents.items():
        promised = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        if listed[file] != promised:
            raise ValueError(f"{file} is not as it was when it was exported")
    return name, contents


def _json(content: bytes) -> dict[str, Any]:
    """A JSON object without numbers that are none. Raises ValueError."""

    def refuse(word: str) -> object:
        raise ValueError(f"{word} is no number")

    found = json.loads(content.decode("utf-8"), parse_constant=refuse)
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found


def _fill(profile: Profile, files: Mapping[str, bytes], path: Path) -> None:
    """Write the files where the profile is to be made, each checked there."""
    for file, content in files.items():
        write_atomically(profile.folder / file, content)
        try:
            KINDS[file].check(profile)
        except _BROKEN as error:
            said = " ".join(str(error).split()).replace(f"{profile.folder / file}: ", "")
            raise ArchiveError(f"{path}: its {file} cannot be used ({said[:200]})") from error


def _swap(beside: Path, folder: Path) -> None:
    """Put the new folder in the place of the old one, which is only gone once that is done."""
    old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".replaced-"))
    try:
        if folder.exists():
            folder.replace(old / "profile")
        try:
            beside.replace(folder)
        except OSError:
            if (old / "profile").exists():
                (old / "profile").replace(folder)
            raise
    finally:
        with suppress(OSError):
            shutil.rmtree(old)
