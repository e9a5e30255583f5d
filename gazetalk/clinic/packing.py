"""An archive's bytes: files and a manifest in a zip, made and taken apart. Nothing is trusted.

Only known names are taken, sizes are limited as declared and as read, and every file must be what
the manifest says it is.
"""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from gazetalk import __version__
from gazetalk.clinic.profile import ProfileError

FORMAT, VERSION = "gazetalk-profile", 1
MANIFEST = "manifest.json"
_MB = 1 << 20
MOST_MANIFEST = 512 << 10
MOST_FILES = 2_000
MOST_ARCHIVE = 256 * _MB  # bytes, packed or unpacked: an hour and a half of recordings
# Only these unpack no further than asked; bzip2 makes gigabytes of kilobytes at one read.
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile and its unpackers raise on bytes that are no archive.
BROKEN = (
    *(OSError, ValueError, KeyError, RuntimeError, NotImplementedError, EOFError, MemoryError),
    *(zipfile.BadZipFile, zlib.error, RecursionError, OverflowError),
)


class ArchiveError(ProfileError):
    """An archive that cannot be made or taken: one line saying what, where and what to do."""


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


def unpack(content: bytes, most: Callable[[str], int | None]) -> tuple[str, dict[str, bytes]]:
    """The profile's name and its files' contents, as the manifest says they are, but not yet read
    by what they are for. most: bytes that a file of this name may have, None if it has no place in
    an archive. Raises ArchiveError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            contents = _contents(archive, most)
        return _as_promised(contents)
    except BROKEN as error:
        raise ArchiveError(f"not a profile to import ({said(error)}): export it again") from error


def said(error: BaseException) -> str:
    """Why something could not be read, in one line."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def _contents(archive: zipfile.ZipFile, most_of: Callable[[str], int | None]) -> dict[str, bytes]:
    listed = archive.infolist()
    if len(listed) > MOST_FILES or sum(info.file_size for info in listed) > MOST_ARCHIVE:
        raise ValueError("it holds more than any profile")
    contents: dict[str, bytes] = {}
    for info in listed:
        name = info.filename
        most = MOST_MANIFEST if name == MANIFEST else most_of(name)
        if most is None:
            raise ValueError(f"{name[:40]!r} does not belong in one")
        if name in contents:
            raise ValueError(f"{name} is there twice")
        if stat.S_ISLNK(info.external_attr >> 16) or info.flag_bits & 1:
            raise ValueError(f"{name} is a link or locked")
        if info.compress_type not in PACKED:
            raise ValueError(f"{name} is packed in another way")
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
    manifest = json_object(contents.pop(MANIFEST))
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


def json_object(content: bytes) -> dict[str, Any]:
    """A JSON object without numbers that are none. Raises ValueError."""

    def refuse(word: str) -> object:
        raise ValueError(f"{word} is no number")

    found = json.loads(content.decode("utf-8"), parse_constant=refuse)
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found
