"""A profile as one file: to keep, or to go on with on another machine.

The file is a zip archive of the profile's own plain files and a manifest. Who reads one trusts
nothing in it: only known names are taken, no path is ever built from what it says, sizes are
limited as declared and as read, and every file must be read by the part of the program that it is
for, in a folder beside the profiles, before that folder becomes one. Export tries every file in the
same way, so that whatever it writes can be taken again.
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
from gazetalk.clinic.profile import (
    Profile,
    ProfileError,
    check_line,
    find_profile,
    load_model,
    load_quality,
)
from gazetalk.clinic.sessions import FILE as SESSIONS
from gazetalk.clinic.sessions import read_sessions
from gazetalk.clinic.settings import FILE as SETTINGS
from gazetalk.clinic.settings import load_settings
from gazetalk.files import write_atomically
from gazetalk.keyboard.journal import Journal
from gazetalk.keyboard.quick_talk import load_phrases
from gazetalk.keyboard.said import LEARNED, LONGEST, MOST, SaidFile

FORMAT, VERSION = "gazetalk-profile", 1
MANIFEST = "manifest.json"
PHRASES = "phrases.toml"
_MB = 1 << 20
MOST_MANIFEST = 64 << 10
MOST_ARCHIVE = 64 * _MB  # bytes; more cannot be in one, whatever is packed how
MOST_MODEL = 64 * _MB  # of a calibration's numbers, unpacked
MOST_PHRASES = 256 << 10
# Python's TOML takes time and memory by the square of a dotted key's parts, and a key cannot leave
# its line: 64 KiB of one took 19 s and 4 GB, all the above in lines of so many 0.6 s and 150 MB.
MOST_DOTS = 200
# Only these unpack no further than asked; bzip2 makes gigabytes of kilobytes at one read.
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class ArchiveError(ProfileError):
    """An archive that cannot be made or taken: one line saying what, where and what to do."""


@dataclass(frozen=True)
class Kind:
    """A file of a profile that travels. most: bytes. check: reads it in a profile, raising
    ValueError when that cannot be. text: it holds what the person wrote."""

    most: int
    check: Callable[[Profile], object]
    text: bool = False


@dataclass(frozen=True)
class Exported:
    """What became of a profile's files: the names of those in the archive, and, a line each, what
    was left out although it was wanted, and why."""

    files: tuple[str, ...]
    left_out: tuple[str, ...]


def _check_model(profile: Profile) -> None:
    with zipfile.ZipFile(profile.model_path) as arrays:
        if sum(info.file_size for info in arrays.infolist()) > MOST_MODEL:
            raise ValueError("it unpacks to more than any calibration holds")
        if any(info.compress_type not in PACKED for info in arrays.infolist()):
            raise ValueError("it is packed in another way")
    load_model(profile)


def _check_quality(profile: Profile) -> None:
    _json(profile.quality_path.read_bytes())
    load_quality(profile)


def _check_check(profile: Profile) -> None:
    found = _json(profile.check_path.read_bytes())
    if not all(isinstance(found.get(name), str) for name in ("created", "words")):
        raise ValueError("not what a check came to")
    _check_line(check_line(profile))


def _check_drift(profile: Profile) -> None:
    _check_line(drift_line(profile) or "")


def _check_line(line: str) -> None:
    """It is shown in a terminal, which obeys control characters."""
    if not line.isprintable():
        raise ValueError("it holds control characters")


def _check_pace(profile: Profile) -> None:
    _, problem = load_pace(profile)
    if problem:
        raise ValueError(problem)


def _check_phrases(profile: Profile) -> None:
    path = profile.folder / PHRASES
    if any(line.count(b".") > MOST_DOTS for line in path.read_bytes().split(b"\n")):
        raise ValueError(f"a line has more than {MOST_DOTS} dots: divide it")
    load_phrases(path)


def _check_journal(profile: Profile) -> None:
    """By its own reader, which mends what it can: so a copy."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / profile.journal_path.name)
        journal.path.write_bytes(profile.journal_path.read_bytes())
        journal.restore()
    if journal.problem:
        raise ValueError("it holds lines that are not a journal's")


def _check_learned(profile: Profile) -> None:
    said = SaidFile(profile.folder / LEARNED).said
    if len(said) > MOST or any(len(each.text) > LONGEST for each in said):
        raise ValueError("it holds more than is ever learned")
    for each in said:
        each.text.encode()  # half a surrogate pair could be neither shown nor spoken


KINDS: Mapping[str, Kind] = {
    "calibration.npz": Kind(16 * _MB, _check_model),
    "calibration.json": Kind(_MB, _check_quality),
    "check.json": Kind(_MB, _check_check),
    SETTINGS: Kind(_MB, load_settings),
    DRIFT: Kind(_MB, _check_drift),
    PACE: Kind(_MB, _check_pace),
    SESSIONS: Kind(32 * _MB, read_sessions),
    PHRASES: Kind(MOST_PHRASES, _check_phrases, text=True),
    "journal.jsonl": Kind(8 * _MB, _check_journal, text=True),
    LEARNED: Kind(32 * _MB, _check_learned, text=True),
}


def export_profile(profile: Profile, path: Path, with_text: bool = True) -> Exported:
    """Write the profile's files into a new archive. with_text: also those that hold what the
    person wrote and their phrases. What could not be taken again, because it is damaged or an older
    version's, is left out. Raises ArchiveError, leaving nothing."""
    if path.exists():
        raise ArchiveError(f"{path}: is there already: name another file")
    wanted = [name for name, kind in KINDS.items() if with_text or not kind.text]
    try:
        found = {
            name: (profile.folder / name).read_bytes()
            for name in wanted
            if (profile.folder / name).is_file()
        }
        with tempfile.TemporaryDirectory() as folder:
            trial = Profile(profile.name, Path(folder))
            faults = {name: _fault(trial, name, content) for name, content in found.items()}
        files = {name: content for name, content in found.items() if not faults[name]}
        write_atomically(path, pack(profile.name, files))
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written ({error.strerror or error})") from error
    left_out = [f"{name} ({fault})" for name, fault in faults.items() if fault]
    left_out += [f"{name} (does not travel in this file)" for name in _others(profile.folder)]
    return Exported(tuple(files), tuple(left_out))


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
    others = _others(profile.folder)
    if others:
        raise ArchiveError(
            f"{profile.folder}: holds {', '.join(others)}, which no archive has and which would be "
            "lost: move it away first, or give another name after the file"
        )
    made = _make(profile.folder.parent)
    try:
        beside = Path(tempfile.mkdtemp(dir=profile.folder.parent, prefix=".importing-"))
    except OSError as error:
        _unmake(made)
        raise ArchiveError(f"{home}: cannot be written ({error.strerror or error})") from error
    try:
        _fill(Profile(profile.name, beside), files, path)
        _swap(beside, profile.folder)
    except OSError as error:
        raise ArchiveError(f"{home}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        _unmake(made)
    return profile, tuple(files)


def copy_profile(home: Path, source: Profile, name: str) -> tuple[Profile, Exported]:
    """The same under another name. Raises ArchiveError, and then nothing is changed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profile.zip"
        exported = export_profile(source, path)
        return import_profile(home, path, name)[0], exported


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
        if info.compress_type not in PACKED:
            raise ValueError(f"{name} is packed in another way")
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
        fault = _fault(profile, file, content)
        if fault:
            raise ArchiveError(f"{path}: its {file} cannot be used ({fault})")


def _fault(profile: Profile, file: str, content: bytes) -> str:
    """Put a file in a profile that is being made; why it cannot be used there, "" if it can.
    Raises OSError."""
    if len(content) > KINDS[file].most:
        return "larger than it can be"
    write_atomically(profile.folder / file, content)
    try:
        KINDS[file].check(profile)
    except _BROKEN as error:
        said = " ".join(str(error).split()).replace(f"{profile.folder / file}: ", "")
        return said[:200] or type(error).__name__
    return ""


def _others(folder: Path) -> list[str]:
    """What lies in a profile's folder and is in no archive, such as recordings of a voice."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.name not in KINDS)


def _make(folder: Path) -> list[Path]:
    """Make a folder for its owner only; those that were made for it, the innermost first. Raises
    ArchiveError."""
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        _unmake(made)
        raise ArchiveError(f"{folder}: cannot be made ({error.strerror or error})") from error
    return made


def _unmake(folders: list[Path]) -> None:
    """Take away those folders that are empty still."""
    with suppress(OSError):
        for each in folders:
            each.rmdir()


def _swap(beside: Path, folder: Path) -> None:
    """Put the new folder in the place of the old one, which is only gone once that is done."""
    old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".replaced-"))
    kept = old / "profile"
    try:
        if folder.exists():
            folder.replace(kept)
        beside.replace(folder)
    except BaseException:
        if kept.exists():
            kept.replace(folder)  # should that fail too, the old one stays where it is
        old.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)
